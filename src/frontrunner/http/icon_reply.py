"""Benchmark icons, as the build stored them. The server asks no other site."""

from __future__ import annotations

from typing import NamedTuple

from frontrunner.snapshot.answers import Encoded
from frontrunner.snapshot.reader import Snapshot


class Icon(NamedTuple):
    """An icon and how it is sent."""

    body: bytes
    headers: list[tuple[bytes, bytes]]


def find(snapshot: Snapshot, url: str) -> Icon | None:
    """The icon at `url`, or None if the build could not get it."""
    found = snapshot.icons.get(url) if snapshot.icons is not None else None
    return None if found is None else Icon(found.identity, _headers(found))


def _headers(icon: Encoded) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", icon.media_type.encode()),
        (b"content-length", b"%d" % len(icon.identity)),
        (b"cache-control", b"public, max-age=86400"),
        # An SVG opened by itself runs no script and loads nothing.
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ]
