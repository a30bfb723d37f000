"""The paths that people and programs request, from an access log or a list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from frontrunner.base.json import loads_or_none

_LOGGED = re.compile(r'"(?:GET|HEAD) (\S+)(?: HTTP/|")')
"""A request as Apache, nginx, HAProxy and uvicorn write it, also inside JSON."""
_METHODS = ("method", "request_method", "requestmethod", "http_method", "verb")
_ADDRESSES = ("request_uri", "uri", "requestpath", "path", "url", "target")
_QUERIES = ("query_string", "query", "args")


def requests_in(text: str) -> list[str]:
    """The paths that were requested, each once, the most frequent first.

    Reads the common and combined formats, JSON lines (nginx, Caddy, Traefik and others), and
    lists with one path or URL a line. Only GET and HEAD count.
    """
    counts: Counter[str] = Counter()
    for line in text.split("\n"):
        target = _target(line.strip())
        path = _path(target) if target else None
        if path:
            counts[path] += 1
    return [path for path, _ in counts.most_common()]


def _target(line: str) -> str | None:
    if logged := _LOGGED.search(line):
        return logged[1]
    if line.startswith("{"):
        return _from_json(line)
    return line if line.startswith(("/", "?", "http://", "https://")) else None


def _from_json(line: str) -> str | None:
    entry = loads_or_none(line.encode("utf-8", "replace"))
    fields = dict(_fields(entry)) if isinstance(entry, dict) else {}
    if _first(fields, _METHODS).upper() not in ("GET", "HEAD"):
        return None
    target, query = _first(fields, _ADDRESSES), _first(fields, _QUERIES)
    return f"{target}?{query.lstrip('?')}" if query and "?" not in target else target


def _fields(entry: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    """Texts by their key in lower case; an outer object takes precedence over inner ones."""
    if depth < 3:
        for value in entry.values():
            if isinstance(value, dict):
                yield from _fields(value, depth + 1)
    for key, value in entry.items():
        if isinstance(value, str):
            yield key.lower(), value


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if name in fields), "")


def _path(target: str) -> str | None:
    """The path and query of a URL; None if it is invalid."""
    try:
        parts = urlsplit(f"/{target}" if target.startswith("?") else target)
    except ValueError:
        return None
    if not parts.path.startswith("/") and not parts.netloc:
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
