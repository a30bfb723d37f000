"""Two to six models side by side.

Models rarely share all tasks, so the comparison uses only tasks that every selected model
completed. The page shows how many tasks that are.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from frontrunner.answers import schemas
from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.base.intervals import FEWEST
from frontrunner.catalog import Benchmark
from frontrunner.web import text
from frontrunner.web.views import gaps
from frontrunner.web.views.board_table import type_label
from frontrunner.web.views.home import featured
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import ModelName, ScoreCell, shaded, twins, with_partial_mean
from frontrunner.web.visit import Shown, Visit

MOST = 6


class Side(NamedTuple):
    """One model's facts and its places."""

    name: ModelName
    model: schemas.Model
    licence: str
    boards: dict[str, schemas.ModelScoreRow]
    label: str
    """Its name without the owner, unless another of the models has the same."""


class Fact(NamedTuple):
    """What is known of each model: the name of a fact, and its value for each of them."""

    label: str
    values: list[str]
    is_number: bool


class Line(NamedTuple):
    """One row of a comparison: what is compared, and each model's score."""

    label: str
    note: str
    """The number of tasks, if not all; else empty."""
    href: str | None
    cells: list[ScoreCell]
    ranks: list[str]
    """Of a board: each model's rank, empty if it has none."""
    total: int = 0
    """Of a board: how many models it ranks."""
    difference: str = ""
    """Of two models: the first one's score minus the other's, in points."""
    is_chosen: bool = False
    gap: gaps.Gap | None = None
    """Of two models: what the difference means."""


class Common(NamedTuple):
    """A board that can be shown, and what all the models have on it."""

    bench: Benchmark
    is_old: bool
    models: int
    """How many of the models it has."""
    done: frozenset[str]
    """Tasks on which each of them has a complete result."""
    tasks: int

    @property
    def shared(self) -> int:
        """How many tasks each of them completed."""
        return len(self.done)

    @property
    def order(self) -> tuple[int, bool, int, str]:
        """Boards of more models come first, then current ones, then those that share more."""
        return -self.models, self.is_old, -self.shared, self.bench.name


def compare(visit: Visit) -> Shown:
    """The models that `models` names, on all boards that two of them share, and on one in full."""
    wanted = [name.strip() for name in visit.query.get("models", "").split(",")]
    catalog = visit.service.snapshot.catalog
    names = list(dict.fromkeys(n for n in wanted if n in catalog.model_by_name))[:MOST]
    sides = _sides(visit.service, names)
    common = common_boards(visit.service, sides)
    shown = next((one for one in common if one.bench.name == visit.query.get("board")), None)
    shown = shown or _of_kind(visit, common) or next(iter(common), None)
    values = {
        "sides": sides,
        "facts": facts(visit, sides),
        "unknown": [name for name in wanted if name and name not in catalog.model_by_name],
        "known": sorted(catalog.model_by_name),
        "boards": [_board_line(visit, one.bench, sides) for one in common],
        "common": common,
        "shown": shown,
        "most": MOST,
        "examples": [] if sides else _examples(visit.service),
        **(_in_full(visit, shown, sides) if shown and len(sides) > 1 else _NOTHING),
    }
    title = " · ".join(side.label for side in sides) or visit.t("compare.title")
    return Shown("compare.html", title, values, visit.t("compare.lead"))


def _of_kind(visit: Visit, common: Sequence[Common]) -> Common | None:
    """The first board with enough tasks of the type that is asked for, else that of most."""
    kind, catalog = visit.query.get("type", ""), visit.service.snapshot.catalog

    def count(one: Common) -> int:
        return sum(catalog.task_by_name[task].type == kind for task in one.done)

    some = [one for one in common if kind and one.models == common[0].models]
    best = max(some, key=lambda one: (not one.is_old, min(count(one), FEWEST)), default=None)
    return best if best is not None and count(best) else None


def _examples(service: Service) -> list[tuple[Benchmark, list[str]]]:
    """Where to begin: the first three models of the boards that the front page shows."""
    found = []
    for bench in featured(service):
        found.append((bench, list(service.coverage(bench.name).of_model)[:3]))
    return [(bench, names) for bench, names in found if len(names) > 1]


_NOTHING: dict[str, object] = {"types": [], "tasks": [], "kinds": [], "kind": "", "gaps": None}


def _in_full(visit: Visit, shown: Common, sides: list[Side]) -> dict[str, object]:
    """The board that is shown in full: by type and by task, and drawn."""
    board = visit.service.board(shown.bench.name)
    ordinary = {row.model.name: row for row in reversed(board.rows)}
    rows = [ordinary.get(side.name.name) for side in sides]
    of_type = _of_type(board)
    kind = visit.query.get("type", "")
    kind = kind if kind in of_type else ""
    tasks = [task for task in board.tasks if not kind or task in of_type[kind]]
    names = [side.label for side in sides]
    choice = [side.name.name for side in sides], shown.bench.name
    return {
        "types": _types(visit, board, rows, partial(visit.links.compare, *choice), kind),
        "tasks": _tasks(visit, tasks, rows),
        "kinds": [(name, type_label(name, visit.t)) for name in board.task_types],
        "kind": kind,
        "gaps": gaps.gaps(tasks, rows, names, visit.links.task),
        "fewest": FEWEST,
    }


def _of_type(board: BoardValues) -> dict[str, list[str]]:
    of_type: dict[str, list[str]] = {}
    for task in board.tasks_meta:
        of_type.setdefault(task.type, []).append(task.name)
    return {kind: of_type.get(kind, []) for kind in board.task_types}


