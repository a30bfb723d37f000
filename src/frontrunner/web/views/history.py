"""Boards over time: all of them, and one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from frontrunner.base.errors import UnknownNameError
from frontrunner.web import text
from frontrunner.web.timelines import SERIES, Line, Spot, picture
from frontrunner.web.views.home import flagships
from frontrunner.web.views.newer import is_old
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import Words

if TYPE_CHECKING:
    from frontrunner.snapshot.past import Point
    from frontrunner.snapshot.timeline import BoardPast, BoardState, Change, Placed

_TOP = 3
_HIGH = 340.0
_LOWEST = 20
"""The last rank that the picture of a board shows; the table of a model has all of them."""


class Listed(NamedTuple):
    """A board in the list."""

    name: str
    title: str
    first: str
    since: str
    leaders: int
    """How many models were first."""
    models: int


class PointRow(NamedTuple):
    """A snapshot in the list."""

    day: str
    models: int
    scores: int
    snapshot: str
    commits: Sequence[str]


class StateRow(NamedTuple):
    """A board at one moment."""

    day: str
    models: int
    came: int
    went: int
    top: Sequence[Placed]


class EventRow(NamedTuple):
    """Something that happened."""

    day: str
    board: str
    model: str
    words: str


def day_of(at: float) -> str:
    """A moment as a date."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def history(visit: Visit) -> Shown:
    """All boards, or the one that the path names. Raises UnknownNameError if there is none."""
    return _board(visit) if visit.name else _index(visit)


def _index(visit: Visit) -> Shown:
    past, catalog = visit.service.past, visit.service.snapshot.catalog
    points = past.points()
    boards = []
    first = {name: place for place, name in enumerate(flagships(visit.service))}
    for bench in sorted(
        catalog.benchmarks,
        key=lambda one: (first.get(one.name, len(first)), is_old(one), -len(one.scopes)),
    ):
        found = past.board(bench.name)
        if found is not None and found.states:
            boards.append(_listed(bench.name, bench.display_name, found.states, points))
    rows = [
        PointRow(day_of(one.at), one.models, one.scores, one.snapshot, one.commits)
        for one in reversed(points)
    ]
    values = {"boards": boards, "points": rows}
    return Shown("history.html", visit.t("history.title"), values, visit.t("history.lead"))


def _listed(name: str, title: str, states: Sequence[BoardState], points: list[Point]) -> Listed:
    firsts = [state.top[0].model for state in states]
    place = len(firsts) - 1
    while place and firsts[place - 1] == firsts[-1]:
        place -= 1
    since = day_of(points[states[place].point].at)
    return Listed(name, title, firsts[-1], since, len(set(firsts)), states[-1].models)


def _board(visit: Visit) -> Shown:
    service = visit.service
    past = service.past
    found = past.board(visit.name)
    bench = service.snapshot.catalog.benchmark_by_name.get(visit.name)
    if bench is None and found is None:
        raise UnknownNameError(f"Unknown benchmark: {visit.name}")
    points = past.points()
    title = bench.display_name if bench else visit.name
    values = {
        "board": visit.name,
        "board_title": title,
        "rows": _rows(found, points) if found else [],
        "ranks": _ranks(visit, found, points) if found else Markup(""),
        "events": events(visit.t, found.changes, points) if found else [],
    }
    shown = visit.t("history.board_title", board=visit.t.named("titles", title))
    return Shown("history_board.html", shown, values, visit.t("history.lead"))


def _rows(found: BoardPast, points: list[Point]) -> list[StateRow]:
    return [
        StateRow(day_of(points[one.point].at), one.models, one.came, one.went, one.top[:_TOP])
        for one in reversed(found.states)
    ]


def _ranks(visit: Visit, found: BoardPast, points: list[Point]) -> Markup:
    """The places over time of the models that are first now."""
    lines = []
    for placed in found.states[-1].top[:SERIES]:
        model = visit.service.past.model(placed.model)
        states = {one.point: one for one in model.boards.get(visit.name, ())} if model else {}
        spots: list[Spot | None] = []
        for one in found.states:
            state = states.get(one.point)
            if state is None or state.rank > _LOWEST:
                spots.append(None)
                continue
            words = f"{visit.t('history.rank')} {state.rank}"
            spots.append(Spot(points[one.point].at, state.rank, words))
        lines.append(Line(placed.model.rpartition("/")[2], spots))
    return picture(lines, visit.t("history.ranks"), ranks=True, height=_HIGH)


def events(t: Words, changes: Iterable[Change], points: list[Point]) -> list[EventRow]:
    """Changes in words, newest first."""
    return [
        EventRow(day_of(points[one.point].at), one.board, one.model, in_words(t, one, short=True))
        for one in changes
    ]


def in_words(t: Words, one: Change, *, short: bool = False) -> str:
    """One change in a sentence; `short` leaves out the model's organisation."""
    ranks = {"before": one.before or 0, "after": one.after or 0}
    kept = "kept" if one.before == one.after else "moved"
    return t(
        f"history.did_{_what(one)}",
        model=one.model.rpartition("/")[2] if short else one.model,
        mean_before=text.score(one.mean_before),
        mean_after=text.score(one.mean_after),
        rank=t(f"history.rank_{kept}", **ranks),
        **ranks,
    )


def _what(one: Change) -> str:
    """What happened. A mean needs every task, so one that came or went is told as such."""
    if one.kind == "rescored" and one.mean_after is None:
        return "lost"
    if one.kind == "rescored" and one.mean_before is None:
        return "gained"
    return one.kind
