"""Ask a board over HTTP, without following redirects, with limits on time and size."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from frontrunner.base.errors import ContractError, NetworkError
from frontrunner.base.json import loads_or_none
from frontrunner.net.client import Limits, get

ANSWER_SECONDS = 30.0
"""For a whole answer, however slowly its bytes arrive."""
LARGEST = 64 * 1024 * 1024
_UNUSABLE = re.compile(r"[\s\x00-\x1f\x7f\\<>\"^`{|}]")
"""Characters that no URL has."""
_ENDLESS = "text/event-stream"


class Response(NamedTuple):
    """The answer to one request."""

    status: int
    media_type: str
    location: str
    """The target of a redirect: a path of the same board, or the URL of another site."""
    body: bytes


class Fetch(Protocol):
    """Asks for a path with its query."""

    def __call__(self, path: str) -> Response:
        """The answer; raises ContractError if there is none."""


def fetcher(base: str, seconds: float = ANSWER_SECONDS, largest: int = LARGEST) -> Fetch:
    """Asks the board at `base`, such as `https://board.example`; raises ContractError.

    A name and password in `base` are sent as basic authentication, and appear nowhere else.
    """
    parts = _address(base)
    shown = public_url(base)
    headers = {"Accept": "application/json, text/html"} | _authorization(parts)
    prefix = parts.path.rstrip("/")
    limits = Limits(seconds, largest, private=True, without_body=(_ENDLESS,))

    def fetch(path: str) -> Response:
        target = quote(prefix + path, safe="/?&=%:+,;@!$'()*~-._[]")
        try:
            answer = get(f"{parts.scheme}://{_host(parts)}{target}", limits, headers)
        except NetworkError as error:
            raise ContractError(f"{shown}{path} does not answer: {error}.") from error
        location = _local(answer.headers.get("location", ""), parts, prefix + path)
        return Response(answer.status, answer.media_type, location, answer.body)

    return fetch


def public_url(base: str) -> str:
    """The URL of a board without its password, query and fragment; raises ContractError."""
    parts = _address(base)
    return f"{parts.scheme}://{_host(parts)}{parts.path.rstrip('/')}"


def _address(base: str) -> SplitResult:
    try:
        parts = urlsplit(base)
        usable = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not _UNUSABLE.search(base)
        )
        (parts.hostname or "").encode("idna")
    except ValueError:  # which UnicodeError is
        usable = False
    if not usable:
        shown = re.sub(r"://.*@", "://", base, flags=re.S)
        raise ContractError(
            f"{shown!r} is not the URL of a board. Give one such as http://host:8000."
        )
    return parts


def _authorization(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _local(location: str, board: SplitResult, path: str) -> str:
    """A location as `Response` has it; empty if it is not a valid URL."""
    try:
        there = urlsplit(urljoin(f"{board.scheme}://{board.netloc}{path}", location))
    except ValueError:
        return ""
    if not location or (there.scheme, _host(there)) != (board.scheme, _host(board)):
        return location and there._replace(netloc=_host(there)).geturl()
    query = f"?{there.query}" if there.query else ""
    return (there.path.removeprefix(board.path.rstrip("/")) or "/") + query


def _host(parts: SplitResult) -> str:
    """Host and port, without name and password."""
    return parts.netloc.rpartition("@")[2]


def folder_fetcher(folder: Path) -> Fetch:
    """Reads the files of a folder as if it were a board; raises ContractError."""
    root = folder.resolve()
    if not root.is_dir():
        raise ContractError(f"{folder} is not a folder. Give the one that holds the raw files.")

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
    """The JSON of an answer, whatever its status; None if it is not JSON."""
    if "json" not in response.media_type or not response.body:
        return None
    return loads_or_none(response.body)
