"""The first board's tables with fresh numbers: what `frontrunner legacy write` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from math import isfinite
from operator import add
from statistics import fmean
from typing import Any, NamedTuple

from frontrunner.catalog import Catalog, Model
from frontrunner.legacy.files.columns import (
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
from frontrunner.legacy.files.markup import anchor
from frontrunner.legacy.files.rules import Target, targets
from frontrunner.legacy.files.tables import Row, Table, Value
from frontrunner.legacy.files.tree import Tree, tasks_by_kind
from frontrunner.legacy.files.winning_scores import WinningScores, picked, read_winning_scores
from frontrunner.snapshot.reader import Snapshot

_BYTES_PER_PARAMETER = 4
_HUB = "https://huggingface.co/"

_Scores = Mapping[str, list[float | None]]
"""Model -> a score or None for each column."""
_Places = Mapping[str, int]
"""Model -> its number on a board, by which programs join the board's tables."""


class _Facts(NamedTuple):
    catalog: Catalog
    winning: WinningScores
    models: tuple[str, ...]


def fresh_tree(old: Tree, snapshot: Snapshot) -> Tree:
    """The old board's folder with the numbers of `snapshot`.

    Boards, columns and their order are those of the old configuration. The model list and the
    external results are copied unchanged.
    """
    catalog = snapshot.catalog
    boards = old.config["boards"]
    columns = {
        (board, name)
        for board, facts in boards.items()
        for names in tasks_by_kind(facts).values()
        for name in names
    }
    wanted = {one.task for board, name in columns for one in _targets(board, name, catalog)}
    winning = read_winning_scores(snapshot, wanted)
    facts = _Facts(catalog, winning, tuple(sorted({model for model, _ in winning})))
    tables = [table for board in boards for table in _board(facts, board, boards[board])]
    return replace(old, tables=tuple(tables), problems=())


def _targets(board: str, column: str, catalog: Catalog) -> tuple[Target, ...]:
    told = score_column(column)
    task, subset = told if told else (column, None)
    return targets(board, task, subset, catalog)


def _board(facts: _Facts, board: str, about: Mapping[str, Any]) -> Iterator[Table]:
    """A board's tables: the overall one, if it has one, then one for each type."""
    tasks = tasks_by_kind(about)
    whole = bool(about.get("has_overall"))
    if not whole:  # such a board's tables have their columns sorted
        tasks = {kind: sorted(names) for kind, names in tasks.items()}
    scores = {kind: _scores(facts, board, names) for kind, names in tasks.items()}
    places = _places(scores.values())
    if whole:
        header = overall_columns(tasks)
        yield Table(board, "", _rows(facts.catalog, header, _overall(scores), places))
    for kind, names in tasks.items():
        numbers = places if whole else _places([scores[kind]])
        if len(names) == 1:  # such a table has no average
            yield Table(board, kind, _rows(facts.catalog, names, scores[kind], numbers))
        else:
            means = _with_mean(scores[kind])
            yield Table(board, kind, _rows(facts.catalog, [AVERAGE, *names], means, numbers))


def _places(tables: Iterable[_Scores]) -> _Places:
    models = sorted({model for scores in tables for model in scores})
    return {model: place for place, model in enumerate(models)}


def _scores(facts: _Facts, board: str, columns: Sequence[str]) -> _Scores:
    wanted = [_targets(board, name, facts.catalog) for name in columns]
    found: dict[str, list[float | None]] = {}
    for model in facts.models:
        values = [_score(facts.winning, model, one) for one in wanted]
        if any(value is not None for value in values):
            found[model] = values
    return found


def _score(winning: WinningScores, model: str, wanted: Iterable[Target]) -> float | None:
    """As the board would have printed it; the mean if a file repeats a score."""
    for one in wanted:
        if found := picked(winning.get((model, one.task), ()), one):
            return round(fmean(score.value for score in found), 2)
    return None


def printed_mean(values: Sequence[float | None]) -> float | None:
    """The strict mean, which is None if a value is missing.

    Computed as by the old board: printed numbers, added from left to right, rounded to even.
    """
    complete = [one for one in values if one is not None]
    if not complete or len(complete) < len(values):
        return None
    return round(reduce(add, complete) / len(complete) * 100) / 100


def _with_mean(scores: _Scores) -> _Scores:
    return {model: [printed_mean(values), *values] for model, values in scores.items()}


def _overall(by_kind: Mapping[str, _Scores]) -> _Scores:
    """The mean over all tasks, then the mean of each type."""
    models = sorted({model for scores in by_kind.values() for model in scores})
    found: dict[str, list[float | None]] = {}
    for model in models:
        parts = [scores.get(model) or [None] for scores in by_kind.values()]
        every = [one for values in parts for one in values]
        found[model] = [printed_mean(every), *map(printed_mean, parts)]
    return found


def _rows(
    catalog: Catalog, columns: Sequence[str], scores: _Scores, places: _Places
) -> tuple[Row, ...]:
    """Rows ordered by their first column, best first, blanks last; then by name."""

    def order(entry: tuple[str, list[float | None]]) -> tuple[bool, float, int]:
        model, values = entry
        return values[0] is None, -(values[0] or 0.0), places[model]

    ordered = sorted(scores.items(), key=order)
    return tuple(
        _row((rank, places[model]), catalog.model_by_name[model], zip(columns, values, strict=True))
        for rank, (model, values) in enumerate(ordered, start=1)
    )


def _row(numbers: tuple[int, int], model: Model, scores: Iterable[tuple[str, float | None]]) -> Row:
    leading: dict[str, Value] = dict.fromkeys(LEADING, "")
    leading |= {INDEX: numbers[1], RANK: numbers[0], MODEL: _cell(model)}
    if model.parameters:
        leading[SIZE] = round(model.parameters / 1e6)
        leading[MEMORY] = round(model.parameters * _BYTES_PER_PARAMETER / 1024**3, 2)
    if model.embedding_dim:
        leading[DIMENSIONS] = model.embedding_dim
    if model.max_tokens and isfinite(model.max_tokens):
        leading[TOKENS] = int(model.max_tokens)
    return leading | {name: "" if value is None else value for name, value in scores}


def _cell(model: Model) -> str:
    """The model as the old board printed it: the name without its organisation, and a link."""
    return anchor(model.name.rsplit("/", 1)[-1], model.url or f"{_HUB}{model.name}")
