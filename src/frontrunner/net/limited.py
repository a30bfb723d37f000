"""A client of httpx2 with limits, for a library that has none of its own.

The whole of a call has one deadline, which also ends answers that come a byte at a time; the
time-outs of httpx2 are for single bytes. A request that may be sent twice is repeated after an
error that passes, for as long as the deadline allows. A caller's rules see each answer before the
library does, so a redirect can be refused before it is followed.

Proxies and `.netrc` are not used. This module needs the extra `hub`.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any, NamedTuple

import httpcore2
import httpx2

from frontrunner.base.errors import NetworkError, UnavailableError
from frontrunner.net.addresses import resolve

ClientError = httpx2.HTTPError
"""Every error of a request that is not this project's."""
LostError = httpx2.TransportError
"""There was no complete answer, so a change may have been made."""
_UNTIL: ContextVar[float] = ContextVar("until", default=math.inf)
_CHUNK = 64 * 1024
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that another try may not meet."""
_PACKINGS = frozenset({"", "identity", "gzip"})
_OF_BODY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_RATE_LIMIT = re.compile(r"\br\s*=\s*0\b\s*;\s*t\s*=\s*(\d+)")


class Sent(NamedTuple):
    """A request, as far as rules need it."""

    method: str
    url: str
    path: str


class Rules(NamedTuple):
    """What a client may do."""

    may_repeat: Callable[[Sent], bool]
    """Whether a request has no further effect if it is carried out twice."""
    inspect: Callable[[Sent, int, Mapping[str, str]], None]
    """Raises an error to refuse an answer, such as a redirect, given its status and headers."""
    is_for_file: Callable[[Sent], bool] = lambda _: False
    """Whether a request is for the content of a file, which may be large JSON as well."""
    silence: float = 30.0
    """Seconds without a byte after which a request has failed."""
    longest: float = 600.0
    """Seconds for a single request of a thread that has no deadline."""
    size: int = 64 * 1024 * 1024
    """Bytes of an answer in JSON, unpacked, and of an error; others are files."""
    waits: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 8.0)
    """Seconds before each further try, unless the server says when to come back."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Limit everything that this thread asks for in the block; an earlier deadline stays."""
    token = _UNTIL.set(min(_UNTIL.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _UNTIL.reset(token)


def seconds_left() -> float:
    """Until the deadline of this thread; infinite without one."""
    return _UNTIL.get() - time.monotonic()


def limited_client(rules: Rules) -> httpx2.Client:
    """A client that keeps to `rules`.

    Its requests raise UnavailableError if the server does not answer in time or only with errors
    that may pass, and what `rules.inspect` raises. A request that must not be repeated raises
    the error of httpx2 instead, for its outcome may then be unknown.
    """
    return httpx2.Client(
        transport=_Transport(rules),
        headers={"accept-encoding": "gzip"},
        follow_redirects=True,
        timeout=rules.silence,
        trust_env=False,
    )


class _Transport(httpx2.BaseTransport):
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            network_backend=_Backend(rules.silence),
            max_connections=100,
            keepalive_expiry=5.0,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, again if that may help."""
        with _own_deadline(self._rules.longest):
            sent = Sent(request.method, str(request.url), request.url.path)
            again = self._rules.may_repeat(sent) and _is_whole(request)
            for wait in (*self._rules.waits, None):
                found = self._try(request, sent, again)
                if isinstance(found, httpx2.Response):
                    return found
                self._pause(found, wait, sent)
        raise UnavailableError(f"{_shown(sent)} got no answer.")

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _try(self, request: httpx2.Request, sent: Sent, again: bool) -> httpx2.Response | _Problem:
        """The answer, or what makes another try necessary."""
        if seconds_left() <= 0:
            raise UnavailableError(f"The time for {_shown(sent)} is over.")
        try:
            response = self._exchange(request, sent)
        except httpx2.TransportError as error:
            if not again:
                raise
            return _Problem(str(error) or type(error).__name__)
        except NetworkError as error:
            if again:
                raise
            raise httpx2.RemoteProtocolError(str(error)) from error
        headers = dict(response.headers)
        self._rules.inspect(sent, response.status_code, headers)
        # A request that met the rate limit was not carried out, whatever it asks for.
        passing = response.status_code in (_PASSING if again else (429,))
        if not passing or not _is_whole(request):
            return response
        response.close()
        return _Problem(f"status {response.status_code}", _asked_wait(headers))

    def _pause(self, problem: _Problem, wait: float | None, sent: Sent) -> None:
        wait = problem.wait if problem.wait is not None else wait
        if wait is None or wait >= seconds_left():
            raise UnavailableError(
                f"{_shown(sent)} failed: {problem.text}."
                + (f" The server asks to wait {wait:g} seconds." if problem.wait else "")
            )
        time.sleep(wait)

    def _exchange(self, request: httpx2.Request, sent: Sent) -> httpx2.Response:
        with _as_httpx2():
            return self._answered(request, sent)

    def _answered(self, request: httpx2.Request, sent: Sent) -> httpx2.Response:
        address = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore2.Request(
            request.method,
            address,
            headers=request.headers.raw,
            content=request.stream,
            extensions={**request.extensions, "timeout": self._timeouts(request)},
        )
        found = self._pool.handle_request(asked)
        response = httpx2.Response(found.status, headers=found.headers, stream=_Body(found))
        # An answer to HEAD has no body, and the length of another one among its headers.
        is_file = not _is_json(found) or self._rules.is_for_file(sent)
        if request.method == "HEAD" or (is_file and found.status < 400):
            return response
        # Read here, where a connection that breaks can still be tried again.
        try:
            content = self._content(response)
        finally:
            found.close()
        headers = [(k, v) for k, v in found.headers if k.lower() not in _OF_BODY]
        return httpx2.Response(found.status, headers=headers, content=content)

    def _content(self, response: httpx2.Response) -> bytes:
        """The body, unpacked piece by piece. Raises NetworkError if it is too large."""
        packed = response.headers.get("content-encoding", "").strip().lower()
        if packed not in _PACKINGS:  # a piece of others may become as large as it likes
            raise NetworkError(f"The answer is encoded as {packed}, which was not requested.")
        found = bytearray()
        for piece in response.iter_bytes():
            found += piece
            if len(found) > self._rules.size:
                raise NetworkError(f"The answer has more than {self._rules.size:,} bytes.")
        return bytes(found)

    def _timeouts(self, request: httpx2.Request) -> dict[str, float | None]:
        """Those of the request, with one for the wait for a free connection."""
        given = request.extensions.get("timeout", {})
        return {
            **given,
            "pool": _bounded(given.get("pool"), self._rules.silence, httpcore2.PoolTimeout),
        }


class _Problem(NamedTuple):
    text: str
    wait: float | None = None
    """Seconds that the server asks for."""


class _Body(httpx2.SyncByteStream):
    """The body of an answer, whose reading has the deadline of its reader."""

    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx2():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _Backend(httpcore2.NetworkBackend):
    """Opens connections whose every step ends by the deadline."""

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Look a name up and connect to the first of its addresses that answers."""
        problem: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port, timeout):
            step = _bounded(timeout, self._silence, httpcore2.ConnectTimeout)
            try:
                link = self._inner.connect_tcp(address, port, step, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
                continue
            return _Stream(link, self._silence)
        raise problem

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        step = _bounded(timeout, self._silence, httpcore2.ConnectTimeout)
        try:
            return resolve(host, port, step, private=True)
        except NetworkError as error:
            raise httpcore2.ConnectError(str(error)) from error


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, silence: float) -> None:
        self._inner = inner
        self._silence = silence

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        step = _bounded(timeout, self._silence, httpcore2.ReadTimeout)
        return self._inner.read(max_bytes, step)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _CHUNK):
            step = _bounded(timeout, self._silence, httpcore2.WriteTimeout)
            self._inner.write(buffer[start : start + _CHUNK], step)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        step = _bounded(timeout, self._silence, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, step), self._silence)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _bounded(timeout: float | None, silence: float, kind: type[Exception]) -> float:
    """The time for one step; raises `kind` if the deadline is over."""
    left = seconds_left()
    if left <= 0:
        raise kind("the time for the whole call is over")
    return min(left, silence, math.inf if timeout is None else timeout)


