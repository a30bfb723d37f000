"""Benchmark icons: fetched from where the catalog says, once, and kept."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

_SECONDS = 5.0
_MAX_BYTES = 2 * 1024 * 1024
_ASK_AGAIN_AFTER = 60.0
_KEPT = 512
_AT_ONCE = 4


class Icon(NamedTuple):
    """An icon and how it is sent."""

    body: bytes
    headers: list[tuple[bytes, bytes]]


class Icons:
    """Fetches and keeps icons; a failure is remembered for a minute.

    In threads of its own: hosts that do not answer must not keep those waiting that make boards.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, "icons")
        self._kept: dict[str, Icon] = {}
        self._failed: dict[str, float] = {}
        self._fetching: dict[str, asyncio.Future[Icon | None]] = {}

    async def get(self, url: str) -> Icon | None:
        """The icon at `url` (http or https), or None where it cannot be had now."""
        kept = self._kept.get(url)
        if kept is not None or time.monotonic() - self._failed.get(url, -1e9) < _ASK_AGAIN_AFTER:
            return kept
        fetching = self._fetching.get(url)
        if fetching is None:
            loop = asyncio.get_running_loop()
            fetching = self._fetching[url] = loop.run_in_executor(self._threads, _fetch, url)
            fetching.add_done_callback(lambda done: self._keep(url, done.result()))
        # Who goes away leaves the others waiting for it.
        return await asyncio.shield(fetching)

    def _keep(self, url: str, icon: Icon | None) -> None:
        del self._fetching[url]
        if icon is None:
            self._failed[url] = time.monotonic()
        elif len(self._kept) < _KEPT:
            self._kept[url] = icon


def _fetch(url: str) -> Icon | None:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 -- checked by the caller
            body = _read(answer)
            media_type = answer.headers.get_content_type()
    except (OSError, ValueError, HTTPException):
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
        ],
    )


def _read(answer: HTTPResponse) -> bytes:
    """A body, a byte more than an icon may have at most, unless it drips for too long."""
    until = time.monotonic() + 2 * _SECONDS
    parts: list[bytes] = []
    missing = _MAX_BYTES + 1
    while missing > 0 and (part := answer.read1(missing)):
        parts.append(part)
        missing -= len(part)
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)
