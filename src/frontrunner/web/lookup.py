"""Names like the one that a reader meant, among boards, models, tasks and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from frontrunner.base.near import near_names
from frontrunner.web.matching import LONGEST, alternatives, matcher, plain
from frontrunner.web.views.board_table import tabs_of
from frontrunner.web.views.moved import old_names
from frontrunner.web.visit import Visit

_NEAR = 3
"""How many names of each kind are near enough to be offered."""


class Found(NamedTuple):
    """Something that a search found."""

    name: str
    href: str
    note: str = ""
    """What it is, where the name does not say so."""


class Names(NamedTuple):
    """The names of one kind, and how they are linked to."""

    kind: str
    """The message that says what they are."""
    names: Mapping[str, str]
    """Name -> what else it is called."""
    link: Callable[[str], str]


def kinds(visit: Visit) -> tuple[Names, ...]:
    """Everything that has a page of its own."""
    catalog, links = visit.service.snapshot.catalog, visit.links
    boards = {bench.name: bench.display_name for bench in catalog.benchmarks}
    return (
        Names("nav.boards", boards, links.board),
        Names("nav.models", dict.fromkeys(catalog.model_by_name, ""), links.model),
        Names("nav.tasks", dict.fromkeys(catalog.task_by_name, ""), links.task),
        Names("moved.title", dict.fromkeys(old_names(visit.service), ""), links.moved),
    )


def holding(names: Names, search: str, limit: int) -> list[Found]:
    """The names that hold every word of one of the `;`-separated searches."""
    if not alternatives(search):
        return []
    matches = matcher(search)
    found = [name for name, other in names.names.items() if matches(plain(f"{name} {other}"))]
    found.sort(key=lambda name: (len(name), name))
    return [Found(name, names.link(name), names.names[name]) for name in found[:limit]]


def near(visit: Visit, wanted: str) -> list[Found]:
    """Names like `wanted`, whatever its case and signs; a model also by its name without owner."""
    wanted = wanted[:LONGEST]
    found = {
        one.href: one
        for names in kinds(visit)
        for one in _near_names(names, _letters(wanted), _letters(wanted.rpartition("/")[2]))
    }
    return list(found.values())


def _near_names(names: Names, wanted: str, last: str) -> Iterable[Found]:
    known: dict[str, str] = {}
    for name, other in names.names.items():
        for spelling in (name, name.rpartition("/")[2], other):
            known.setdefault(_letters(spelling), name)
    known.pop("", None)
    close = near_names(wanted, known)
    close += near_names(last, known) if last != wanted else []
    close += [one for one in known if last and len(last) > 2 and last in one][:_NEAR]
    best = list(dict.fromkeys(known[one] for one in close))[:_NEAR]
    return (Found(name, names.link(name), names.names[name]) for name in best)


def near_tabs(visit: Visit, name: str) -> list[Found]:
    """For the path of a board with a tab that does not exist: the board, and tabs like it."""
    head, _, tab = name.rpartition("/")
    bench = visit.service.snapshot.catalog.benchmark_by_name.get(head)
    if bench is None:
        return []
    board = visit.links.board
    tabs = [one for one in tabs_of(visit.service, bench) if one]
    near = [Found(f"{head}/{one}", board(head, one)) for one in near_names(tab.lower(), tabs)]
    return [*near, Found(bench.name, board(head), bench.display_name)]


def near_pages(visit: Visit, first: str, pages: Iterable[str]) -> list[Found]:
    """Pages whose first segment is like `first`; the rest of the path is kept if it fits there."""
    close = near_names(first.lower(), pages, most=2)
    return [Found(f"/{one}", visit.links.page(one)) for one in close]


def _letters(name: str) -> str:
    """A name as near names are compared: letters and digits alone."""
    return re.sub(r"[\W_]+", "", name.lower())
