"""What is the same for every snapshot: health, robots, the icon, and the API's description.

Health is not a document: it must not be cached.
"""

from __future__ import annotations

from functools import cache

from frontrunner.base.mark import ICON
from frontrunner.snapshot.answers import JSON, Encoded, body_tag


def _encoded(media_type: str, body: bytes) -> Encoded:
    return Encoded(media_type, body_tag(body), body)


HEALTH = b'{"ok":true}'
PATHS = frozenset({"/robots.txt", "/favicon.ico", "/openapi.json", "/docs"})


def find(path: str) -> Encoded | None:
    """The document at `path`, or None."""
    return _make(path) if path in PATHS else None


def headers(path: str) -> list[tuple[bytes, bytes]]:
    """The headers that a document has for itself."""
    if path != "/docs":
        return []
    from frontrunner.http.openapi import CONTENT_POLICY  # noqa: PLC0415

    return [(b"content-security-policy", CONTENT_POLICY), (b"referrer-policy", b"no-referrer")]


@cache
def _make(path: str) -> Encoded:
    if path == "/robots.txt":
        return _encoded("text/plain; charset=utf-8", b"User-agent: *\nAllow: /\n")
    if path == "/favicon.ico":
        return _encoded("image/svg+xml", ICON.encode())
    from frontrunner.http import openapi  # noqa: PLC0415 -- asked for by people, not at start

    if path == "/openapi.json":
        return _encoded(JSON, openapi.document_json())
    return _encoded("text/html; charset=utf-8", openapi.document_html())
