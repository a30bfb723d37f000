"""Which addresses people and programs ask for: from an access log, or from a list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

_LOGGED = re.compile(r'"(?:GET|HEAD) (\S+)(?: HTTP/|")')
"""As Apache, nginx, HAProxy and uvicorn write a request, also inside JSON."""
_METHODS = ("method", "request_method", "requestmethod", "http_method", "verb")
_ADDRESSES = ("request_uri", "uri", "requestpath", "path", "url", "target")
_QUERIES = ("query_string", "query", "args")


def requests_in(text: str) -> list[str]:
    """The paths that were asked for, each once, those that were asked most often first.

    Understood are the common and combined formats, JSON lines (nginx, Caddy, Traefik and others),
    and a list with one path or address a line. Only GET and HEAD count.
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
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    fields = dict(_fields(entry)) if isinstance(entry, dict) else {}
    if _first(fields, _METHODS).upper() not in ("GET", "HEAD"):
        return None
    target, query = _first(fields, _ADDRESSES), _first(fields, _QUERIES)
    return f"{target}?{query.lstrip('?')}" if query and "?" not in target else target


def _fields(entry: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    """Texts by their key in small letters; those of an outer object count over inner ones."""
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
    """The path and query of an address; None where it is none."""
    try:
        parts = urlsplit(f"/{target}" if target.startswith("?") else target)
    except ValueError:
        return None
    if not parts.path.startswith("/") and not parts.netloc:
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
