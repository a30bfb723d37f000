"""The bodies of the API's answers: prepared bytes as they are, all others encoded on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from frontrunner.answers.cache import Cache, Key
from frontrunner.answers.service import Service
from frontrunner.base.errors import CorruptSnapshotError, UnknownNameError
from frontrunner.snapshot.answers import JSON, Encoded, body_tag
from frontrunner.snapshot.manifest import SCORES_PARQUET

if TYPE_CHECKING:
    from frontrunner.answers.boards import Buckets
    from frontrunner.answers.filters import ModelFilter, RankRequest, TaskFilter, TiesRequest
    from frontrunner.answers.source_schemas import SourceRequest

_CACHE_BYTES = 64 * 1024 * 1024


class Bodies:
    """The API's answers from one snapshot, as bytes.

    Methods raise UnknownNameError for names that are not in the snapshot.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._cache: Cache[Encoded] = Cache(_CACHE_BYTES, lambda one: len(one.identity))

    def prepared(self, key: str) -> Encoded | None:
        """An answer that was made after the snapshot was built."""
        pack = self._service.snapshot.prepared
        return pack.get(key) if pack else None

    # --- benchmarks ---------------------------------------------------------------------------

    def benchmarks(self, include_hidden: bool) -> Encoded:
        """The list of benchmarks."""
        return self._list("benchmarks?include_hidden" if include_hidden else "benchmarks")

    def menu(self) -> Encoded:
        """The home menu."""
        return self._list("benchmarks/menu")

    def benchmark(self, name: str) -> Encoded:
        """One benchmark, without scores."""
        service = self._service
        bench = service.find_benchmark_or_alias(name)
        count = service.numbers.benchmarks.get(bench.name, 0)
        return self._json(
            ("benchmark", bench.name), lambda: service.entities.benchmark(bench, count)
        )

    def scores(self, name: str, languages: Sequence[str] = ()) -> Encoded:
        """A board, perhaps narrowed to languages (codes or names).

        Raises UsageError for an unknown language.
        """
        if not languages:
            kept = self.prepared(f"benchmarks/{name}/scores")
            if kept is not None:
                return kept
        bench, boards = self._service.find_benchmark(name), self._service.boards
        codes = boards.languages.codes(languages) if languages else None
        # A language without results narrows to nothing, which is not the whole board.
        narrowed = () if codes is None else ("narrowed", *sorted(codes))
        return self._json(("scores", name, *narrowed), lambda: boards.summary(bench, codes))

    def per_language(self, name: str) -> Encoded:
        """A board's means by language."""
        kept = self.prepared(f"benchmarks/{name}/per-language")
        if kept is not None:
            return kept
        return self._json(("per-language", name), lambda: self._service.per_language(name))

    def leaders(self, name: str, buckets: Buckets) -> Encoded:
        """The best model of each size class."""
        key = ("leaders", name, repr(buckets))
        return self._json(key, lambda: self._service.leaders(name, buckets))

    def export(self, name: str, form: str) -> Encoded:
        """A board as a file: `csv` or `parquet`."""
        from frontrunner.answers.downloads import csv_of, parquet_of  # noqa: PLC0415

        self._service.find_benchmark(name)
        make, media_type = {
            "csv": (csv_of, "text/csv; charset=utf-8"),
            "parquet": (parquet_of, "application/vnd.apache.parquet"),
        }[form]
        return self._cache.get(
            (form, name), lambda: _encoded(make(self._service.board(name)), media_type)
        )

    def all_scores(self) -> Encoded:
        """All scores of the snapshot as Parquet. Raises CorruptSnapshotError without them.

        In memory, for copies of the site: a server sends the file itself.
        """
        snapshot = self._service.snapshot
        try:
            body = (snapshot.folder / SCORES_PARQUET).read_bytes()
        except OSError as error:
            raise CorruptSnapshotError(f"{snapshot.id} has no scores: {error}") from error
        return _encoded(body, "application/vnd.apache.parquet")

    # --- tasks --------------------------------------------------------------------------------

    def tasks(self, wanted: TaskFilter) -> Encoded:
        """The list of tasks that a filter leaves."""
        if wanted.is_empty:
            return self._list("tasks")
        service = self._service
        return self._json(
            ("tasks", repr(wanted)), lambda: wanted.apply(service.entities, service.numbers)
        )

    def task(self, name: str) -> Encoded:
        """One task, without scores."""
        task, entities = self._service.find_task(name), self._service.entities
        count = self._service.numbers.tasks.get(name, 0)
        return self._json(("task", name), lambda: entities.task(task, count))

    def task_scores(self, name: str, data_revision: str | None = None) -> Encoded:
        """All models' scores on a task.

        `data_revision` marks results on other data (`any`) or leaves them out (`catalog`). Raises
        UsageError for another value.
        """
        from frontrunner.answers.scores import task_scores  # noqa: PLC0415

        service = self._service
        task, hosts = service.find_task(name), service.hosts.get(name, [])
        return self._json(
            ("task-scores", name, data_revision or ""),
            lambda: task_scores(
                service.entities, task, service.task_results(name, data_revision), hosts
            ),
        )

    def statistics(self, name: str) -> Encoded:
        """A task's descriptive statistics."""
        kept = self._service.snapshot.statistics.get(name)
        if kept is None:
            self._service.find_task(name)
            raise UnknownNameError(f"No descriptive stats for task: {name}")
        return kept

    # --- models -------------------------------------------------------------------------------

    def models(self, wanted: ModelFilter) -> Encoded:
        """The list of models that a filter leaves."""
        if wanted.is_empty:
            return self._list("models")
        return self._json(("models", repr(wanted)), lambda: wanted.apply(self._service.entities))

    def model(self, name: str) -> Encoded:
        """One model, without scores."""
        model, entities = self._service.find_model(name), self._service.entities
        return self._json(("model", name), lambda: entities.model(model))

    def model_scores(self, name: str) -> Encoded:
        """A model's row on every board."""
        kept = self.prepared(f"models/{name}/scores")
        if kept is not None:
            return kept
        from frontrunner.answers.scores import model_scores  # noqa: PLC0415

        service = self._service
        model = service.find_model(name)
        return self._json(
            ("model-scores", name), lambda: model_scores(service.entities, model, service.lines)
        )

    # --- beyond mteb's service ----------------------------------------------------------------

    def rank(self, request: RankRequest) -> Encoded:
        """Rank the benchmark or the tasks that a request names."""
        from frontrunner.answers.rerank import rendered  # noqa: PLC0415

        return self._json(("rank", repr(request)), lambda: rendered(self._service, request))

    def ties(self, wanted: TiesRequest) -> Encoded:
        """The models that are tied with one."""
        from frontrunner.answers.ties import ties  # noqa: PLC0415

        return self._json(("ties", repr(wanted)), lambda: ties(self._service, wanted))

    def source(self, wanted: SourceRequest) -> Encoded:
        """Where a score comes from."""
        from frontrunner.answers.provenance import score_source  # noqa: PLC0415

        return self._json(("source", repr(wanted)), lambda: score_source(self._service, wanted))

    def info(self) -> Encoded:
        """The snapshot being served, and its sources."""
        return self._json(("snapshot",), self._service.info)

    def _list(self, key: str) -> Encoded:
        """One of the lists, prepared or not."""
        kept = self.prepared(key)
        if kept is not None:
            return kept
        from frontrunner.answers.prepare import list_answers  # noqa: PLC0415

        service = self._service
        return self._json((key,), list_answers(service.entities, service.numbers)[key])

    def _json(self, key: Key, make: Callable[[], object]) -> Encoded:
        return self._cache.get(key, lambda: _encoded(msgspec.json.encode(make()), JSON))


def _encoded(body: bytes, media_type: str) -> Encoded:
    return Encoded(media_type, body_tag(body), body)
