"""A board: its heading, its columns and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardRow, BoardValues, ModelFacts
from frontrunner.catalog import Benchmark
from frontrunner.web import text
from frontrunner.web.script import as_json, script_json
from frontrunner.web.urls import Links
from frontrunner.web.views.newer import newer_boards
from frontrunner.web.views.row_facts import FACETS, IN_ROWS, KEY, FactColumns, fact_columns
from frontrunner.web.views.rows import (
    Column,
    ModelName,
    ScoreCell,
    Value,
    across,
    shaded,
    spaced,
    twins,
    with_partial_mean,
)
from frontrunner.web.words import Words

CUSTOMIZE = "customize"
"""The form to rank a board again: a page of its own, which no tab leads to."""
TABS = ("", "tasks", "languages", "size", "time", "list", "about", CUSTOMIZE)
"""The parts of a board's page; the empty one is the summary."""
_MEANS: tuple[tuple[str, Value], ...] = (
    ("mean_task", lambda row: row.mean_task),
    ("mean_task_type", lambda row: row.mean_task_type),
    ("mean_public", lambda row: row.mean_public),
    ("mean_private", lambda row: row.mean_private),
)


class Heading(NamedTuple):
    """The heading above every tab of a board."""

    name: str
    display_name: str
    description: str
    tasks: int
    types: int
    languages: int
    models: int
    complete: int
    """Models that have a score on every task that any model has a score on."""
    unscored: int
    """Tasks of the board without any score."""
    counted: int
    """Tasks that ranks and means are taken over; fewer than all if private ones only show."""
    ordered_by: str
    """`borda`, or the mean that orders the rows."""
    superseded_by: tuple[str, ...]
    tabs: tuple[str, ...]


class Row(NamedTuple):
    """One model on a board."""

    rank: int
    band: str
    """The ranks that the model has in 95 of 100 draws of the tasks; empty if not known."""
    model: ModelName
    run: str
    """The parameters of an experiment as JSON, as far as addresses name them; else empty."""
    is_twin: bool
    """Whether another row has the same name with another owner."""
    zero_shot: int
    trained_on: str
    """Some of the board's tasks that the model saw in training."""
    parameters: str
    active: str
    """Active parameters, if fewer than all; else empty."""
    dimensions: str
    tokens: str
    openness: str
    """How many facets are open; "?" if none is known."""
    facets: str
    """Which facets are open, and which are not known."""
    covered: int
    cells: tuple[ScoreCell, ...]


class BoardTable(NamedTuple):
    """A board ready to be shown."""

    heading: Heading
    columns: tuple[Column, ...]
    rows: list[Row]
    fact_columns: FactColumns
    tasks: int = 0
    """What coverage is out of; 0 for the tasks of the board."""
    hidden: frozenset[int] = frozenset()
    """The places of the rows that filters leave out."""
    is_sorted: bool = False
    """Whether the rows are in another order than that of their ranks."""

    @property
    def facts(self) -> str:
        """What filters need of each row, as JSON that is safe inside a page."""
        return script_json(self.fact_columns)

    @property
    def has_bands(self) -> bool:
        """Whether some rank has a band."""
        return any(row.band for row in self.rows)

    @property
    def partial_mean(self) -> ScoreCell | None:
        """The first mean that is over fewer tasks than count; None if there is none."""
        return next((cell for row in self.rows for cell in row.cells if cell.part), None)


def heading(service: Service, bench: Benchmark, board: BoardValues) -> Heading:
    """The heading above the tabs."""
    whole = service.entities.benchmark(bench)
    order = bench.sort_by[0] if bench.sort_by else "borda"
    if not bench.sort_by and "mean_subset" in board.aggregations:
        order = "mean_subset"
    return Heading(
        name=bench.name,
        display_name=bench.display_name,
        description=bench.description,
        tasks=len(board.tasks),
        unscored=len(bench.scopes) - len(board.tasks) if board.rows else 0,
        types=len(whole.task_types),
        languages=len(whole.languages),
        models=len(board.rows),
        complete=sum(len(row.scores_by_task) >= len(board.tasks) for row in board.rows),
        counted=_counted(bench, board),
        ordered_by=order,
        superseded_by=newer_boards(bench),
        tabs=tabs_of(service, bench),
    )


def _counted(bench: Benchmark, board: BoardValues) -> int:
    if not bench.public_only:
        return len(board.tasks)
    public = {task.name for task in board.tasks_meta if task.is_public}
    return sum(name in public for name in board.tasks)


