"""The first board's tables with fresh numbers: what `frontrunner legacy write` writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, NamedTuple

from frontrunner.catalog import Catalog, Model
from frontrunner.legacy.columns import (
    AVERAGE,
    DIMENSIONS,
    INDEX,
    LEADING,
    MEMORY,
    MODEL,
    RANK,
    SIZE,
    TOKENS,
    overall_columns,
    score_column,
)
from frontrunner.legacy.markup import anchor
from frontrunner.legacy.rules import target
from frontrunner.legacy.standing import Standing, pick, standing_scores
from frontrunner.legacy.tables import Row, Table, Value
from frontrunner.legacy.tree import Tree, expected_tables
from frontrunner.snapshot.reader import Snapshot

_BYTES_PER_PARAMETER = 4
_HUB = "https://huggingface.co/"

_Scores = Mapping[str, list[float | None]]
"""Model -> a score, or none, for each column."""


class _Facts(NamedTuple):
    catalog: Catalog
    standing: Standing
    models: tuple[str, ...]


def fresh_tree(old: Tree, snapshot: Snapshot) -> Tree:
    """The old board's folder with the numbers of `snapshot`.

    Boards, columns and their order are those of the old configuration. The model list and the
    external results are taken over as they are.
    """
    catalog = snapshot.catalog
    boards = old.config["boards"]
    columns = {
        (board, name)
        for board, facts in boards.items()
        for names in facts["tasks"].values()
        for name in names
    }
    wanted = {_target(board, name, catalog).task for board, name in columns}
    standing = standing_scores(snapshot, wanted)
    facts = _Facts(catalog, standing, tuple(sorted({model for model, _ in standing})))
    tables = [
        _table(facts, board, kind, _ordered(boards[board]))
        for board, kind in expected_tables(old.config)
    ]
    return replace(old, tables=tuple(tables), problems=())


def _target(board: str, column: str, catalog: Catalog) -> Any:
    told = score_column(column)
    task, subset = told if told else (column, None)
    return target(board, task, subset, catalog)


def _ordered(board: Mapping[str, Any]) -> dict[str, list[str]]:
    """A board's columns by type: as configured where it has an overall table, else sorted."""
    tasks = {str(kind): list(names) for kind, names in board["tasks"].items()}
    return tasks if board.get("has_overall") else {kind: sorted(v) for kind, v in tasks.items()}


def _table(facts: _Facts, board: str, kind: str, tasks: Mapping[str, list[str]]) -> Table:
    if kind:
        names = tasks[kind]
        scores = _scores(facts, board, names)
        if len(names) == 1:  # such a table has no average
            return Table(board, kind, _rows(facts.catalog, names, scores))
        return Table(board, kind, _rows(facts.catalog, [AVERAGE, *names], _with_mean(scores)))
    header = overall_columns(dict(tasks))
    every = {name: _scores(facts, board, names) for name, names in tasks.items()}
    return Table(board, kind, _rows(facts.catalog, header, _overall(every)))


def _scores(facts: _Facts, board: str, columns: Sequence[str]) -> _Scores:
    targets = [_target(board, name, facts.catalog) for name in columns]
    found: dict[str, list[float | None]] = {}
    for model in facts.models:
        picked = [pick(facts.standing.get((model, one.task), ()), one) for one in targets]
        if any(picked):
            found[model] = [None if one is None else round(one.value, 2) for one in picked]
    return found


def _mean(values: Iterable[float | None]) -> float | None:
    """The strict mean: none where one value is missing."""
    known = list(values)
    complete = [one for one in known if one is not None]
    return round(fmean(complete), 2) if known and len(complete) == len(known) else None


def _with_mean(scores: _Scores) -> _Scores:
    return {model: [_mean(values), *values] for model, values in scores.items()}


def _overall(by_kind: Mapping[str, _Scores]) -> _Scores:
    """The mean over all tasks, then the mean of each type."""
    models = sorted({model for scores in by_kind.values() for model in scores})
    found: dict[str, list[float | None]] = {}
    for model in models:
        parts = [scores.get(model) for scores in by_kind.values()]
        means = [_mean(values) if values else None for values in parts]
        every = [one for values in parts for one in values] if all(parts) else [None]  # type: ignore[union-attr]
        found[model] = [_mean(every), *means]
    return found


def _rows(catalog: Catalog, columns: Sequence[str], scores: _Scores) -> tuple[Row, ...]:
    """Rows in the order of their first column, best first, blanks last; then by name."""

    def place(numbered: tuple[int, tuple[str, list[float | None]]]) -> tuple[bool, float, int]:
        index, (_, values) = numbered
        return values[0] is None, -(values[0] or 0.0), index

    ordered = sorted(enumerate(scores.items()), key=place)
    return tuple(
        _row(rank, index, catalog.model_by_name[model], dict(zip(columns, values, strict=True)))
        for rank, (index, (model, values)) in enumerate(ordered, start=1)
    )


def _row(rank: int, index: int, model: Model, scores: Mapping[str, float | None]) -> Row:
    leading: dict[str, Value] = dict.fromkeys(LEADING, "")
    leading |= {INDEX: index, RANK: rank, MODEL: _cell(model)}
    if model.parameters:
        leading[SIZE] = round(model.parameters / 1e6)
        leading[MEMORY] = round(model.parameters * _BYTES_PER_PARAMETER / 1024**3, 2)
    if model.embedding_dim:
        leading[DIMENSIONS] = model.embedding_dim
    if model.max_tokens:
        leading[TOKENS] = int(model.max_tokens)
    return leading | {name: "" if value is None else value for name, value in scores.items()}


def _cell(model: Model) -> str:
    """The model as the old board printed it: the name without its organisation, and a link."""
    return anchor(model.name.rsplit("/", 1)[-1], model.url or f"{_HUB}{model.name}")
