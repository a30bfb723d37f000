"""Fetch the icons of benchmarks while a build runs, so that no server asks other sites.

An icon that cannot be had is left out, and the next build tries again; one that an earlier
snapshot has is not fetched again. All icons together have a few seconds, which pass while the
build reads results. Addresses of this machine and its network are never asked: a catalog may come
from a stranger.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from frontrunner.base.errors import NetworkError
from frontrunner.catalog import Catalog
from frontrunner.net.client import Limits, get
from frontrunner.ops.pictures import media_type_of
from frontrunner.snapshot.icons import Icon

SECONDS = 5.0
"""For all icons of a build."""
LARGEST = 1024 * 1024
"""Bytes of an icon."""
_AT_ONCE = 8


def wanted(catalog: Catalog) -> list[str]:
    """The URLs of all icons."""
    icons = (bench.icon for bench in catalog.benchmarks)
    return list(
        dict.fromkeys(i for i in icons if i and i.lower().startswith(("http://", "https://")))
    )


class Fetching:
    """Icons on their way."""

    def __init__(
        self, urls: Iterable[str], *, seconds: float = SECONDS, private: bool = False
    ) -> None:
        """Begin to fetch. `private` allows addresses of this machine and its network."""
        self._until = time.monotonic() + seconds
        self._private = private
        self._threads = ThreadPoolExecutor(_AT_ONCE, "icons")
        self._found: dict[str, Future[Icon | None]] = {
            url: self._threads.submit(self._fetch, url) for url in urls
        }

    def _fetch(self, url: str) -> Icon | None:
        left = self._until - time.monotonic()
        if left <= 0:
            return None
        try:
            answer = get(url, Limits(left, LARGEST, redirects=3, private=self._private))
        except NetworkError:
            return None
        media_type = media_type_of(answer.body) if answer.status == 200 else None
        return Icon(media_type, answer.body) if media_type else None

    def result(self) -> dict[str, Icon]:
        """The icons by URL, once all are here or the time is over."""
        icons = {url: future.result() for url, future in self._found.items()}
        self._threads.shutdown()
        return {url: icon for url, icon in icons.items() if icon}
