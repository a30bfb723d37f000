"""Which kinds of calls of the stand-in's table were made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from frontrunner.hub.standin.calls_table import CACHED, GENERAL, OF_API, OF_PAGES, Call

_API = re.compile(r"/api/(?:models|datasets|spaces)/[^/]+/[^/]+(?P<rest>/.*)?")
_PAGES = re.compile(r"/(?:datasets/|spaces/)?[^/]+/[^/]+?(?P<rest>(?:/|\.git/).*)?")


def every_call() -> set[str]:
    """`METHOD pattern` of all calls; HEAD counts as GET."""
    tables = {"general": GENERAL, "api": OF_API, "pages": OF_PAGES, "cached": (CACHED,)}
    return {
        f"{method} {name}:{call.pattern}"
        for name, table in tables.items()
        for call in table
        for method in call.methods.split()
        if method != "HEAD"
    }


def calls_made(asked: Iterable[tuple[str, str, str]]) -> set[str]:
    """The same of the requests that a stand-in got."""
    return {name for method, path, _ in asked for name in _names(method, path)}


def _names(method: str, path: str) -> Iterator[str]:
    method = "GET" if method == "HEAD" else method
    if path.startswith("/api/resolve-cache/"):
        yield f"{method} cached:{CACHED.pattern}"
        return
    candidates: list[tuple[str, tuple[Call, ...], str]] = [("general", GENERAL, path)]
    if found := _API.fullmatch(path):
        candidates.append(("api", OF_API, found["rest"] or ""))
    elif not path.startswith(("/api/", "/-/")) and (found := _PAGES.fullmatch(path)):
        candidates.append(("pages", OF_PAGES, found["rest"] or ""))
    for name, table, rest in candidates:
        for call in table:
            if method in call.methods.split() and re.fullmatch(call.pattern, rest):
                yield f"{method} {name}:{call.pattern}"
                return
