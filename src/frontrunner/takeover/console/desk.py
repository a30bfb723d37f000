"""The application of the console: which requests are allowed, and what a button does.

Every answer has the same strict headers. A POST passes, in order: the Host, the origin, the
session, its CSRF token, the ticket of the button, and the confirmation of what has no way back.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from frontrunner.base.errors import FrontrunnerError, LedgerError, TakeoverError
from frontrunner.http.chain import MAX_PATH
from frontrunner.http.request import Receive, Response, Scope, Send, send_response
from frontrunner.takeover.console import screens
from frontrunner.takeover.console.access import Attempts, OneTimeCode, Tokens
from frontrunner.takeover.console.actions import Action, action, actions
from frontrunner.takeover.console.incoming import (
    RefusedError,
    Visit,
    check_host,
    check_origin,
    cookies_of,
    form,
    visit_of,
)
from frontrunner.takeover.console.model import (
    Inputs,
    gates,
    latest,
    ledger_page,
    not_run,
    share,
    steps,
)
from frontrunner.takeover.console.presses import is_forced, objection, one_line
from frontrunner.takeover.console.replies import (
    SECURE,
    html,
    public,
    refusal,
    see_other,
    with_header,
)
from frontrunner.takeover.console.sessions import Session, Sessions, new_ticket
from frontrunner.takeover.console.side_counts import both_sides, compared
from frontrunner.takeover.console.standing import Folding, Standing, answer_to, standing
from frontrunner.takeover.records import Commanded, Entry, Verb

log = logging.getLogger("frontrunner.console")
_FAULT = (
    "The console has an error and cannot show this. Its log has the details. The take-over goes on "
    "without the console: use frontrunner takeover status, pause and rollback."
)
FORM_SECONDS = 10.0


class Desk(Protocol):
    """What the console reads, and where its commands go."""

    def inputs(self) -> Inputs:
        """Everything as it is now. Never raises for what cannot be read: it says so."""

    def command(self, actor: str, plan: str, record: Commanded) -> Entry:
        """Add a command to the ledger. Raises LedgerError if it is not known to be there."""


class Rules(NamedTuple):
    """How a console is reached."""

    names: tuple[str, ...]
    """The names of its Host header, without a port."""
    port: int
    is_secure: bool = False
    """Whether it speaks TLS itself."""
    form_seconds: float = FORM_SECONDS

    @property
    def cookie(self) -> str:
        """The cookie of a session. Ports share cookies, so the name has the port."""
        return (
            "__Host-frontrunner-console" if self.is_secure else f"frontrunner-console-{self.port}"
        )


Answer = Callable[[Visit, Session], Awaitable[Response]]


class Console:
    """The ASGI application."""

    def __init__(
        self, desk: Desk, tokens: Tokens, rules: Rules, code: OneTimeCode | None = None
    ) -> None:
        self._desk = desk
        self._tokens = tokens
        self._rules = rules
        self._code = code
        self._folding = Folding()
        self.sessions = Sessions()
        self.attempts = Attempts()
        self._pages: dict[str, Answer] = {
            "/": self._overview,
            "/ledger": self._ledger,
            "/differences": self._differences,
            "/feedback": self._feedback,
            "/plan": self._plan,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        visit = visit_of(scope, receive)
        [found] = await asyncio.gather(self._answer(visit), return_exceptions=True)
        response = _failed(visit, found) if isinstance(found, BaseException) else found
        headers = [*response.headers, *SECURE]
        await send_response(response._replace(headers=headers), visit.method == "HEAD", send)

    async def _answer(self, visit: Visit) -> Response:
        check_host(visit, self._rules.names)
        if len(visit.path) > MAX_PATH:
            raise RefusedError(414, "The address is too long.")
        if visit.method not in ("GET", "HEAD", "POST"):
            raise RefusedError(405, "Only GET, HEAD and POST are answered here.")
        if visit.method == "POST":
            check_origin(visit)
        shared = public(visit)
        if shared is not None:
            return shared
        if visit.path == "/login":
            return await self._login(visit)
        session = self._session(visit)
        if session is None:
            return self._to_login(visit)
        if visit.method == "POST":
            return await self._post(visit, session)
        return await self._get(visit, session)

    # --- logging in ---------------------------------------------------------------------------

    def _session(self, visit: Visit) -> Session | None:
        # What the page asks for by itself does not keep a session alive.
        by_itself = "x-live" in visit.headers
        for cookie in cookies_of(visit, self._rules.cookie):
            session = self.sessions.find(cookie, touch=not by_itself)
            if session is not None:
                return session
        return None

    def _to_login(self, visit: Visit) -> Response:
        if visit.method == "POST":
            raise RefusedError(403, "Log in first.")
        if "x-live" in visit.headers:
            raise RefusedError(401, "Log in first.")
        return see_other("/login")

    async def _login(self, visit: Visit) -> Response:
        if visit.method != "POST":
            code = visit.query.get("code", "")
            return html(200, screens.screen("login", code=code, error=""))
        wait = self.attempts.wait(visit.client)
        if wait > 0:
            return _too_many(wait)
        fields = await form(visit, self._rules.form_seconds)
        wait = self.attempts.take(visit.client)
        if wait > 0:
            return _too_many(wait)
        name = await self._holder(fields)
        if name is None:
            log.warning("a login from %s failed", visit.client)
            error = "This is not a token of this console, or the link was used already."
            return html(403, screens.screen("login", code="", error=error))
        self.attempts.succeeded(visit.client)
        # Earlier sessions of this browser end, so that only the browser knows the new id.
        for cookie in cookies_of(visit, self._rules.cookie):
            self.sessions.end(cookie)
        log.warning("%s logged in from %s", name, visit.client)
        return with_header(see_other("/"), self._cookie(self.sessions.begin(name)))

    async def _holder(self, fields: dict[str, str]) -> str | None:
        code, token = fields.get("code", ""), fields.get("token", "").strip()
        if code and self._code is not None:
            return self._code.use(code)
        try:
            return await asyncio.to_thread(self._tokens.holder, token) if token else None
        except TakeoverError as error:
            # The message names a path, and the client is not logged in.
            log.error("logging in is not possible: %s", error)
            text = "The tokens of this console cannot be used. Its log says why."
            raise RefusedError(503, text) from error

    def _cookie(self, value: str, rest: str = "") -> tuple[bytes, bytes]:
        secure = "; Secure" if self._rules.is_secure else ""
        text = f"{self._rules.cookie}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{rest}"
        return b"set-cookie", text.encode()

    # --- pages --------------------------------------------------------------------------------

    async def _get(self, visit: Visit, session: Session) -> Response:
        made = self._pages.get(visit.path)
        if made is not None:
            return await made(visit, session)
        if visit.path.startswith("/do/"):
            return await self._ask(visit, session)
        raise RefusedError(404, "Page not found.")

    async def _now(self) -> tuple[Inputs, Standing]:
        return await asyncio.to_thread(self._read_now)

    def _read_now(self) -> tuple[Inputs, Standing]:
        inputs = self._desk.inputs()
        state = self._folding.state(inputs.entries)
        return inputs, standing(inputs.entries, inputs.found, state)

    async def _overview(self, visit: Visit, session: Session) -> Response:
        inputs, now = await self._now()
        sent = _number(visit.query.get("sent", ""))
        return self._page(
            "overview", inputs, now, session,
            steps=steps(now),
            share=share(inputs),
            actions=actions(now, inputs.look, inputs.found),
            gates=gates(inputs, now),
            not_run=not_run(inputs, now),
            sides=both_sides(inputs.status),
            totals=inputs.status.totals if inputs.status else None,
            routes=[one for one in compared(inputs.tally) if one.different][:5],
            compared=inputs.tally.totals(),
            tally=inputs.tally,
            messages=inputs.messages[:3],
            outboxes=inputs.outboxes,
            rows=latest(inputs.entries, 8),
            sent=sent,
            answer=answer_to(inputs.entries, sent) if sent else None,
        )  # fmt: skip

    async def _ledger(self, visit: Visit, session: Session) -> Response:
        inputs, now = await self._now()
        kind, words = visit.query.get("kind", ""), visit.query.get("q", "")[:200]
        before = _number(visit.query.get("before", ""))
        found = ledger_page(inputs.entries, before, kind, words)
        return self._page("ledger", inputs, now, session, page=found, kind=kind, words=words)

    async def _differences(self, visit: Visit, session: Session) -> Response:
        inputs, now = await self._now()
        routes = compared(inputs.tally)
        chosen = visit.query.get("route", "")
        shown = next((one for one in routes if one.route == chosen), None)
        return self._page(
            "differences", inputs, now, session, routes=routes, shown=shown, tally=inputs.tally
        )

    async def _feedback(self, visit: Visit, session: Session) -> Response:
        inputs, now = await self._now()
        return self._page("feedback", inputs, now, session, messages=inputs.messages)

    async def _plan(self, visit: Visit, session: Session) -> Response:
        inputs, now = await self._now()
        return self._page("plan", inputs, now, session, text=inputs.plan_text)

    def _page(
        self, name: str, inputs: Inputs, now: Standing, session: Session, **more: object
    ) -> Response:
        made = screens.page(
            name, inputs, now, user=session.name, csrf=session.csrf, here=name, **more
        )
        return html(200, made)

    # --- buttons ------------------------------------------------------------------------------

    async def _action(self, visit: Visit) -> tuple[Inputs, Standing, Action]:
        inputs, now = await self._now()
        made = actions(now, inputs.look, inputs.found)
        found = action(made, visit.path.removeprefix("/do/"))
        if found is None:
            raise RefusedError(404, "There is no such button now.")
        return inputs, now, found

    async def _ask(self, visit: Visit, session: Session) -> Response:
        """The page of one button: what it does, what takes it back, and the form."""
        inputs, now, found = await self._action(visit)
        ticket = new_ticket(session, found.verb, now.moment)
        return self._page("action", inputs, now, session, action=found, ticket=ticket, error="")

    async def _post(self, visit: Visit, session: Session) -> Response:
        fields = await form(visit, self._rules.form_seconds)
        given = fields.get("csrf", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, session.csrf.encode()):
            raise RefusedError(403, "This form is not of your session. Load the page again.")
        if visit.path == "/logout":
            for cookie in cookies_of(visit, self._rules.cookie):
                self.sessions.end(cookie)
            return with_header(see_other("/login"), self._cookie("", "; Max-Age=0"))
        if visit.path.startswith("/do/"):
            return await self._press(visit, session, fields)
        raise RefusedError(405, "This page takes no form.")

    async def _press(self, visit: Visit, session: Session, fields: dict[str, str]) -> Response:
        """Write the command of a button into the ledger."""
        inputs, now, found = await self._action(visit)
        moment = self.sessions.use(session, fields.get("ticket", ""), found.verb)
        error = objection(found, now, moment, fields)
        if error:
            ticket = new_ticket(session, found.verb, now.moment)
            response = self._page(
                "action", inputs, now, session, action=found, ticket=ticket, error=error
            )
            return response._replace(status=409)
        record = Commanded(
            verb=Verb(found.verb),
            reason=one_line(fields.get("reason", "")),
            gate=fields.get("gate", ""),
            force=is_forced(found, fields),
        )
        actor = f"console:{session.name}"
        try:
            entry = await asyncio.to_thread(self._desk.command, actor, now.state.plan, record)
        except LedgerError as problem:
            raise RefusedError(503, f"The command was not written. {problem}") from problem
        return see_other(f"/?sent={entry.seq}")


def _too_many(wait: float) -> Response:
    text = f"Too many failed attempts. Try again in {wait:.0f} seconds."
    response = html(429, screens.screen("login", code="", error=text))
    return with_header(response, (b"retry-after", b"%d" % (wait + 1)))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _failed(visit: Visit, error: BaseException) -> Response:
    """The page that says why there is no answer. Raises what is not an error, such as a stop."""
    if isinstance(error, RefusedError):
        return refusal(error.status, str(error))
    if isinstance(error, FrontrunnerError):
        log.error("%s could not be answered: %s", visit.path, error)
        return refusal(503, str(error))
    if isinstance(error, Exception):  # an operator must not see a bare 500
        log.error("%s could not be answered: a fault", visit.path, exc_info=error)
        return refusal(500, _FAULT)
    raise error
