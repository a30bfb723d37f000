"""Answers that nobody may keep: errors, counters, health."""

from __future__ import annotations

from typing import Any

import msgspec

from frontrunner.http.reply import Headers, Policy

Plain = tuple[int, Headers, bytes]
"""Status, headers and body."""


def problem(status: int, detail: str | list[dict[str, Any]], policy: Policy) -> Plain:
    """An error, in the one shape that they all have."""
    body = msgspec.json.encode({"detail": detail})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *policy.sharing,
    ]
    return status, headers, body


def not_allowed(policy: Policy) -> Plain:
    """The refusal of a method; it names those that are not refused."""
    status, headers, body = problem(405, "Method Not Allowed", policy)
    return status, [*headers, (b"allow", b"GET, HEAD, OPTIONS")], body


def plain(media_type: str, body: bytes) -> Headers:
    """The headers of what is true for this moment only."""
    return [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
