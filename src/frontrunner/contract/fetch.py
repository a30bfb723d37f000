"""Ask a board over HTTP, without following redirects."""

from __future__ import annotations

import http.client
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from frontrunner.errors import ContractError

_SECONDS = 60.0
LARGEST = 64 * 1024 * 1024


class Response(NamedTuple):
    """What came back."""

    status: int
    media_type: str
    location: str
    body: bytes


class Fetch(Protocol):
    """Asks for a path with its query."""

    def __call__(self, path: str) -> Response:
        """The answer; raises ContractError where there is none."""


def fetcher(base: str) -> Fetch:
    """Asks the board at `base`, such as `https://board.example`; raises ContractError."""
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ContractError(f"{base!r} is no address of a board. Give one like http://host:8000.")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    host, port, prefix = parts.hostname, parts.port, parts.path.rstrip("/")

    def fetch(path: str) -> Response:
        connection = kind(host, port, timeout=_SECONDS)
        try:
            target = quote(prefix + path, safe="/?&=%:+,;@!$'()*~-._#[]")
            connection.request("GET", target, headers={"Accept": "application/json, text/html"})
            answer = connection.getresponse()
            body = answer.read(LARGEST)
            media_type = (answer.getheader("content-type") or "").partition(";")[0].strip()
            return Response(answer.status, media_type, answer.getheader("location") or "", body)
        except (OSError, http.client.HTTPException) as error:
            raise ContractError(f"{base}{path} cannot be asked: {error}.") from error
        finally:
            connection.close()

    return fetch
