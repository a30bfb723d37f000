"""Boards as JSON: `/v1/benchmarks/{name}/scores`, `/per-language` and `/leaders`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import numpy as np

from frontrunner import catalog as nouns
from frontrunner.answers import schemas
from frontrunner.answers.certainty import band_columns
from frontrunner.answers.completed import Column, Means, completed_rows, or_none
from frontrunner.answers.entities import Entities, billions, joined, whole_tokens
from frontrunner.answers.excerpts import LeaderRow
from frontrunner.answers.rendered import RenderedRow, RenderedSummary, scores_of, structs_of
from frontrunner.catalog import Aggregation
from frontrunner.catalog.languages import LanguageNames
from frontrunner.ranking import Board, Facts, Policy, Question, language_scores, rank
from frontrunner.ranking.bands import Bands, bands
from frontrunner.ranking.gather import Floats, cells_of_scopes, tasks_begun
from frontrunner.ranking.means import Scored, score
from frontrunner.results.table import ScoreTable, Variant

Buckets = Sequence[tuple[float, float | None]]
_ROWS_AT_ONCE = 256
_LARGE = 100_000
"""Rows of a board that is made ready before it is asked for; four of the public boards have more.
"""


def present(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    """The values by name, without NaN."""
    return {name: value for name, value in zip(names, values, strict=True) if value == value}


class Run(NamedTuple):
    """The facts of a variant that are the same on every board."""

    model: str
    experiment: dict[str, Any] | None
    active_params_b: float | None
    total_params_b: float | None
    embedding_dim: int | None
    max_tokens: int | None


class BoardRenderer:
    """Turns questions about benchmarks into answers, from one score table."""

    def __init__(self, entities: Entities, facts: Facts, table: ScoreTable) -> None:
        self.entities = entities
        self.facts = facts
        self.table = table
        self._fixed: dict[str, tuple[schemas.Benchmark, list[schemas.Task]]] = {}
        self._halves: dict[int, tuple[bytes, bytes]] = {}
        self._runs: dict[int, Run] = {}
        self._seen: dict[str, list[list[str]]] = {}

    # --- what is made once --------------------------------------------------------------------

    def getting_ready(self) -> Iterator[Callable[[], object]]:
        """Make, step by step, what is made once for all narrowed boards and once for each large
        one. It can be called while others ask: what is made twice is the same.
        """
        yield lambda: self.languages
        for begin in range(0, len(self.table.variants), _ROWS_AT_ONCE):
            yield partial(self._halves_of, begin)
        for bench in self.entities.catalog.benchmarks:
            cells, _ = cells_of_scopes(self.table, bench.scopes)
            if (self.table.cell_start[cells + 1] - self.table.cell_start[cells]).sum() >= _LARGE:
                yield from self._getting_ready(bench)

    def _getting_ready(self, bench: nouns.Benchmark) -> Iterator[Callable[[], object]]:
        yield partial(self._fixed_parts, bench)
        yield partial(self._seen_and_begun, bench)
        for scope in bench.scopes:
            yield partial(self.table.sets_of_cells, [scope.task])
        yield partial(self.summary, bench, frozenset())  # for what it imports and numbers

    def _halves_of(self, begin: int) -> None:
        """Cache the JSON of the models of some variants."""
        for number in range(begin, min(begin + _ROWS_AT_ONCE, len(self.table.variants))):
            self._halve(number)

    # --- a board ------------------------------------------------------------------------------

    @cached_property
    def languages(self) -> LanguageNames:
        """What the languages of all results may be called."""
        return LanguageNames(self.entities.catalog.languages, self.table.sets_of_code)

    def board(self, bench: nouns.Benchmark, codes: frozenset[str] | None = None) -> Board:
        """Rank a benchmark, perhaps narrowed to language codes, as mteb's service does."""
        policy = Policy.STRICT if codes is None else Policy.SHOWN_LENIENT
        return rank(self.table, self.facts, Question.of(bench, codes, policy))

    def summary(
        self, bench: nouns.Benchmark, codes: frozenset[str] | None = None
    ) -> RenderedSummary:
        """The answer of `/scores`."""
        if codes is not None:
            return self.summary_of(bench, self.board(bench, codes), None, filtered=True)
        return self.ranked(bench)[2]

    def ranked(self, bench: nouns.Benchmark) -> tuple[Scored, Board, RenderedSummary]:
        """A whole board: its rows, how they rank, and the answer of `/scores`."""
        question = Question.of(bench)
        rows = score(self.table, question)
        board = rank(self.table, self.facts, question, rows)
        how_sure = bands(self.table, self.facts, question, board, rows)
        return rows, board, self.summary_of(bench, board, how_sure)

    def summary_of(
        self, bench: nouns.Benchmark, board: Board, how_sure: Bands | None, *,
        filtered: bool = False,
    ) -> RenderedSummary:  # fmt: skip
        """A board that was ranked already, as the answer of `/scores`."""
        whole, tasks_meta = self._fixed_parts(bench)
        empty = not len(board.rank)
        with_types = filtered or Aggregation.TASK_TYPES in bench.aggregations
        asked_types = Aggregation.TASK_TYPES in bench.aggregations
        return RenderedSummary(
            benchmark_name=bench.name,
            task_types=whole.task_types if empty else list(board.task_types if asked_types else ()),
            tasks=whole.tasks if empty else list(board.tasks),
            tasks_meta=tasks_meta,
            rows=self._rows(bench, board, how_sure, with_types=with_types, filtered=filtered),
            aggregations=whole.aggregations,
            custom_groupings=whole.custom_groupings if empty else self._groupings(bench, board),
            show_zero_shot=bench.show_zero_shot,
        )

    def _fixed_parts(self, bench: nouns.Benchmark) -> tuple[schemas.Benchmark, list[schemas.Task]]:
        """The benchmark and its tasks, which are the same for every question: made once."""
        found = self._fixed.get(bench.name)
        if found is None:
            tasks = self.entities.catalog.task_by_name
            meta = [self.entities.task(tasks[s.task], subsets=s.subsets) for s in bench.scopes]
            found = self._fixed[bench.name] = (self.entities.benchmark(bench), meta)
        return found

    def _groupings(self, bench: nouns.Benchmark, board: Board) -> list[schemas.CustomGrouping]:
        """The benchmark's groupings, without groups that have no score."""
        return [
            schemas.CustomGrouping(
                name=grouping.name,
                groups=[
                    self.entities.group(group)
                    for group in grouping.groups
                    if group.label in board.by_group[grouping.name]
                ],
            )
            for grouping in bench.groupings
        ]

    def _rows(
        self, bench: nouns.Benchmark, board: Board, how_sure: Bands | None, *,
        with_types: bool, filtered: bool,
    ) -> list[RenderedRow]:  # fmt: skip
        means = shown_means(bench, board, board.means, filtered=filtered)
        partial = shown_means(bench, board, board.completed_means)
        variants = board.variants.tolist()
        runs = self.runs(variants)
        zero_shot = board.zero_shot.tolist()
        seen = self._seen_and_begun(bench)
        halves = self._halves
        types = board.task_types if with_types else ()
        columns = {
            "rank": board.rank.tolist(),
            "model": [
                joined(halves.get(number) or self._halve(number), percent)
                for number, percent in zip(variants, zero_shot, strict=True)
            ],
            "zero_shot_pct": zero_shot,
            "active_params_b": [run.active_params_b for run in runs],
            "total_params_b": [run.total_params_b for run in runs],
            "embedding_dim": [run.embedding_dim for run in runs],
            "max_tokens": [run.max_tokens for run in runs],
            "mean_task": means.task,
            "mean_task_type": means.task_type,
            "mean_public": means.public,
            "mean_private": means.private,
            "scores_by_task_type": scores_of(types, board.by_type[:, : len(types)]),
            "scores_by_task": scores_of(board.tasks, board.by_task),
            "scores_by_custom_group": _group_rows(board),
            "trained_on_tasks": [seen[number] for number in variants],
            "experiments": [run.experiment for run in runs],
            "completed": completed_rows(board, partial),
            **band_columns(board, how_sure),
        }
        return structs_of(RenderedRow, columns)

    def _halve(self, number: int) -> tuple[bytes, bytes]:
        """The JSON of a variant's model, cached."""
        run = self._runs.get(number) or self._run(number)
        found = self._halves[number] = self.entities.model_halves(run.model, run.experiment)
        return found

    def runs(self, numbers: Sequence[int]) -> list[Run]:
        """The facts of variants that are the same on every board."""
        return [self._runs.get(number) or self._run(number) for number in numbers]

    def _run(self, number: int) -> Run:
        variant = self.table.variants[number]
        found = self._runs[number] = self._made_run(variant)
        return found

    def _made_run(self, variant: Variant) -> Run:
        model = self.entities.catalog.model_by_name[variant.model]
        dimension = (variant.experiment or {}).get("embed_dim", model.embedding_dim)
        return Run(
            variant.model,
            None if variant.experiment is None else dict(variant.experiment),
            billions(model.active_parameters),
            billions(model.parameters),
            max(dimension) if isinstance(dimension, list) else dimension,
            whole_tokens(model.max_tokens),
        )

    def _seen_and_begun(self, bench: nouns.Benchmark) -> list[list[str]]:
        """[variants] Tasks in a model's training data, of those it has any row of.

        Made once for each benchmark, since languages do not change it.
        """
        known = self._seen.get(bench.name)
        if known is None:
            names = [scope.task for scope in bench.scopes]
            order = sorted(range(len(names)), key=names.__getitem__)
            tasks = [names[place] for place in order]
            models = [variant.model for variant in self.table.variants]
            marks = tasks_begun(self.table, bench.scopes, self.facts.seen(models, names))[:, order]
            # Most models have seen none, or the same few: their lists are one.
            known = [[]] * len(marks)
            kept: dict[bytes, list[str]] = {}
            for number in np.flatnonzero(np.logical_or.reduce(marks, axis=1)).tolist():
                key = marks[number].tobytes()
                if key not in kept:
                    kept[key] = [tasks[task] for task in np.flatnonzero(marks[number]).tolist()]
                known[number] = kept[key]
            self._seen[bench.name] = known
        return known

    # --- languages ----------------------------------------------------------------------------

    def per_language(
        self, bench: nouns.Benchmark, all_rows: Scored | None = None
    ) -> schemas.PerLanguage:
        """The answer of `/per-language`."""
        return schemas.PerLanguage(
            benchmark_name=bench.name, rows=list(self._language_rows(bench, all_rows))
        )

    def per_language_body(self, bench: nouns.Benchmark, all_rows: Scored) -> bytes:
        """The same as JSON, without having all rows as objects: they are many times as large."""
        rows = self._language_rows(bench, all_rows)
        whole = msgspec.json.encode(schemas.PerLanguage(benchmark_name=bench.name, rows=[]))
        begin, end = whole[:-2], whole[-2:]
        body = bytearray(begin)
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            body += b"," if len(body) > len(begin) else b""
            body += msgspec.json.encode(some)[1:-1]
        body += end
        return bytes(body)

    def _language_rows(
        self, bench: nouns.Benchmark, all_rows: Scored | None
    ) -> Iterator[schemas.PerLanguageRow]:
        found = language_scores(self.table, Question.of(bench), all_rows)
        label = self.entities.catalog.languages.label
        labels = [label(code) for code in found.codes]
        for number, values in zip(found.variants.tolist(), found.scores, strict=True):
            variant = self.table.variants[number]
            yield schemas.PerLanguageRow(
                model_name=variant.model,
                scores_by_language=present(labels, values.tolist()),
                experiments=None if variant.experiment is None else dict(variant.experiment),
            )