def tabs_of(service: Service, bench: Benchmark) -> tuple[str, ...]:
    """The tabs of a board: a board of one language has none by language."""
    several = len(service.entities.benchmark(bench).languages) > 1
    left_out = {CUSTOMIZE} if several else {CUSTOMIZE, "languages"}
    return tuple(tab for tab in TABS if tab not in left_out)


def table(service: Service, bench: Benchmark, t: Words) -> BoardTable:
    """The summary: means, types and groups."""
    board = service.board(bench.name)
    whole = heading(service, bench, board)
    return table_of(whole, board, t, whole.tasks)


def table_of(heading: Heading, board: BoardValues, t: Words, tasks: int) -> BoardTable:
    """The summary of a board that may be ranked again, over `tasks` tasks."""
    columns = [*_means(board, t), *_types(board, t), *_groups(board)]
    whys = _Whys(board, t)
    cells = across(
        [_summary_cells(column, value, board, whys) for column, value in columns],
        len(board.rows),
    )
    return BoardTable(
        heading,
        tuple(column for column, _ in columns),
        make_rows(board, cells, t),
        {**fact_columns(board, IN_ROWS), "lacks": [_lacks(columns, some) for some in cells]},
        tasks,
    )


def _lacks(columns: Sequence[tuple[Column, Value]], cells: Sequence[ScoreCell]) -> list[int]:
    """How many tasks a row lacks of each type that names none; empty if there is no such type.

    Sent with the facts: in the cells the same numbers take twice the bytes.
    """
    found = [
        cell.lacks
        for (column, _), cell in zip(columns, cells, strict=True)
        if column.kind == "type"
    ]
    return found if any(found) else []


def _summary_cells(
    column: Column, value: Value, board: BoardValues, whys: _Whys
) -> list[ScoreCell]:
    """A column of the summary; a missing mean is the one over the tasks that a model has."""
    numbers = [value(row) for row in board.rows]
    reasons = [
        _Why("") if number is not None else whys.column(column, row)
        for number, row in zip(numbers, board.rows, strict=True)
    ]
    cells = shaded(numbers, (why.text for why in reasons))
    if column.kind != "mean":
        return [
            cell._replace(lacks=why.lacks) if why.lacks else cell
            for cell, why in zip(cells, reasons, strict=True)
        ]
    return [
        with_partial_mean(cell, row.completed, column.key)
        for cell, row in zip(cells, board.rows, strict=True)
    ]


def task_table(service: Service, bench: Benchmark, t: Words, links: Links) -> BoardTable:
    """The scores of every task."""
    board = service.board(bench.name)
    types = {task.name: type_label(task.type, t) for task in board.tasks_meta}
    columns = [
        Column("task", name, name, kind, links.task(name), f"{kind} · {len(names)}" * (not place))
        for kind, names in _by_kind(board.tasks, types).items()
        for place, name in enumerate(names)
    ]
    cells = across([_task_cells(one.key, board, t) for one in columns], len(board.rows))
    return BoardTable(
        heading(service, bench, board),
        tuple(columns),
        make_rows(board, cells, t),
        fact_columns(board, frozenset({"name", "covered"})),
    )


def _by_kind(tasks: Sequence[str], types: Mapping[str, str]) -> dict[str, list[str]]:
    """Tasks by their type, both in the order of the board."""
    kinds: dict[str, list[str]] = {}
    for name in tasks:
        kinds.setdefault(types.get(name, ""), []).append(name)
    return kinds


def _task_cells(name: str, board: BoardValues, t: Words) -> list[ScoreCell]:
    """The scores on a task; those of models that were trained on it are marked."""
    whys = [t("board.no_result")] * len(board.rows)
    cells = shaded((row.scores_by_task.get(name) for row in board.rows), whys)
    return [
        cell._replace(trained_on=not cell.why and name in row.trained_on_tasks)
        for cell, row in zip(cells, board.rows, strict=True)
    ]


# --- columns ----------------------------------------------------------------------------------


def _means(board: BoardValues, t: Words) -> list[tuple[Column, Value]]:
    return [
        (Column("mean", name, t(f"means.{name}"), t(f"means.{name}_title")), value)
        for name, value in _MEANS
        if any(value(row) is not None for row in board.rows) or name in board.aggregations
    ]


