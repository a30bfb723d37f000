"""Ask a board over HTTP, without following redirects; nothing that it does can hold us up."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from frontrunner.base.errors import ContractError
from frontrunner.base.json import loads_or_none

_SECONDS = 60.0
"""For a whole answer: a board that sends a byte now and then is not waited for."""
LARGEST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


class Response(NamedTuple):
    """What came back."""

    status: int
    media_type: str
    location: str
    """Where a redirect leads: a path of the same board, or a whole address elsewhere."""
    body: bytes


class Fetch(Protocol):
    """Asks for a path with its query."""

    def __call__(self, path: str) -> Response:
        """The answer; raises ContractError where there is none."""


def fetcher(base: str, seconds: float = _SECONDS, largest: int = LARGEST) -> Fetch:
    """Asks the board at `base`, such as `https://board.example`; raises ContractError."""
    parts = _address(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    prefix = parts.path.rstrip("/")

    def fetch(path: str) -> Response:
        connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        try:
            target = quote(prefix + path, safe="/?&=%:+,;@!$'()*~-._[]")
            connection.connect()
            with _deadline(connection, seconds):
                connection.request("GET", target, headers={"Accept": "application/json, text/html"})
                answer = connection.getresponse()
                body = _body(answer, largest)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise ContractError(f"{base}{path} cannot be asked: {error}.") from error
        finally:
            connection.close()
        media_type = (answer.getheader("content-type") or "").partition(";")[0].strip()
        location = _local(answer.getheader("location") or "", parts, prefix + path)
        return Response(answer.status, media_type, location, body)

    return fetch


def _address(base: str) -> SplitResult:
    try:
        parts = urlsplit(base)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ContractError(f"{base!r} is no address of a board. Give one like http://host:8000.")
    return parts


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Cut the connection when its time is over: the wait of a socket is only that for one byte.

    Raises TimeoutError then, also where what came until then looks like an answer.
    """
    over = threading.Event()
    open_socket = connection.sock  # a connection forgets it once there is an answer

    def cut() -> None:
        over.set()
        with suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():
            raise TimeoutError(f"the answer did not end within {seconds:g} seconds")


def _body(answer: http.client.HTTPResponse, largest: int) -> bytes:
    parts, size = [], 0
    while part := answer.read(min(_CHUNK, largest + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > largest:
            raise OSError(f"the answer is larger than {largest:,} bytes")
    if answer.length:
        raise OSError(f"the answer ended {answer.length:,} bytes too early")
    return b"".join(parts)


def _local(location: str, board: SplitResult, path: str) -> str:
    """A location as `Response` has it; empty where it is no address at all."""
    try:
        there = urlsplit(urljoin(f"{board.scheme}://{board.netloc}{path}", location))
    except ValueError:
        return ""
    if not location or (there.scheme, there.netloc) != (board.scheme, board.netloc):
        return location and there.geturl()
    query = f"?{there.query}" if there.query else ""
    return (there.path.removeprefix(board.path.rstrip("/")) or "/") + query


def folder_fetcher(folder: Path) -> Fetch:
    """Asks a folder for its files, as if it were a board; raises ContractError."""
    root = folder.resolve()
    if not root.is_dir():
        raise ContractError(f"{folder} is no folder. Give the one that holds the raw files.")

    def fetch(path: str) -> Response:
        file = (root / path.lstrip("/")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return Response(404, "", "", b"")
        try:
            return Response(200, "", "", file.read_bytes())
        except OSError as error:
            raise ContractError(f"{file} cannot be read: {error.strerror or error}.") from error

    return fetch


def json_of(response: Response) -> Any:
    """A JSON answer, whatever its status; None where it is none."""
    if "json" not in response.media_type or not response.body:
        return None
    return loads_or_none(response.body)