@contextmanager
def _own_deadline(longest: float) -> Iterator[None]:
    """Give a request of a thread without a deadline one of its own."""
    if _UNTIL.get() < math.inf:
        yield
        return
    with deadline(longest):
        yield


_NAMES = (
    "ConnectError", "ConnectTimeout", "LocalProtocolError", "NetworkError", "PoolTimeout",
    "ProtocolError", "ReadError", "ReadTimeout", "RemoteProtocolError", "TimeoutException",
    "UnsupportedProtocol", "WriteError", "WriteTimeout",
)  # fmt: skip
_ERRORS: dict[type[Exception], type[httpx2.TransportError]] = {
    getattr(httpcore2, name): getattr(httpx2, name) for name in _NAMES
}
"""Errors of the lower library, and what the upper one calls them."""


@contextmanager
def _as_httpx2() -> Iterator[None]:
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error) or type(error).__name__) from error


def _is_whole(request: httpx2.Request) -> bool:
    """Whether the body of a request is at hand, so that it can be sent twice."""
    return isinstance(request.stream, httpx2.ByteStream)


def _is_json(response: httpcore2.Response) -> bool:
    kinds = (value for name, value in response.headers if name.lower() == b"content-type")
    return next(kinds, b"").lower().startswith(b"application/json")


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks for; None if it does not say."""
    limit = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    if limit:
        return float(limit[1]) + 1  # the server counts whole seconds
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isdecimal() else None


def _shown(sent: Sent) -> str:
    return f"{sent.method} {sent.path}"
