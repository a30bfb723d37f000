"""Every answer of the API by name, from one snapshot. Knows questions and bodies, not HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from frontrunner.answers.cache import Cache, Key
from frontrunner.base.errors import UnknownNameError
from frontrunner.base.near import near_names
from frontrunner.snapshot.answers import JSON, Encoded, body_tag
from frontrunner.snapshot.reader import Snapshot

if TYPE_CHECKING:
    from frontrunner.answers.boards import BoardRenderer, Buckets, LeaderRow
    from frontrunner.answers.entities import Entities
    from frontrunner.answers.filters import ModelFilter, RankRequest, TaskFilter
    from frontrunner.answers.prepare import Numbers
    from frontrunner.answers.scores import BoardLines
    from frontrunner.catalog import Benchmark, Model, Task

_CACHE_BYTES = 64 * 1024 * 1024


class Service:
    """The answers of one snapshot. Methods raise UnknownNameError for names that are not in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._cache: Cache[Encoded] = Cache(_CACHE_BYTES, lambda one: len(one.identity))

    def prepared(self, key: str) -> Encoded | None:
        """An answer that was made when the snapshot was built."""
        pack = self.snapshot.prepared
        return pack.get(key) if pack else None

    # --- what is loaded when it is first needed -----------------------------------------------

    @cached_property
    def entities(self) -> Entities:
        """The catalog's entries."""
        from frontrunner.answers.entities import Entities  # noqa: PLC0415 -- 9 MB of catalog behind it

        return Entities(self.snapshot.catalog)

    @cached_property
    def boards(self) -> BoardRenderer:
        """Ranks and renders boards."""
        from frontrunner.answers.boards import BoardRenderer  # noqa: PLC0415 -- NumPy behind it

        return BoardRenderer(self.entities, self.snapshot.facts, self.snapshot.table)

    @cached_property
    def numbers(self) -> Numbers:
        """How many models were run on everything."""
        from frontrunner.answers.prepare import NUMBERS, Numbers  # noqa: PLC0415

        kept = self.prepared(NUMBERS)
        return msgspec.json.decode(kept.identity, type=Numbers) if kept else self._counted[0]

    @cached_property
    def _counted(self) -> tuple[Numbers, dict[str, BoardLines]]:
        """Every board ranked, for the seconds between publishing and the prepared answers."""
        from frontrunner.answers.prepare import count  # noqa: PLC0415

        return count(self.boards, self.snapshot.catalog)

    @cached_property
    def _hosts(self) -> dict[str, list[str]]:
        from frontrunner.answers.scores import hosting_benchmarks  # noqa: PLC0415

        return hosting_benchmarks(self.snapshot.catalog)

    # --- names --------------------------------------------------------------------------------

    def find_benchmark(self, name: str) -> Benchmark:
        """A benchmark by its name."""
        found = self.snapshot.catalog.benchmark_by_name.get(name)
        if found is None:
            raise UnknownNameError(f"Unknown benchmark: {name}")
        return found

    def find_benchmark_or_alias(self, name: str) -> Benchmark:
        """A benchmark by its name or an alias; the error offers the nearest name."""
        catalog = self.snapshot.catalog
        found = catalog.benchmark_by_alias.get(name) or catalog.benchmark_by_name.get(name)
        if found is None:
            near = near_names(name, catalog.benchmark_by_name, most=1)
            hint = f" Did you mean: {near[0]}?" if near else " and no similar keys were found."
            raise UnknownNameError(f"'{name}' not found{'.' if near else ''}{hint}")
        return found

    def find_task(self, name: str) -> Task:
        """A task by its name."""
        found = self.snapshot.catalog.task_by_name.get(name)
        if found is None:
            raise UnknownNameError(f"Unknown task: {name}")
        return found

    def find_model(self, name: str) -> Model:
        """A model by its `org/name`."""
        found = self.snapshot.catalog.model_by_name.get(name)
        if found is None:
            raise UnknownNameError(f"Unknown model: {name}")
        return found

    # --- benchmarks ---------------------------------------------------------------------------

    def benchmarks(self, include_hidden: bool) -> Encoded:
        """The list of benchmarks."""
        return self._list("benchmarks?include_hidden" if include_hidden else "benchmarks")

    def menu(self) -> Encoded:
        """The home menu."""
        return self._list("benchmarks/menu")

    def benchmark(self, name: str) -> Encoded:
        """One benchmark, without scores."""
        bench = self.find_benchmark_or_alias(name)
        count = self.numbers.benchmarks.get(bench.name, 0)
        return self._json(("benchmark", bench.name), lambda: self.entities.benchmark(bench, count))

    def scores(self, name: str, languages: Sequence[str]) -> Encoded:
        """A board, perhaps narrowed to languages (codes or names).

        Raises UsageError for an unknown language.
        """
        if not languages:
            kept = self.prepared(f"benchmarks/{name}/scores")
            if kept is not None:
                return kept
        bench = self.find_benchmark(name)
        codes = self.boards.languages.codes(languages) if languages else None
        # A language without results narrows to nothing, which is not the whole board.
        narrowed = () if codes is None else ("narrowed", *sorted(codes))
        return self._json(("scores", name, *narrowed), lambda: self.boards.summary(bench, codes))

    def per_language(self, name: str) -> Encoded:
        """A board's means by language."""
        kept = self.prepared(f"benchmarks/{name}/per-language")
        if kept is not None:
            return kept
        bench = self.find_benchmark(name)
        return self._json(("per-language", name), lambda: self.boards.per_language(bench))

    def leaders(self, name: str, buckets: Buckets) -> Encoded:
        """The best model of each size bucket."""
        from frontrunner.answers.boards import leaders  # noqa: PLC0415

        self.find_benchmark(name)
        return self._json(
            ("leaders", name, repr(buckets)),
            lambda: leaders(name, self._leader_rows(name), buckets),
        )

    def _leader_rows(self, name: str) -> list[LeaderRow]:
        from frontrunner.answers.boards import LeaderRows  # noqa: PLC0415

        return msgspec.json.decode(self.scores(name, ()).identity, type=LeaderRows).rows

    # --- tasks --------------------------------------------------------------------------------

    def tasks(self, wanted: TaskFilter) -> Encoded:
        """The list of tasks that a filter leaves."""
        if wanted.is_empty:
            return self._list("tasks")
        return self._json(
            ("tasks", repr(wanted)), lambda: wanted.apply(self.entities, self.numbers)
        )

    def task(self, name: str) -> Encoded:
        """One task, without scores."""
        task = self.find_task(name)
        count = self.numbers.tasks.get(name, 0)
        return self._json(("task", name), lambda: self.entities.task(task, count))

    def task_scores(self, name: str) -> Encoded:
        """All models' scores on a task."""
        from frontrunner.answers.scores import task_scores  # noqa: PLC0415

        task = self.find_task(name)
        hosts = self._hosts.get(name, [])
        return self._json(
            ("task-scores", name),
            lambda: task_scores(self.entities, self.snapshot.table, task, hosts),
        )

    def statistics(self, name: str) -> Encoded:
        """A task's descriptive statistics."""
        kept = self.snapshot.statistics.get(name)
        if kept is None:
            self.find_task(name)
            raise UnknownNameError(f"No descriptive stats for task: {name}")
        return kept

    # --- models -------------------------------------------------------------------------------

    def models(self, wanted: ModelFilter) -> Encoded:
        """The list of models that a filter leaves."""
        if wanted.is_empty:
            return self._list("models")
        return self._json(("models", repr(wanted)), lambda: wanted.apply(self.entities))

    def model(self, name: str) -> Encoded:
        """One model, without scores."""
        model = self.find_model(name)
        return self._json(("model", name), lambda: self.entities.model(model))

    def model_scores(self, name: str) -> Encoded:
        """A model's place on every board."""
        kept = self.prepared(f"models/{name}/scores")
        if kept is not None:
            return kept
        from frontrunner.answers.scores import model_scores  # noqa: PLC0415

        model = self.find_model(name)

        def make() -> object:
            lines = self._counted[1]
            boards = [(b, lines[b.name]) for b in self.snapshot.catalog.benchmarks]
            return model_scores(self.entities, model, boards)

        return self._json(("model-scores", name), make)

    # --- beyond mteb's service ----------------------------------------------------------------

    def rank(self, request: RankRequest) -> Encoded:
        """Rank what was asked for."""
        from frontrunner.answers.rerank import answer  # noqa: PLC0415

        return self._json(("rank", repr(request)), lambda: answer(self, request))

    def info(self) -> Encoded:
        """What is being served, and where it came from."""
        from frontrunner.answers.about import snapshot_info  # noqa: PLC0415

        return self._json(("snapshot",), lambda: snapshot_info(self.snapshot, self.numbers.boards))

    def export(self, name: str, form: str) -> Encoded:
        """A board as a file: `csv` or `parquet`."""
        from frontrunner.answers.downloads import csv_of, parquet_of  # noqa: PLC0415

        self.find_benchmark(name)
        summary = self.scores(name, ())
        make, media_type = {
            "csv": (csv_of, "text/csv; charset=utf-8"),
            "parquet": (parquet_of, "application/vnd.apache.parquet"),
        }[form]
        return self._cache.get((form, name), lambda: _encoded(make(summary.identity), media_type))

    def _list(self, key: str) -> Encoded:
        """One of the lists, prepared or not."""
        kept = self.prepared(key)
        if kept is not None:
            return kept
        from frontrunner.answers.prepare import list_answers  # noqa: PLC0415

        return self._json((key,), list_answers(self.entities, self.numbers)[key])

    def _json(self, key: Key, make: Callable[[], object]) -> Encoded:
        return self._cache.get(key, lambda: _encoded(msgspec.json.encode(make()), JSON))


def _encoded(body: bytes, media_type: str) -> Encoded:
    return Encoded(media_type, body_tag(body), body)