def shown_means(
    bench: nouns.Benchmark, board: Board, means: Mapping[str, Floats], *, filtered: bool = False
) -> Means:
    """Of a board's `means` (strict ones, or those over completed tasks), those that its answer
    shows because the benchmark asks for them."""
    asked = set(bench.aggregations)
    nothing: Column = [None] * len(board.rank)
    split = Aggregation.PUBLIC_PRIVATE in asked
    by_type = filtered or Aggregation.MEAN_TASK_TYPE in asked
    primary = "mean_task" if filtered else board.primary

    def column(name: str | None, shown: bool = True) -> Column:
        return or_none(means[name]) if name and shown else nothing

    return Means(
        task=column(primary),
        task_type=column("mean_task_type", by_type),
        public=column("mean_public", split and Aggregation.MEAN_TASK in asked),
        private=column("mean_private", split),
    )


def _group_rows(board: Board) -> list[dict[str, dict[str, float]]]:
    rows: list[dict[str, dict[str, float]]] = [{} for _ in range(len(board.rank))]
    for name, labels in board.by_group.items():
        stacked = np.stack(list(labels.values()), axis=1) if labels else np.empty((len(rows), 0))
        for row, values in zip(rows, stacked.tolist(), strict=True):
            row[name] = present(list(labels), values)
    return rows


def leaders(name: str, rows: Sequence[LeaderRow], buckets: Buckets) -> schemas.Leaders:
    """The answer of `/leaders`: the best rank in each bucket of sizes (millions; max exclusive)."""
    return schemas.Leaders(
        benchmark_name=name,
        buckets=[
            schemas.Bucket(min=low, max=high, leader=_leader(rows, low, high))
            for low, high in buckets
        ],
    )


def _leader(rows: Sequence[LeaderRow], low: float, high: float | None) -> schemas.Leader | None:
    best: LeaderRow | None = None
    for row in rows:
        size = row.total_params_b
        if size is None or size <= 0 or size < low / 1000.0:
            continue
        if high is not None and size >= high / 1000.0:
            continue
        if best is None or row.rank < best.rank:
            best = row
    if best is None:
        return None
    return schemas.Leader(
        rank=best.rank,
        model=best.model,
        mean_task=best.mean_task if best.mean_task is not None else best.mean_task_type,
        total_params_b=best.total_params_b,
        completed=best.completed,
    )
