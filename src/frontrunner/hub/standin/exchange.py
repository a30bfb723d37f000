"""A request and an answer of the stand-in, as plain data."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

import msgspec

from frontrunner.hub.standin.repos import AccessToken, Account

JSON_TYPE = "application/json; charset=utf-8"


class Ask(NamedTuple):
    """A request."""

    method: str
    path: str
    """As it was sent, with its escapes."""
    query: dict[str, list[str]]
    """Parameters of the address, and of a form."""
    query_text: str
    """The parameters of the address as they were sent."""
    headers: dict[str, str]
    """By name, in lower case."""
    body: bytes
    base: str
    """Scheme, host and port that the client used."""
    account: Account | None = None
    token: AccessToken | None = None
    namespaces: frozenset[str] = frozenset()
    """The account, and the organisations that it may write to."""

    def one(self, name: str, otherwise: str = "") -> str:
        """The last value of a parameter."""
        return self.query.get(name, [otherwise])[-1]

    def number(self, name: str, otherwise: int) -> int:
        """A parameter that is a whole number."""
        text = self.one(name)
        return int(text) if text.isdecimal() else otherwise

    def is_on(self, name: str) -> bool:
        """Whether a parameter says yes."""
        return self.one(name).lower() in ("1", "true")

    @property
    def fields(self) -> dict[str, Any]:
        """The body, a JSON object. Raises `RefusedError` if it is not one."""
        try:
            found = msgspec.json.decode(self.body or b"{}")
        except msgspec.DecodeError:
            found = None
        if not isinstance(found, dict):
            raise RefusedError(400, "The body is not a JSON object.")
        return found

    @property
    def actor(self) -> str:
        """Who asks."""
        return self.account.name if self.account else "anonymous"


class Reply(NamedTuple):
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    """Seconds until it is sent."""


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code

    def reply(self) -> Reply:
        """The answer, in the form that the clients read."""
        headers = [("Content-Type", JSON_TYPE), ("X-Error-Message", self.message)]
        if self.code:
            headers.append(("X-Error-Code", self.code))
        body = msgspec.json.encode({"error": self.message})
        return Reply(self.status, body, tuple(headers))


def as_json(value: Any, *headers: tuple[str, str], status: int = 200) -> Reply:
    """An answer with JSON."""
    return Reply(status, msgspec.json.encode(value), (("Content-Type", JSON_TYPE), *headers))


def page_of(ask: Ask, rows: list[Any], size: int) -> Reply:
    """One page of rows; the header `Link` has the absolute address of the next one."""
    size = min(ask.number("limit", size), size) or size
    start = _start(ask)
    shown = rows[start : start + size]
    headers = [("X-Total-Count", str(len(rows)))]
    if start + size < len(rows):
        cursor = base64.urlsafe_b64encode(b"%d" % (start + size)).decode()
        query = {**parse_qs(ask.query_text, keep_blank_values=True), "cursor": [cursor]}
        address = f"{ask.base}{ask.path}?{urlencode(query, doseq=True)}"
        headers.append(("Link", f'<{address}>; rel="next"'))
    return as_json(shown, *headers)


def _start(ask: Ask) -> int:
    try:
        return int(base64.urlsafe_b64decode(ask.one("cursor")) or b"0")
    except ValueError:
        raise RefusedError(400, "Invalid cursor") from None


def stamp(at: float) -> str:
    """A time as the Hub writes it."""
    text = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
