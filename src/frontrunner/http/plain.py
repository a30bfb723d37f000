"""Responses that must not be cached: errors, counters, health."""

from __future__ import annotations

from typing import Any

import msgspec

from frontrunner.http.reply import Headers

Plain = tuple[int, Headers, bytes]
"""Status, headers and body."""


def problem(status: int, detail: str | list[dict[str, Any]]) -> Plain:
    """An error, in the one shape that all errors have."""
    body = msgspec.json.encode({"detail": detail})
    return status, plain("application/json", body), body


def not_allowed() -> Plain:
    """The response to a method that a path does not take; it names those that it takes."""
    status, headers, body = problem(405, "Method Not Allowed")
    return status, [*headers, (b"allow", b"GET, HEAD, OPTIONS")], body


def plain(media_type: str, body: bytes) -> Headers:
    """The headers of a body that must not be cached."""
    return [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
