"""The ASGI application: who asks, which fault happens, and the answer."""

from __future__ import annotations

import asyncio
import re
import secrets
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote

from frontrunner.http.body import BodyError, TooLargeError, read_body
from frontrunner.http.request import Receive, Scope, Send
from frontrunner.hub.standin.calls_table import KIND, answer
from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply
from frontrunner.hub.standin.faults import Fault
from frontrunner.hub.standin.live_sites import Application, Visit, Visitable, beside, live
from frontrunner.hub.standin.rates import Rates
from frontrunner.hub.standin.repos import Repository
from frontrunner.hub.standin.stored import Stored

_LARGEST = 1 << 30
"""Bytes of a body: a commit comes in one request."""
_LIVE = re.compile(r"/-/live/([a-z0-9-]+)(/.*)?")
_BESIDE = re.compile(r"/-/tree/([^/]+/[^/]+)/([0-9a-f]{40})(/.*)?")
_REPOSITORY = re.compile(r"/(models|datasets|spaces)/([^/]+/[^/]+)")


class StandIn:
    """A Hub for rehearsals."""

    def __init__(self, stored: Stored) -> None:
        """Answer from `stored`, which may be changed at any time."""
        self.stored = stored
        self.applications: dict[str, Application] = {}
        """What containers answer, by the Space; under an empty name, those of all others."""
        self.containers: Visitable | None = None
        """Runs those that are a gateway; without it they answer as the others do."""
        self._rates = Rates(stored.switches.rate)
        self._later: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            ask = await self._ask(scope, receive)
        except BodyError as error:
            status = 413 if isinstance(error, TooLargeError) else 400
            await _sent(RefusedError(status, str(error)).reply(), scope["method"], send)
            return
        fault = self.stored.next_fault(ask.method, unquote(ask.path))
        if fault is not None:
            await self._faulty(ask, fault, send)
            return
        reply = await asyncio.to_thread(self.reply, ask)
        await asyncio.sleep(reply.delay)
        await _sent(reply, ask.method, send)

    def reply(self, ask: Ask) -> Reply:
        """The answer to a request, without faults."""
        visit = self._visit(ask)
        return visit() if visit is not None else self._api_answer(ask)

    def _visit(self, ask: Ask) -> Visit | None:
        """What a container answers; None for a request of the API."""
        with self.stored.lock:
            if place := _LIVE.fullmatch(ask.path):
                where = place[1], place[2] or "/"
                return live(self.stored, ask, self.applications, self.containers, *where)
            if place := _BESIDE.fullmatch(ask.path):
                where = place[1], place[2]
                return beside(self.stored, ask, self.applications, where, place[3] or "/")
        return None

    def _api_answer(self, ask: Ask) -> Reply:
        with self.stored.lock:
            self.stored.asked.append((ask.method, unquote(ask.path), ask.actor))
            try:
                limits = self._rates.count(ask, self.stored.now())
                if ask.token is None and ask.headers.get("authorization"):
                    raise RefusedError(401, "Invalid credentials in Authorization header")
                found = answer(self.stored, ask)
            except RefusedError as error:
                limits = self._rates.headers(ask, self.stored.now())
                found = error.reply()
            return found._replace(headers=(*found.headers, *limits))

    async def _ask(self, scope: Scope, receive: Receive) -> Ask:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        body = await read_body(receive, _LARGEST)
        query_text = scope["query_string"].decode("latin-1")
        query = parse_qs(query_text, keep_blank_values=True)
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            query |= parse_qs(body.decode("utf-8", "replace"))
        asked = Ask(
            method=scope["method"],
            path=scope["raw_path"].decode("latin-1").partition("?")[0],
            query=query,
            query_text=query_text,
            headers=headers,
            body=body,
            base=f"http://{headers.get('host', 'localhost')}",
        )
        return self._identified(asked)

    def _identified(self, ask: Ask) -> Ask:
        given = ask.headers.get("authorization", "").removeprefix("Bearer ")
        stored = self.stored
        token = stored.tokens.get(given)
        if token is None:
            return ask
        own = frozenset(
            one.name
            for one in stored.accounts.values()
            if token.account in (one.name, *one.members)
        )
        account = stored.accounts[token.account]
        return ask._replace(account=account, token=token, namespaces=own)

    async def _faulty(self, ask: Ask, fault: Fault, send: Send) -> None:
        if fault.push:
            self._push(ask, fault)
        reply = Reply()
        if fault.work == "done":
            reply = await asyncio.to_thread(self.reply, ask)
        elif fault.work == "late":
            self._carry_out_later(ask, fault.seconds)
        if fault.status:
            kind = "application/json" if fault.body.startswith("{") else "text/plain"
            headers = {"Content-Type": kind, **fault.headers}
            reply = Reply(fault.status, fault.body.encode(), tuple(headers.items()))
        if fault.answer == "held":
            await asyncio.sleep(fault.seconds)
        if fault.answer == "dribbled":
            await _dribbled(reply, fault.seconds, send)
        else:
            await _sent(reply, ask.method, send, lost=fault.answer in ("lost", "held"))

    def _carry_out_later(self, ask: Ask, seconds: float) -> None:
        async def carry_out() -> None:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.reply, ask)

        task = asyncio.create_task(carry_out())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _push(self, ask: Ask, fault: Fault) -> None:
        repository = self._repository(ask)
        if repository is not None:
            self.stored.push(repository, fault.push)

    def _repository(self, ask: Ask) -> Repository | None:
        found = _REPOSITORY.search(unquote(ask.path))
        if found is None:
            return None
        return self.stored.find(KIND[found[1]], found[2])


async def _sent(reply: Reply, method: str, send: Send, *, lost: bool = False) -> None:
    """Send an answer; a lost one ends before its body, and the server closes the connection."""
    length = len(reply.body) + lost
    headers = [*reply.headers, ("Content-Length", str(length)), ("X-Request-Id", _name())]
    await send(_start(reply.status, headers))
    if not lost:
        body = b"" if method == "HEAD" else reply.body
        await send({"type": "http.response.body", "body": body})


async def _dribbled(reply: Reply, seconds: float, send: Send) -> None:
    """Send a byte now and then, so that no byte keeps its reader waiting for long."""
    body = reply.body or b" " * 20
    await send(_start(reply.status, [*reply.headers, ("Content-Length", str(len(body)))]))
    for place in range(len(body)):
        await asyncio.sleep(seconds / len(body))
        more = place + 1 < len(body)
        await send(
            {"type": "http.response.body", "body": body[place : place + 1], "more_body": more}
        )


def _start(status: int, headers: list[tuple[str, str]]) -> dict[str, Any]:
    headers = [*headers, ("Date", formatdate(usegmt=True))]
    encoded = [
        (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers
    ]
    return {"type": "http.response.start", "status": status, "headers": encoded}


def _name() -> str:
    return f"Root=1-{secrets.token_hex(8)}"