def _sides(service: Service, chosen: Sequence[str]) -> list[Side]:
    names = [ModelName.of(name) for name in chosen]
    return [
        _side(service, name, name.name if is_twin else name.short)
        for name, is_twin in zip(names, twins(names), strict=True)
    ]


def _side(service: Service, name: ModelName, label: str) -> Side:
    found = service.model_scores(name.name)
    boards = {row.benchmark_name: row for row in reversed(found.rows)}
    licence = text.short_licence(found.model.license)
    return Side(name, found.model, licence, boards, label)


_WORDS = ("models.licence", "models.type", "tools.modality")
"""The facts that are words; all others are numbers."""


def facts(visit: Visit, sides: Sequence[Side]) -> list[Fact]:
    """What is known of the models."""
    t = visit.t

    def modalities(model: schemas.Model) -> str:
        return t("site.comma").join(t.named("modalities", one) for one in model.modalities)

    values: list[tuple[str, Callable[[Side], str]]] = [
        ("cols.params", lambda side: text.parameters(side.model.total_params_b)),
        ("cols.dims", lambda side: text.whole(side.model.embedding_dim)),
        ("cols.tokens", lambda side: text.whole(side.model.max_tokens)),
        ("model.memory", lambda side: text.memory(side.model.memory_usage_mb)),
        ("cols.open", lambda side: text.openness(side.model.openness)),
        ("models.licence", lambda side: side.licence or text.MISSING),
        ("models.type", lambda side: t.named("kinds", side.model.model_type)),
        ("tools.modality", lambda side: modalities(side.model)),
        ("models.released", lambda side: side.model.release_date or text.MISSING),
    ]
    return [
        Fact(t(label), [value(side) for side in sides], label not in _WORDS)
        for label, value in values
    ]


def common_boards(service: Service, sides: Sequence[Side]) -> list[Common]:
    """The boards that have at least two of the models; the most shared tasks come first."""
    names = [side.name.name for side in sides]
    known = service.snapshot.catalog.benchmark_by_name
    count: dict[str, int] = {}
    for side in sides:
        for board in side.boards:
            count[board] = count.get(board, 0) + 1
    several = [board for board, number in count.items() if number > 1 or len(sides) == 1]
    return sorted((_common(service, known[b], names) for b in several), key=lambda one: one.order)


def _common(service: Service, bench: Benchmark, names: Sequence[str]) -> Common:
    covered = service.coverage(bench.name)
    there = [set(covered.of_model[name]) for name in names if name in covered.of_model]
    shared = set.intersection(*there) if there else set()
    return Common(bench, is_old(bench), len(there), frozenset(shared), len(covered.tasks))


def _board_line(visit: Visit, bench: Benchmark, sides: list[Side]) -> Line:
    rows = [side.boards.get(bench.name) for side in sides]
    values = [
        None if row is None else row.mean_task if row.mean_task is not None else row.mean_task_type
        for row in rows
    ]
    whys = [visit.t("compare.no_mean") if row else visit.t("compare.not_there") for row in rows]
    ranks = [str(row.rank) if row else "" for row in rows]
    total = max((row.total_models for row in rows if row), default=0)
    href = visit.links.board(bench.name)
    cells = [
        with_partial_mean(cell, row.completed) if row else cell
        for cell, row in zip(shaded(values, whys), rows, strict=True)
    ]
    title = visit.t.named("titles", bench.display_name)
    return Line(title, bench.name if bench.name != title else "", href, cells, ranks, total)


Rows = Sequence[BoardRow | None]


def _types(
    visit: Visit, board: BoardValues, rows: Rows, link: Callable[[str], str], chosen: str
) -> list[Line]:
    """The mean of each type, over the tasks that every model completed."""
    whys = [visit.t("compare.no_shared" if row else "compare.not_there") for row in rows]
    lines = []
    for kind, tasks in _of_type(board).items():
        shared = gaps.shared_tasks(tasks, rows)
        whole = len(shared) == len(tasks)
        values = [_mean_of_type(row, kind, shared, whole=whole) for row in rows]
        note = "" if whole else visit.t("compare.of_tasks", n=len(shared), total=len(tasks))
        label, cells = type_label(kind, visit.t), shaded(values, whys)
        by = _difference(values)
        gap = gaps.of_two(shared, rows) if by else None
        is_chosen = kind == chosen
        lines.append(
            Line(label, note, link(kind), cells, [], difference=by, is_chosen=is_chosen, gap=gap)
        )
    return lines


def _difference(values: Sequence[float | None]) -> str:
    """The first of two scores minus the second; empty if there are not two."""
    if len(values) != 2 or values[0] is None or values[1] is None:
        return ""
    return f"{100 * (values[0] - values[1]):+.2f}"


def _mean_of_type(
    row: BoardRow | None, kind: str, shared: Sequence[str], *, whole: bool
) -> float | None:
    """The board's own mean if nothing is missing: some boards weight their tasks."""
    if row is None or not shared:
        return None
    if whole:
        return row.scores_by_task_type.get(kind)
    return statistics.fmean(row.scores_by_task[task] for task in shared)


def _tasks(visit: Visit, tasks: Sequence[str], rows: Rows) -> list[Line]:
    """The tasks that any model has a score on; those that separate the models come first."""
    why = visit.t("board.no_result")
    some = [task for task in tasks if any(row and task in row.scores_by_task for row in rows)]
    lines = []
    for task in sorted(some, key=lambda task: -gaps.spread(task, rows)):
        values = [row.scores_by_task.get(task) if row else None for row in rows]
        cells = shaded(values, [why] * len(rows))
        lines.append(
            Line(task, "", visit.links.task(task), cells, [], difference=_difference(values))
        )
    return lines
