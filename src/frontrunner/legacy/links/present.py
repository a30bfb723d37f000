"""What the query of a link to the present board asks for, in the words of our own pages.

Its paths are ours, and so are some of its parameters. The others were gathered from links that
people have published; what none of them showed is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

_TABS = {"perf_language": "languages", "perf_task": "tasks"}
_OPEN = {"weights": "0", "license": "1", "licence": "1"}
_MEANS = {"meanTask": "mean_task", "meanTaskType": "mean_task_type"}
_OURS = frozenset({"mmods", "minSize", "maxSize", "openreq", "tab"})
_MILLIONS = 1000.0


class Shown(NamedTuple):
    """A board as a link asked for it."""

    tab: str
    query: tuple[tuple[str, str], ...]
    """Parameters of ours, in their order."""


def shown(query: Mapping[str, str]) -> Shown | None:
    """What the query asks for; None where it holds nothing that only the present board knew."""
    known = _OURS & query.keys() or any(_is_order(key) for key in query)
    if not known and "," not in query.get("types", ""):
        return None
    return Shown(_TABS.get(query.get("tab", ""), ""), tuple(_ours(query)))


def _is_order(key: str) -> bool:
    return key.startswith(("s.", "d."))


def _ours(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in query.items():
        if key == "types":
            yield key, value.replace(",", "~")
        elif key == "st":
            yield key, "yes" if value == "1" else value
        elif key not in _OURS and not _is_order(key):
            yield key, value
    yield from _filters(query)
    column = query.get("s.summary", "").removeprefix("tt:")
    if column:
        down = query.get("d.summary", "desc") != "asc"
        yield "sort", ("-" if down else "") + _MEANS.get(column, column)


def _filters(query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Sizes were millions, and are billions; a modality and what must be open have other names."""
    for ours, theirs in (("min", "minSize"), ("max", "maxSize")):
        size = _number(query.get(theirs, ""))
        if size is not None and size > 1:  # one million was the least, and meant any
            yield ours, f"{size / _MILLIONS:.4g}"
    if query.get("mmods"):
        yield "modality", query["mmods"].partition(",")[0]
    facets = {_OPEN[one] for one in query.get("openreq", "").split(",") if one in _OPEN}
    if facets:
        yield "facets", "~".join(sorted(facets))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