def _types(board: BoardValues, t: Words) -> list[tuple[Column, Value]]:
    counts: dict[str, int] = {}
    for task in board.tasks_meta:
        counts[task.type] = counts.get(task.type, 0) + 1
    return [
        (
            Column("type", name, type_label(name, t), t("means.type_title", n=counts.get(name, 0))),
            partial(_by_type, name),
        )
        for name in board.task_types
    ]


def type_label(name: str, t: Words) -> str:
    """What readers call a task type."""
    return t.named("types", spaced(name))


def _by_type(name: str, row: BoardRow) -> float | None:
    return row.scores_by_task_type.get(name)


def _groups(board: BoardValues) -> list[tuple[Column, Value]]:
    return [
        (
            Column(
                "group", f"{one.name}:{group.label}", group.label, group.description or one.name
            ),
            partial(_by_group, one.name, group.label),
        )
        for one in board.custom_groupings
        for group in one.groups
    ]


def _by_group(name: str, label: str, row: BoardRow) -> float | None:
    return row.scores_by_custom_group.get(name, {}).get(label)


_NAMED = 2
"""Tasks that a cell names: that are missing, or that the model was trained on."""


class _Why(NamedTuple):
    """Why a cell is empty."""

    text: str
    lacks: int = 0
    """How many tasks are missing, if the text names none of them."""


class _Whys:
    """Says why a cell is empty."""

    def __init__(self, board: BoardValues, t: Words) -> None:
        self._board = board
        self._t = t
        types = {task.name: task.type for task in board.tasks_meta}
        self._of_type: dict[str, list[str]] = {}
        for name in board.tasks:
            self._of_type.setdefault(types.get(name, ""), []).append(name)

    def column(self, column: Column, row: BoardRow) -> _Why:
        """Why `row` has no score in `column`."""
        if column.kind == "group":
            return _Why(self._t("board.no_result"))
        is_type = column.kind == "type"
        tasks = self._of_type.get(column.key, []) if is_type else self._board.tasks
        missing = [name for name in tasks if name not in row.scores_by_task]
        return self._missing(missing, always_named=not is_type)

    def _missing(self, names: Sequence[str], *, always_named: bool) -> _Why:
        """Types name their tasks if they name all: a row's mean names the first ones once."""
        if not names:
            return _Why(self._t("board.no_result"))
        if len(names) > _NAMED and not always_named:
            return _Why(self._t("js.lacking", n=len(names)), len(names))
        named = text.short_list(list(names), _NAMED)
        return _Why(self._t("board.missing", n=len(names), names=named))


# --- rows -------------------------------------------------------------------------------------


def make_rows(board: BoardValues, cells: Sequence[tuple[ScoreCell, ...]], t: Words) -> list[Row]:
    """The rows of a board, ready to be shown."""
    same = twins([ModelName.of(row.model.name, row.experiments) for row in board.rows])
    return [
        _row(row, some, is_twin, t)
        for row, some, is_twin in zip(board.rows, cells, same, strict=True)
    ]


def _row(row: BoardRow, cells: tuple[ScoreCell, ...], is_twin: bool, t: Words) -> Row:
    model = row.model
    active, total = row.active_params_b, row.total_params_b
    fewer = active is not None and total is not None and active < total * 0.98
    return Row(
        rank=row.rank,
        band=text.span(row.rank_low, row.rank_high),
        model=ModelName.of(model.name, row.experiments),
        run="" if row.experiments is None else as_json(row.experiments)[:KEY],
        is_twin=is_twin,
        zero_shot=row.zero_shot_pct,
        trained_on=text.short_list(row.trained_on_tasks, _NAMED),
        parameters=text.parameters(total),
        active=text.parameters(active) if fewer else "",
        dimensions=text.whole(row.embedding_dim),
        tokens=text.whole(row.max_tokens),
        openness=text.openness(model.openness),
        facets=openness_in_words(model, t),
        covered=len(row.scores_by_task),
        cells=cells,
    )


def openness_in_words(model: ModelFacts, t: Words) -> str:
    """Which facets of openness a model has, and which are not known."""
    if not model.openness:
        return t("model.not_known")
    has = [t.named("facets", name) for name, there in model.openness.items() if there]
    said = ", ".join(has) or t("board.nothing_open")
    missing = [t.named("facets", name) for name in FACETS if name not in model.openness]
    return f"{said}; {t('model.not_known')}: {', '.join(missing)}" if missing else said
