"""A model over time: its rank and its mean on each board, as a picture and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.catalog import Model
from frontrunner.web import text
from frontrunner.web.timelines import Line, Spot, picture
from frontrunner.web.views.history import day_of, events
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit

if TYPE_CHECKING:
    from frontrunner.snapshot.past import Point
    from frontrunner.snapshot.timeline import ModelState

_PICTURES = 6
"""Boards of a model that have pictures; all of them have tables."""


class Row(NamedTuple):
    """A model on a board at one moment."""

    day: str
    rank: int
    models: int
    mean: float | None


class BoardHistory(NamedTuple):
    """A model on one board over time."""

    board: str
    title: str
    ranks: Markup
    means: Markup
    """Pictures; empty where there are not two values."""
    rows: list[Row]
    """Newest first."""


def broadest_past(visit: Visit, name: str) -> BoardHistory | None:
    """A model on the current board with the most tasks, of those where it has means if it has any.

    None if there is no past of it.
    """
    try:
        found = visit.service.past.model(name)
        points = visit.service.past.points()
    except CorruptSnapshotError:
        return None  # the rest of the page needs no past
    boards = _ordered(visit, found.boards) if found else []
    if found is None or not boards:
        return None
    first = next((name for name in boards if _has_means(found.boards[name])), boards[0])
    return _on_board(visit, first, found.boards[first], points)


def _has_means(states: Sequence[ModelState]) -> bool:
    """Whether there is enough of them for a picture."""
    return sum(one.mean is not None for one in states) > 1


def over_time(visit: Visit, model: Model) -> Shown:
    """A model on all boards. Raises CorruptSnapshotError if the past cannot be read."""
    found, points = visit.service.past.model(model.name), visit.service.past.points()
    boards = found.boards if found else {}
    pasts = [_on_board(visit, name, boards[name], points) for name in _ordered(visit, boards)]
    values = {
        "name": ModelName.of(model.name),
        "pasts": [one for one in pasts if len(one.rows) > 1],
        "once": [one for one in pasts if len(one.rows) == 1],
        "events": events(visit.t, found.changes, points) if found else [],
    }
    title = visit.t("history.model_title", model=model.name)
    return Shown("model_history.html", title, values, title, f"model/{model.name}")


def _ordered(visit: Visit, boards: dict[str, tuple[ModelState, ...]]) -> list[str]:
    """Current boards first, then by their number of tasks; those of other days last."""
    known = visit.service.snapshot.catalog.benchmark_by_name

    def order(name: str) -> tuple[bool, bool, int, str]:
        bench = known.get(name)
        return (
            bench is None,
            bench is not None and is_old(bench),
            -len(bench.scopes) if bench else 0,
            name,
        )

    return sorted(boards, key=order)


def _on_board(
    visit: Visit,
    board: str,
    states: Sequence[ModelState],
    points: Sequence[Point],
    *,
    drawn: bool = True,
) -> BoardHistory:
    bench = visit.service.snapshot.catalog.benchmark_by_name.get(board)
    t = visit.t
    ranks: list[Spot | None] = []
    means: list[Spot | None] = []
    for before, one in zip((None, *states), states, strict=False):
        if before is not None and one.point != before.point + 1:  # it was away in between
            ranks.append(None)
            means.append(None)
        at = points[one.point].at
        words = f"{t('history.rank')} {one.rank} {t('history.of', n=one.models)}"
        ranks.append(Spot(at, one.rank, words))
        mean = None if one.mean is None else Spot(at, one.mean * 100, text.score(one.mean))
        means.append(mean)
    rows = [Row(day_of(points[s.point].at), s.rank, s.models, s.mean) for s in reversed(states)]
    return BoardHistory(
        board,
        bench.display_name if bench else board,
        picture([Line("", ranks)], t("history.rank"), ranks=True) if drawn else Markup(""),
        picture([Line("", means)], t("history.mean"), ranks=False, beside=ranks)
        if drawn
        else Markup(""),
        rows,
    )
