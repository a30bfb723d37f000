"""Names like the one that a reader meant, among boards, models, tasks and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from frontrunner.base.near import near_names
from frontrunner.web.matching import LONGEST, alternatives, matcher, plain
from frontrunner.web.spoken import spoken
from frontrunner.web.views.board_table import tabs_of
from frontrunner.web.views.moved import old_names
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.organizations import by_owner
from frontrunner.web.visit import Visit

_OLD, _TONGUE = 10_000, 20
"""How far back a superseded board, and each further language of a board, puts it."""
_ONE_OF = {
    "nav.boards": "boards.board",
    "nav.models": "cols.model",
    "organizations.title": "organizations.one",
    "nav.tasks": "tasks.name",
    "moved.title": "moved.old",
}
"""What a list is called -> what one of it is called."""
_NEAR = 3
"""How many names of each kind are near enough to be offered."""


class Found(NamedTuple):
    """Something that a search found."""

    name: str
    href: str
    note: str = ""
    """What it is, where the name does not say so."""
    kind: str = ""
    """The message that says of what kind it is, in a list of several kinds."""


class Names(NamedTuple):
    """The names of one kind, and how they are linked to."""

    kind: str
    """The message that says what they are."""
    names: Mapping[str, str]
    """Name -> what else it is called."""
    link: Callable[[str], str]
    about: Mapping[str, str] = {}
    """Name -> what else searches find: its languages and kinds of task, as they are compared."""
    place: Callable[[str], int] = len
    """What comes first among those that match equally well."""


def kinds(visit: Visit) -> tuple[Names, ...]:
    """Everything that has a page of its own."""
    catalog, links = visit.service.snapshot.catalog, visit.links
    boards = {bench.name: bench.display_name for bench in catalog.benchmarks}
    other = spoken(visit.service)
    order = {name: place for place, name in enumerate(other.flagships)}

    def first(name: str) -> int:
        bench = catalog.benchmark_by_name[name]
        languages = other.languages[name]
        later = _OLD if is_old(bench) else 0
        return order.get(name, later + len(order) + len(name) + _TONGUE * (languages - 1))

    return (
        Names("nav.boards", boards, links.board, other.boards, first),
        Names("nav.models", dict.fromkeys(catalog.model_by_name, ""), links.model),
        Names("organizations.title", dict.fromkeys(by_owner(catalog), ""), links.organization),
        Names("nav.tasks", dict.fromkeys(catalog.task_by_name, ""), links.task, other.tasks),
        Names("moved.title", dict.fromkeys(old_names(visit.service), ""), links.moved),
    )


def holding(names: Names, search: str, limit: int) -> list[Found]:
    """What holds every word of one of the `;`-separated searches; first where the name does."""
    if not alternatives(search):
        return []
    matches = matcher(search)
    found = []
    for name, other in names.names.items():
        called = plain(f"{name} {other}")
        by_name = matches(called)
        if by_name or (name in names.about and matches(f"{called} {names.about[name]}")):
            found.append((not by_name, names.place(name), name))
    best = [name for _, _, name in sorted(found)[:limit]]
    return [Found(name, names.link(name), names.names[name]) for name in best]


def near(visit: Visit, wanted: str, first: str = "") -> list[Found]:
    """Names like `wanted`, whatever its case and signs; a model also by its name without owner.

    `first` is what the path began with: `models` puts models before boards.
    """
    wanted = wanted[:LONGEST]
    asked = [names for names in kinds(visit) if names.kind == f"nav.{first}"]
    found = {
        one.href: one
        for names in (*asked, *kinds(visit))
        for one in _near_names(names, _letters(wanted), _letters(wanted.rpartition("/")[2]))
    }
    return list(found.values())


def _near_names(names: Names, wanted: str, last: str) -> Iterable[Found]:
    known: dict[str, str] = {}
    for name in sorted(names.names, key=names.place):
        other = names.names[name]
        for spelling in (name, name.rpartition("/")[2], other):
            known.setdefault(_letters(spelling), name)
    known.pop("", None)
    close = near_names(wanted, known)
    close += near_names(last, known) if last != wanted else []
    close += [one for one in known if last and len(last) > 2 and last in one][:_NEAR]
    best = list(dict.fromkeys(known[one] for one in close))[:_NEAR]
    kind = _ONE_OF[names.kind]
    return (Found(name, names.link(name), names.names[name], kind) for name in best)


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
