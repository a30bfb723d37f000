"""Changes the share on request from outside, for a gateway whose files the controller cannot reach.

It also reports what the gateway counted of its traffic, which its controller judges.

Requests without the token are rejected. A change names the version that it was decided on and the
lease of its controller; what is answered is read from Envoy. The token is in no answer and in no
log.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import FrontrunnerError, GatewayError, StaleTokenError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.limit import Limit, network_of
from frontrunner.base.private_file import private_text
from frontrunner.gateway.admin import is_side_well
from frontrunner.gateway.control import Gateway, Seen
from frontrunner.gateway.counting import Counting
from frontrunner.gateway.remote_state import (
    CONTROL_HEADER,
    LEAST_TOKEN,
    RemoteChange,
    RemoteRefusal,
    RemoteState,
)
from frontrunner.gateway.state import GatewayState, make_folder
from frontrunner.gateway.traffic_rows import Cursor, parsed_cursor
from frontrunner.http.body import CutOffError, TooLargeError, read_body
from frontrunner.http.request import Receive

log = logging.getLogger("frontrunner.gateway")
_MOST_BYTES = 4096
Answer = tuple[int, RemoteState | RemoteRefusal | msgspec.Raw]


class _OtherVersionError(Exception):
    """The state is not the one that a change was decided on."""


class RemoteControl:
    """What answers `/__frontrunner/control`."""

    def __init__(self, gateway: Gateway, token: Callable[[], str]) -> None:
        """`token` is asked at each request, so that a replaced one is rejected.

        Raises what it raises, GatewayError if it could be guessed, OSError if the folder is
        read-only.
        """
        self._gateway, self._token = gateway, token
        self._problem = ""
        _checked(token())
        self._name = _name_of(gateway.place.folder)
        self._wrong = Limit(most=60, seconds=3600.0)
        self._logged = Limit(most=60, seconds=3600.0)
        self._changes = Limit(most=120, seconds=60.0)
        settings = gateway.settings
        self._counting = Counting(gateway.place.requests, settings.control_window)

    async def answer(
        self, method: str, headers: Mapping[str, str], receive: Receive, query: bytes = b""
    ) -> Answer:
        """The status and what is said. The body of a request without the token is not read."""
        refusal = self._refusal(method, headers)
        if refusal is not None:
            return refusal
        if method == "GET":
            return await asyncio.to_thread(self._read, query)
        try:
            change = msgspec.json.decode(await read_body(receive, _MOST_BYTES), type=RemoteChange)
        except TooLargeError as error:
            return 413, RemoteRefusal(detail=str(error))
        except (CutOffError, msgspec.DecodeError, UnicodeDecodeError) as error:
            return 400, RemoteRefusal(detail=f"The change cannot be read: {error}")
        return await asyncio.to_thread(self._changed, change)

    def _read(self, query: bytes) -> Answer:
        """The state, or the counts after a cursor."""
        try:
            cursor = _cursor(query)
        except ValueError as error:
            return 400, RemoteRefusal(detail=f"The query cannot be read: {error}")
        return self._told() if cursor is None else self._counted(cursor)

    def _refusal(self, method: str, headers: Mapping[str, str]) -> Answer | None:
        """Why a request is not looked at; None if it is."""
        if not self._knows(headers.get(CONTROL_HEADER, "")):
            if not self._wrong.allows(network_of(headers.get("x-frontrunner-client", ""))):
                return 429, RemoteRefusal(detail="Too many wrong tokens. Try again in an hour.")
            if self._logged.allows(""):  # in all: one client may have very many addresses
                log.warning("a request to the control path had no token, or a wrong one")
            return 401, RemoteRefusal(detail="The token is missing or wrong.")
        if method not in ("GET", "POST"):
            return 405, RemoteRefusal(detail="Only GET and POST are answered here.")
        if method == "POST" and not self._changes.allows(""):
            return 429, RemoteRefusal(detail="Too many changes in a minute.")
        return None

    def _knows(self, given: str) -> bool:
        """Compared in constant time. An unusable token matches nothing."""
        try:
            token, problem = _checked(self._token()), ""
        except (FrontrunnerError, OSError) as error:
            token, problem = "", str(error)
        if problem != self._problem:  # once, not at each request
            self._problem = problem
            if problem:
                log.error("the control path is closed: %s", problem)
            else:
                log.info("the control path is open again")
        return hmac.compare_digest(_digest(given), _digest(token)) and not problem

    def _told(self) -> Answer:
        try:
            return 200, self._state()
        except GatewayError as error:
            return 503, RemoteRefusal(detail=str(error))

    def _changed(self, change: RemoteChange) -> Answer:
        def how(state: GatewayState) -> GatewayState:
            if change.version != self._version(state.generation):
                raise _OtherVersionError
            return msgspec.structs.replace(state, share=change.share, banner=change.banner)

        try:
            self._gateway_seen()  # what was logged until now belongs to the share of before
            follows = self._gateway.change(how, token=change.token)
        except _OtherVersionError:
            return 409, RemoteRefusal(detail="The state has changed. Read it again.")
        except StaleTokenError as error:
            return 409, RemoteRefusal(detail=str(error), stale=True)
        except GatewayError as error:
            return 503, RemoteRefusal(detail=str(error))
        if not follows:
            return 503, RemoteRefusal(detail="No Envoy runs. It applies the change when it starts.")
        log.warning("the share was set to %g%% over the control path", change.share / 100)
        return self._told()

    def _state(self) -> RemoteState:
        """As Envoy says. Raises GatewayError."""
        seen, admin = self._gateway_seen(), self._gateway.admin()
        hosts = admin.hosts()
        return RemoteState(
            version=self._version(seen.generation),
            share=seen.share,
            banner=seen.banner,
            token=self._gateway.kept().token,
            old=is_side_well(hosts, "old"),
            new=is_side_well(hosts, "new"),
            streams=admin.active_on_old(),
        )

    def _gateway_seen(self) -> Seen:
        """What Envoy follows; what was logged since is counted. Raises GatewayError."""
        seen = self._gateway.seen()
        try:
            self._counting.look(seen.generation, seen.share)
        except OSError as error:  # the client that asks for the counts gets the reason
            log.warning("the log of requests cannot be read: %s", error)
        return seen

    def _counted(self, cursor: Cursor) -> Answer:
        try:
            seen = self._gateway.seen()
            self._counting.look(seen.generation, seen.share)
        except GatewayError as error:
            return 503, RemoteRefusal(detail=str(error))
        except OSError as error:
            return 503, RemoteRefusal(detail=f"The log of requests cannot be read: {error}")
        return 200, msgspec.Raw(self._counting.after(cursor))

    def _version(self, generation: int) -> str:
        return f"{self._name}-{generation}"


def remote_control(settings: GatewaySettings, folder: Path) -> RemoteControl | None:
    """What the settings ask for; None if they ask for nothing, or the token cannot be used.

    A board is not taken from users because a token is wrong: the path is then missing.
    """
    if not settings.control_file:
        return None
    try:
        file = Path(settings.control_file)
        return RemoteControl(
            Gateway(settings, folder), lambda: private_text(file, "of the control path")
        )
    except (FrontrunnerError, OSError) as error:
        log.error("there is no control path: %s", error)
        return None


def _cursor(query: bytes) -> Cursor | None:
    """Which counts are asked for; None if the state is. Raises ValueError."""
    found = parse_qs(query.decode("latin-1"), max_num_fields=10).get("after")
    return parsed_cursor(found[0]) if found else None


def _checked(token: str) -> str:
    """Raises GatewayError if it could be guessed."""
    if len(token) < LEAST_TOKEN:
        raise GatewayError(
            f"The token of the control path has {len(token)} characters. Use {LEAST_TOKEN} or "
            "more, for example those of: openssl rand -hex 32"
        )
    return token


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _name_of(folder: Path) -> str:
    """The name of a gateway: made with its folder, and gone with it."""
    path = folder / "name"
    with suppress(FileNotFoundError):
        if known := path.read_text("utf-8"):
            return known
    make_folder(folder)
    name = secrets.token_hex(8)
    write_file(path, name.encode(), follow=False)
    return name
