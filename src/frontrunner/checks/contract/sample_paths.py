"""Paths for routes that need a name: the names come from other answers of the board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from frontrunner.checks.contract.described_routes import pattern
from frontrunner.checks.contract.record import Route

_EACH = 3
"""Names tried for each route: the first, the middle one and the last."""
_NAME = re.compile(r"\{([^}:]+)[^}]*\}")


def sample_paths(routes: Iterable[Route], answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Template -> some paths of it, for each route with one name in its path.

    `answers` holds decoded JSON by path. Names are taken from the list at the path above the
    route; otherwise, paths that fit the route are taken from the texts of all answers.
    """
    texts = sorted({text for answer in answers.values() for text in _paths(answer)})
    found: dict[str, list[str]] = {}
    for route in routes:
        names = _NAME.findall(route.template)
        if len(names) == 1 and not set(route.required) - set(names):
            listed = _listed(route.template, names[0], answers)
            known = listed or [one for one in texts if pattern(route.template).fullmatch(one)]
            found[route.template] = _some(known)
    return found


def _listed(template: str, name: str, answers: Mapping[str, Any]) -> list[str]:
    above, _, rest = template.partition("/{")
    after = rest.partition("}")[2]
    entries = answers.get(above)
    if not isinstance(entries, list):
        return []
    keys = (name, name.rpartition("_")[2], "id")
    values = (_value(entry, keys) for entry in entries if isinstance(entry, dict))
    return [f"{above}/{quote(value, safe='')}{after}" for value in values if value]


def _value(entry: Mapping[str, Any], keys: Iterable[str]) -> str:
    found = (entry[key] for key in keys if isinstance(entry.get(key), (str, int)))
    return str(next(found, ""))


def _some(values: list[str]) -> list[str]:
    """The first, the middle one and the last of many."""
    if len(values) <= _EACH:
        return values
    return [values[0], values[len(values) // 2], values[-1]]


def _paths(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in an answer that are paths."""
    if isinstance(value, str) and value.startswith("/"):
        yield value
    elif depth < 6 and isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _paths(one, depth + 1)
