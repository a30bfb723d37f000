"""Typed answers from one snapshot, for pages and programs. It knows nothing of JSON or HTTP.

`answers.bodies` encodes the same answers as JSON for the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec

from frontrunner.answers.cache import Cache
from frontrunner.answers.values import BoardValues
from frontrunner.base.errors import UnknownNameError
from frontrunner.base.home import Home
from frontrunner.base.near import near_names
from frontrunner.snapshot.reader import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frontrunner.answers import rank_schemas, schemas
    from frontrunner.answers.boards import BoardRenderer, Buckets
    from frontrunner.answers.entities import Entities
    from frontrunner.answers.excerpts import Coverage
    from frontrunner.answers.filters import RankRequest
    from frontrunner.answers.prepare import Numbers
    from frontrunner.answers.scores import BoardLines
    from frontrunner.answers.values import TaskResults
    from frontrunner.catalog import Benchmark, Model, Task
    from frontrunner.snapshot.past import Past

Value = TypeVar("Value")
_OF_SNAPSHOT = frozenset({"entities", "boards", "hosts", "other_data"})
"""What depends on the snapshot alone, and not on its prepared answers."""
_BOARD_BYTES = 12 * 1024 * 1024
_COVERAGE_BYTES = 32 * 1024 * 1024
"""The coverage of all boards of mteb takes 2.5 MB, which must fit into an eighth of the cache: the
page of a model looks at every board in turn."""


class _Weighed(NamedTuple, Generic[Value]):
    """A value with its approximate size, which is costly to find out afterwards."""

    value: Value
    weight: int


class Service:
    """The answers of one snapshot. Methods raise UnknownNameError for names that are not in it."""

    def __init__(self, snapshot: Snapshot, checked_at: float | None = None) -> None:
        """`checked_at` is when the sources last gave this snapshot, in seconds since the epoch."""
        self.snapshot = snapshot
        self.checked_at = checked_at
        self._past: tuple[str, Past] | None = None
        self._boards: Cache[_Weighed[BoardValues]] = Cache(_BOARD_BYTES, lambda one: one.weight)
        self._coverage: Cache[_Weighed[Coverage]] = Cache(_COVERAGE_BYTES, lambda one: one.weight)

    def again(self, *, with_answers: bool, checked_at: float | None) -> Service:
        """The same snapshot opened again, with what was made of it; see `Snapshot.again`."""
        fresh = Service(self.snapshot.again(with_answers=with_answers), checked_at)
        made = {name: self.__dict__[name] for name in _OF_SNAPSHOT & self.__dict__.keys()}
        fresh.__dict__.update(made)
        return fresh

    def getting_ready(self) -> Iterator[Callable[[], object]]:
        """Read and make, step by step, what the first narrowed board would have to wait for."""
        yield lambda: self.snapshot.catalog
        yield lambda: self.boards
        yield from self.boards.getting_ready()

    def _prepared(self, key: str) -> bytes | None:
        """The JSON of an answer that was made after the snapshot was built."""
        pack = self.snapshot.prepared
        return pack.body(key) if pack else None

    # --- loaded on first use -------------------------------------------------------------------

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

        kept = self._prepared(NUMBERS)
        return self.counted[0] if kept is None else msgspec.json.decode(kept, type=Numbers)

    @cached_property
    def boards_ranked(self) -> int:
        """Boards that have a row. Known soon after publishing too, which not all counts are."""
        if self.snapshot.prepared is not None:
            return self.numbers.boards
        from frontrunner.ranking import Question  # noqa: PLC0415 -- NumPy behind it
        from frontrunner.ranking.coverage import has_row  # noqa: PLC0415

        found, table = self.snapshot, self.snapshot.table
        questions = map(Question.of, found.catalog.benchmarks)
        return sum(has_row(table, found.facts, one) for one in questions)

    @cached_property
    def counted(self) -> tuple[Numbers, dict[str, BoardLines]]:
        """Every board ranked, while a published snapshot has no prepared answers yet."""
        from frontrunner.answers.prepare import count  # noqa: PLC0415

        return count(self.boards, self.snapshot.catalog)

    @cached_property
    def hosts(self) -> dict[str, list[str]]:
        """Task -> the benchmarks that use it."""
        from frontrunner.answers.scores import hosting_benchmarks  # noqa: PLC0415

        return hosting_benchmarks(self.snapshot.catalog)

    @cached_property
    def other_data(self) -> NDArray[np.bool_]:
        """[files] Whether a file's scores are of another revision of the data set."""
        from frontrunner.answers.data_revision import files_of_other_data  # noqa: PLC0415

        return files_of_other_data(self.snapshot)

    @property
    def past_version(self) -> str:
        """Changes whenever the past that the home remembers is written again."""
        from frontrunner.snapshot.past import past_version  # noqa: PLC0415

        return past_version(Home.of_snapshot(self.snapshot.folder))

    @property
    def published_version(self) -> str:
        """Changes whenever a snapshot of the home becomes current, also one that was so before."""
        from frontrunner.snapshot.store import published_version  # noqa: PLC0415

        return published_version(Home.of_snapshot(self.snapshot.folder))

    @property
    def past(self) -> Past:
        """The ranks of every model over time; read again when the timeline changes.

        Raises CorruptSnapshotError if it cannot be read.
        """
        from frontrunner.snapshot.past import Past  # noqa: PLC0415

        version = self.past_version
        if self._past is None or self._past[0] != version:
            self._past = version, Past(Home.of_snapshot(self.snapshot.folder))
        return self._past[1]

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

    # --- boards -------------------------------------------------------------------------------

    def board(self, name: str) -> BoardValues:
        """A ranked board."""

        def make() -> _Weighed[BoardValues]:
            body = self._board_json(name)
            # Measured on the boards of mteb: 1.0 to 1.5 times the size of the JSON.
            return _Weighed(msgspec.json.decode(body, type=BoardValues), len(body) * 3 // 2)

        return self._boards.get((name,), make).value

    def coverage(self, name: str) -> Coverage:
        """Which tasks each model of a board has a complete result on."""
        from frontrunner.answers.excerpts import coverage  # noqa: PLC0415

        def make() -> _Weighed[Coverage]:
            found = coverage(self._board_json(name))
            return _Weighed(found, sum(100 + 8 * len(some) for some in found.of_model.values()))

        return self._coverage.get((name,), make).value

    def ranks(self, name: str) -> dict[str, int]:
        """Model -> its best rank on a board."""
        from frontrunner.answers.excerpts import ranks  # noqa: PLC0415

        return ranks(self._board_json(name))

    def leaders(self, name: str, buckets: Buckets) -> schemas.Leaders:
        """The best model of each size class of a board."""
        from frontrunner.answers.boards import leaders  # noqa: PLC0415
        from frontrunner.answers.excerpts import leader_rows  # noqa: PLC0415

        return leaders(name, leader_rows(self._board_json(name)), buckets)

    def per_language(self, name: str) -> schemas.PerLanguage:
        """A board's means by language."""
        from frontrunner.answers import schemas  # noqa: PLC0415

        kept = self._prepared(f"benchmarks/{name}/per-language")
        if kept is not None:
            return msgspec.json.decode(kept, type=schemas.PerLanguage)
        return self.boards.per_language(self.find_benchmark(name))

    def _board_json(self, name: str) -> bytes:
        """A board as prepared; encoded here if the snapshot has no prepared answers yet."""
        kept = self._prepared(f"benchmarks/{name}/scores")
        if kept is not None:
            return kept
        return msgspec.json.encode(self.boards.summary(self.find_benchmark(name)))

    # --- tasks and models ---------------------------------------------------------------------

    def task_results(self, name: str, data_revision: str | None = None) -> TaskResults:
        """All models' scores on a task.

        `data_revision` marks those on another revision of its data set (`any`), or leaves them out
        (`catalog`). Raises UsageError for another value.
        """
        from frontrunner.answers.data_revision import CATALOG, checked  # noqa: PLC0415
        from frontrunner.answers.scores import task_results  # noqa: PLC0415

        snapshot, task, wanted = self.snapshot, self.find_task(name), checked(data_revision)
        other = None if wanted is None else self.other_data
        leave_out = wanted == CATALOG
        return task_results(snapshot.catalog, snapshot.table, task, other, leave_out=leave_out)

    def statistics(self, name: str) -> Mapping[str, Any]:
        """A task's descriptive statistics, as its data set's authors wrote them."""
        kept = self.snapshot.statistics.get(name)
        if kept is None:
            self.find_task(name)
            raise UnknownNameError(f"No descriptive stats for task: {name}")
        return msgspec.json.decode(kept.identity, type=dict[str, Any])

    def model_scores(self, name: str) -> schemas.ModelScores:
        """A model's row on every board, best rank first."""
        from frontrunner.answers import schemas  # noqa: PLC0415

        kept = self._prepared(f"models/{name}/scores")
        if kept is not None:
            return msgspec.json.decode(kept, type=schemas.ModelScores)
        from frontrunner.answers.scores import model_rows  # noqa: PLC0415

        model = self.find_model(name)
        found = model_rows(name, self.lines)
        return schemas.ModelScores(
            model=self.entities.model(model, found.zero_shot_pct), rows=found.rows
        )

    @property
    def lines(self) -> list[tuple[Benchmark, BoardLines]]:
        """Every benchmark with its lines, while a snapshot has no prepared answers yet."""
        lines = self.counted[1]
        return [(bench, lines[bench.name]) for bench in self.snapshot.catalog.benchmarks]

    @cached_property
    def boards_of_model(self) -> Mapping[str, int]:
        """Model -> the number of boards that it is on, for every model of the catalog."""
        from frontrunner.answers.excerpts import count_rows  # noqa: PLC0415

        counts = {}
        for model in self.snapshot.catalog.models:
            kept = self._prepared(f"models/{model.name}/scores")
            counts[model.name] = (
                sum(model.name in line.by_model for _, line in self.lines)
                if kept is None
                else count_rows(kept)
            )
        return counts

    # --- beyond mteb's service ----------------------------------------------------------------

    def rank(self, request: RankRequest) -> rank_schemas.Ranking:
        """Rank the benchmark or the tasks that a request names.

        Raises UsageError for a request that names neither, or has values that do not exist.
        """
        from frontrunner.answers.rerank import answer  # noqa: PLC0415

        return answer(self, request)

    def info(self) -> schemas.SnapshotInfo:
        """The snapshot being served, and its sources."""
        from frontrunner.answers.about import snapshot_info  # noqa: PLC0415

        return snapshot_info(self.snapshot, self.boards_ranked, self.checked_at)
