"""One request to the console: its parts, and whether its origin is allowed."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import parse_qsl

from frontrunner.http.body import CutOffError, TooLargeError, read_body
from frontrunner.http.request import Receive, Scope

MAX_BODY = 16 * 1024
"""Bytes of a form, and of a query."""
_MAX_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class RefusedError(Exception):
    """A request is not answered; `status` and the message say why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Visit(NamedTuple):
    """The parts of a request that answers depend on."""

    method: str
    path: str
    query: dict[str, str]
    hosts: tuple[str, ...]
    """Every Host header."""
    headers: dict[str, str]
    """By name; None of the console's headers may come twice, so the last one is kept."""
    client: str
    receive: Receive


def visit_of(scope: Scope, receive: Receive) -> Visit:
    """The request of an ASGI scope."""
    pairs = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
    client = scope.get("client") or ("",)
    query = scope["query_string"].decode("latin-1")[:MAX_BODY]
    return Visit(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(query)),
        hosts=tuple(value for name, value in pairs if name == "host"),
        headers=dict(pairs),
        client=str(client[0]),
        receive=receive,
    )


def check_host(visit: Visit, names: Collection[str]) -> None:
    """Raises RefusedError unless exactly one of our names was asked for.

    A page of another site can make its name mean this address (DNS rebinding) and would then be
    of the same origin; it cannot make the browser send one of our names.
    """
    if len(visit.hosts) != 1 or host_name(visit.hosts[0]) not in names:
        raise RefusedError(421, "The console does not have this name. Add it with --name.")


def host_name(host: str) -> str:
    """A Host header without its port, in lower case."""
    name, colon, port = host.rpartition(":")
    has_port = bool(colon) and port.isdigit() and not name.endswith(":")
    return (name if has_port else host).lower()


def check_origin(visit: Visit) -> None:
    """Raises RefusedError for a POST that a page of another origin sent, or nothing says whose."""
    site, origin = visit.headers.get("sec-fetch-site"), visit.headers.get("origin")
    if site is None and origin is None:
        raise RefusedError(403, "The browser did not say which page sent this form.")
    if site not in (None, "same-origin"):
        raise RefusedError(403, "A page of another address sent this form.")
    if origin is not None and origin.partition("://")[2].lower() != visit.hosts[0].lower():
        raise RefusedError(403, "A page of another address sent this form.")


def cookies_of(visit: Visit, name: str) -> list[str]:
    """The values of a cookie. Others of this host may set one of the same name, or broken ones."""
    pairs = (part.strip().partition("=") for part in visit.headers.get("cookie", "").split(";"))
    return [value for found, _, value in pairs if found == name][:5]


async def form(visit: Visit, seconds: float) -> dict[str, str]:
    """The fields of a form. Raises RefusedError if it is none, too large, or too slow."""
    kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise RefusedError(415, "Send a form.")
    length = visit.headers.get("content-length", "0")
    if length.isdigit() and int(length[:12]) > MAX_BODY:
        raise RefusedError(413, f"A form has at most {MAX_BODY:,} bytes.")
    try:
        async with asyncio.timeout(seconds):
            body = await read_body(visit.receive, MAX_BODY)
    except TimeoutError as error:
        raise RefusedError(408, "The form did not arrive in time.") from error
    except CutOffError as error:
        raise RefusedError(400, "The form did not arrive whole.") from error
    except TooLargeError as error:
        raise RefusedError(413, f"A form has at most {MAX_BODY:,} bytes.") from error
    try:
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:
        raise RefusedError(413, f"A form has at most {_MAX_FIELDS} fields.") from error
    if len({name for name, _ in pairs}) != len(pairs):
        raise RefusedError(400, "A field came twice.")
    return dict(pairs)


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
