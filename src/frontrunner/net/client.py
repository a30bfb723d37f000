"""One HTTP client, with limits on everything that the other side decides.

A deadline for the whole exchange: looking up the name, connecting, TLS, every redirect and every
byte (`deadlines`). A limit on the size of the body. Redirects are followed within a limit, and each
target is checked like the first address. Names are looked up once, and the connection goes to an
address that was checked, so that a name cannot mean another address the second time.

Proxies and cookies are not used, and nothing is decompressed.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from frontrunner.base.errors import NetworkError
from frontrunner.net.addresses import resolve
from frontrunner.net.deadlines import Guard, connect, deadline

_CHUNK = 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAFE = "/?&=%:+,;@!$'()*~-._[]"


class Limits(NamedTuple):
    """What the other side may take."""

    seconds: float
    """For the whole exchange, redirects included."""
    size: int
    """Bytes of a body."""
    redirects: int = 0
    """How many are followed; one more is an error. With 0 the redirect itself is the answer."""
    same_origin: bool = False
    """Whether a redirect to another protocol, host or port is not followed but given as it is."""
    private: bool = False
    """Whether addresses of this machine and its network may be asked."""
    without_body: tuple[str, ...] = ()
    """Media types whose body is not read, such as that of endless streams."""


class Answer(NamedTuple):
    """The last answer of an exchange."""

    url: str
    """What gave it, after redirects."""
    status: int
    headers: Mapping[str, str]
    """By name, in lower case; of several with one name the last."""
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Content(NamedTuple):
    """What a POST request sends."""

    media_type: str
    body: bytes


def post(
    url: str, content: Content, limits: Limits, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a POST request. Raises NetworkError if there is no answer within `limits`.

    A redirect is not followed: another address may not get what was sent.
    """
    until = time.monotonic() + limits.seconds
    return _exchange(checked(url), until, limits, headers or {}, content)


def get(url: str, limits: Limits, headers: Mapping[str, str] | None = None) -> Answer:
    """Send a GET request. Raises NetworkError if there is no answer within `limits`.

    `headers` are not sent to another host, port or protocol that a redirect leads to; from http to
    https of the same host they are.
    """
    until = time.monotonic() + limits.seconds
    origin = checked(url)
    for left in range(limits.redirects, -1, -1):
        there = checked(url)
        own = headers if _may_have_headers(origin, there) else None
        answer = _exchange(there, until, limits, own or {})
        location = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not location or not limits.redirects:
            return answer
        if left:
            url = _joined(url, location)
            if limits.same_origin and not _is_same_origin(origin, checked(url)):
                return answer
    raise NetworkError(f"more than {limits.redirects} redirects, the last to {location[:200]!r}")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_same_origin(one: SplitResult, other: SplitResult) -> bool:
    return (one.scheme, one.hostname, _port(one)) == (other.scheme, other.hostname, _port(other))


def _may_have_headers(origin: SplitResult, there: SplitResult) -> bool:
    """Whether a redirect target may get headers that may contain a password."""
    same_protocol = there.scheme in (origin.scheme, "https")
    return there.netloc == origin.netloc and same_protocol


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NetworkError(f"a redirect to {location[:200]!r}, which is not a URL") from None


def checked(url: str) -> SplitResult:
    """The parts of a URL; raises NetworkError unless it is a plain one of http or https."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:  # which UnicodeError is
        usable = False
    if not usable:
        raise NetworkError(f"{url[:200]!r} is not a URL of http or https")
    if parts.username is not None:
        raise NetworkError("a URL that contains a name or password is not fetched")
    return parts


def _exchange(
    parts: SplitResult,
    until: float,
    limits: Limits,
    headers: Mapping[str, str],
    content: Content | None = None,
) -> Answer:
    shown = parts._replace(query="", fragment="").geturl()
    try:
        with (
            deadline(until, limits.seconds) as guard,
            _connected(parts, until, limits, guard) as connection,
        ):
            answer = _asked(connection, parts, limits, headers, content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NetworkError(f"{shown}: {error or repr(error)}") from error
    return answer


def _asked(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    limits: Limits,
    headers: Mapping[str, str],
    content: Content | None,
) -> Answer:
    target = quote(parts._replace(scheme="", netloc="", fragment="").geturl(), safe=_SAFE)
    sent = {"Accept-Encoding": "identity", **headers}
    if content is None:
        connection.request("GET", target or "/", headers=sent)
    else:
        sent["Content-Type"] = content.media_type
        connection.request("POST", target or "/", content.body, sent)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    answered = Answer(parts.geturl(), answer.status, found, b"")
    if answered.media_type in limits.without_body:
        return answered
    return answered._replace(body=_body(answer, limits.size))


@contextmanager
def _connected(
    parts: SplitResult, until: float, limits: Limits, guard: Guard
) -> Iterator[http.client.HTTPConnection]:
    host = parts.hostname or ""
    port = _port(parts)
    addresses = resolve(host, port, until - time.monotonic(), private=limits.private)
    link = connect(addresses, port, until)
    connection = http.client.HTTPConnection(host, port)
    try:
        guard.watch(link)
        if parts.scheme == "https":
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
            connection.default_port = 443  # so that the Host header has no port
        connection.sock = link
        yield connection
    finally:
        connection.close()
        link.close()


def _body(answer: http.client.HTTPResponse, size: int) -> bytes:
    parts, found = [], 0
    while part := answer.read(min(_CHUNK, size + 1 - found)):
        parts.append(part)
        found += len(part)
        if found > size:
            raise OSError(f"the answer is larger than {size:,} bytes")
    if answer.length:
        raise OSError(f"the answer ended {answer.length:,} bytes too early")
    return b"".join(parts)
