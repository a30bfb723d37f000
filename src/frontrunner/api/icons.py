"""Benchmark icons: fetched from where the catalog says, once, and kept."""

from __future__ import annotations

import threading
import time
import urllib.request
from typing import NamedTuple
from urllib.error import URLError

_SECONDS = 5.0
_MAX_BYTES = 2 * 1024 * 1024
_ASK_AGAIN_AFTER = 60.0
_KEPT = 512


class Icon(NamedTuple):
    """An icon and how it is sent."""

    body: bytes
    headers: list[tuple[bytes, bytes]]


class Icons:
    """Fetches and keeps icons; a failure is remembered for a minute."""

    def __init__(self) -> None:
        self._kept: dict[str, Icon] = {}
        self._failed: dict[str, float] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> Icon | None:
        """The icon at `url` (http or https), or None where it cannot be had now."""
        with self._lock:
            kept = self._kept.get(url)
            if (
                kept is not None
                or time.monotonic() - self._failed.get(url, -1e9) < _ASK_AGAIN_AFTER
            ):
                return kept
            icon = _fetch(url)
            if icon is None:
                self._failed[url] = time.monotonic()
            elif len(self._kept) < _KEPT:
                self._kept[url] = icon
            return icon


def _fetch(url: str) -> Icon | None:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 -- checked by the caller
            body = answer.read(_MAX_BYTES + 1)
            media_type = answer.headers.get_content_type()
    except (URLError, OSError, ValueError):
        return None
    if len(body) > _MAX_BYTES or not media_type.startswith(("image/", "text/plain")):
        return None
    if media_type == "text/plain":  # what raw file hosts say of an SVG
        media_type = "image/svg+xml"
    return Icon(
        body,
        [
            (b"content-type", media_type.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            # An SVG opened by itself may run no script here.
            (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
            (b"x-content-type-options", b"nosniff"),
        ],
    )
