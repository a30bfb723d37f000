"""Make the answers that a snapshot keeps ready, in as many processes as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from frontrunner.answers.boards import BoardRenderer
from frontrunner.answers.entities import Entities
from frontrunner.answers.rendered import RenderedSummary, present_rows
from frontrunner.answers.scores import BoardLines, board_lines, model_scores
from frontrunner.base.atomic import hidden_folder
from frontrunner.base.errors import HELPER_ENDED, FrontrunnerError, HelpersError
from frontrunner.base.memory import return_freed_memory
from frontrunner.catalog import Benchmark, Catalog
from frontrunner.ranking.coverage import models_with_every_cell, models_with_every_task
from frontrunner.ranking.means import Scored
from frontrunner.results.collecting import collector_paused
from frontrunner.results.read import Progress
from frontrunner.results.workers import give_way, helpers
from frontrunner.snapshot.answers import (
    JSON,
    Answer,
    AnswerPack,
    Encoded,
    body_tag,
    encode,
    write_pack,
)
from frontrunner.snapshot.prepared import keep_answers, unprepared
from frontrunner.snapshot.reader import Snapshot


class Shown(msgspec.Struct, frozen=True):
    """What a board's own page says of its size."""

    tasks: int
    """Tasks on which any model has a score."""
    models: int
    complete: int
    """Models that completed all of these tasks."""


class Numbers(msgspec.Struct, frozen=True):
    """Counts that the build of the answers gives; stored with the answers."""

    boards: int
    """Benchmarks with at least one ranked row."""
    benchmarks: dict[str, int]
    """How many models were run on every task of a benchmark."""
    tasks: dict[str, int]
    """How many models were run on every subset and split of a task."""
    shown: dict[str, Shown] = {}
    """Benchmark -> its board in numbers; empty in answers of an earlier version."""


NUMBERS = "numbers"
_ROWS_OF_ALL = 32_000_000
"""Scores of the snapshot times processes: at ten times the public results, with 13 million scores,
each of two processes takes up to 400 MB."""


class _Share(NamedTuple):
    """What one process made, besides the answers that it wrote."""

    lines: list[BoardLines]
    benchmarks: dict[str, int]


def prepare(snapshot: Snapshot, progress: Progress | None = None, *, again: bool = False) -> None:
    """Prepare all answers that are requested often or slow to make, unless they exist.

    With `again` they are made in any case, and replace those that exist when they are complete.

    Answers about one task are left to the server: they are thousands, each is quick to make, and
    few are asked for between one snapshot and the next. Raises UnpreparedError if the answers
    cannot be written, or if the system starts no helper processes, or kills one.
    """
    if not again and snapshot.prepared is not None:
        return
    try:
        # On the disk meanwhile: all boards of a large archive do not fit into memory.
        with hidden_folder(snapshot.folder, "shares") as aside:
            made = _shared_out(snapshot, progress, aside)
            packs = [AnswerPack(aside, _share_name(number)) for number in range(len(made))]
            keep_answers(snapshot.folder, _all_answers(snapshot, made, packs))
            for pack in packs:
                pack.close()
    except (OSError, HelpersError) as error:
        raise unprepared(snapshot.id, error) from error
    except BrokenExecutor as error:
        raise unprepared(snapshot.id, FrontrunnerError(HELPER_ENDED)) from error


def _share_name(number: int) -> str:
    return f"share-{number}"


def _shared_out(snapshot: Snapshot, progress: Progress | None, aside: Path) -> list[_Share]:
    """Every benchmark's answers, from as many processes as pay; they are written to `aside`."""
    workers = _workers(snapshot)
    if workers == 1:
        return [_make_share(snapshot.folder, 0, 1, aside)]
    shares = [(snapshot.folder, share, workers, aside) for share in range(workers)]
    made = []
    with helpers(workers, give_way) as pool:
        for share in pool.map(_make_share, *zip(*shares, strict=True)):
            made.append(share)
            if progress:
                progress(len(made), workers)
    return made


def _workers(snapshot: Snapshot) -> int:
    """As many as pay, and no more than a gigabyte has room for."""
    room = max(2, _ROWS_OF_ALL // max(1, snapshot.manifest.provenance.counts.rows))
    return min(os.cpu_count() or 1, max(1, len(snapshot.catalog.benchmarks) // 8), room)


def _all_answers(
    snapshot: Snapshot, made: list[_Share], packs: Sequence[AnswerPack]
) -> Iterator[tuple[str, Encoded]]:
    catalog = snapshot.catalog
    lines = {one.benchmark: one for share in made for one in share.lines}
    benchmarks = {name: n for share in made for name, n in share.benchmarks.items()}
    ranked = sum(bool(one.total) for one in lines.values())
    cells = models_with_every_cell(snapshot.table, catalog)
    numbers = Numbers(ranked, benchmarks, cells, _shown(lines.values()))
    place = {key: pack for pack in packs for key in list(pack.keys())}
    for bench in catalog.benchmarks:
        for view in ("scores", "per-language"):
            key = f"benchmarks/{bench.name}/{view}"
            found = place[key].get(key)
            if found is None:  # another program cut off the file meanwhile
                raise OSError(f"{key} cannot be read back")
            yield key, found
    entities = Entities(catalog)
    for key, make in list_answers(entities, numbers).items():
        yield key, encode(Answer(key, msgspec.json.encode(make())))
    for name, body in model_answers(entities, lines):
        # Small, many and rarely requested: the server compresses them on request.
        yield f"models/{name}/scores", Encoded(JSON, body_tag(body), body)
    yield NUMBERS, encode(Answer(NUMBERS, msgspec.json.encode(numbers)))


def _shown(lines: Iterable[BoardLines]) -> dict[str, Shown]:
    return {one.benchmark: Shown(one.tasks, one.total, one.complete) for one in lines}


def list_answers(entities: Entities, numbers: Numbers) -> dict[str, Callable[[], object]]:
    """What makes each of the lists, unfiltered, and the menu."""
    catalog = entities.catalog
    counts = numbers.benchmarks

    def benchmarks(hidden: bool) -> object:
        every = (entities.benchmark(b, counts.get(b.name, 0)) for b in catalog.benchmarks)
        return [bench for bench in every if hidden or bench.display_on_leaderboard]

    def tasks() -> object:
        return [
            entities.task(task, numbers.tasks.get(task.name, 0))
            for task in catalog.tasks
            if not task.aggregate
        ]

    return {
        "benchmarks": lambda: benchmarks(False),
        "benchmarks?include_hidden": lambda: benchmarks(True),
        "benchmarks/menu": lambda: entities.menu(counts),
        "tasks": tasks,
        "models": lambda: [entities.model_json(m.name, -1) for m in catalog.models],
    }


def model_answers(
    entities: Entities, lines: Mapping[str, BoardLines]
) -> Iterator[tuple[str, bytes]]:
    """Each model's scores on all boards."""
    boards = [(bench, lines[bench.name]) for bench in entities.catalog.benchmarks]
    for model in entities.catalog.models:
        yield model.name, msgspec.json.encode(model_scores(entities, model, boards))


def _make_share(folder: Path, share: int, shares: int, aside: Path) -> _Share:
    """Every `shares`-th benchmark, heaviest first, so that the shares take equally long."""
    snapshot = Snapshot(folder)
    catalog = snapshot.catalog
    renderer = BoardRenderer(Entities(catalog), snapshot.facts, snapshot.table)
    by_weight = sorted(
        catalog.benchmarks, key=lambda bench: -sum(len(scope.subsets) for scope in bench.scopes)
    )
    made = _Share([], {})
    with collector_paused():
        boards = (_make_board(renderer, bench, made) for bench in by_weight[share::shares])
        write_pack(aside, _share_name(share), chain.from_iterable(boards))
    return made


def _make_board(
    renderer: BoardRenderer, bench: Benchmark, made: _Share
) -> Iterator[tuple[str, Encoded]]:
    """One benchmark's answers; what counts for others is added to what a process made."""
    return_freed_memory()  # the previous board is freed only now
    rows, summary = _ranked(renderer, bench, made.lines, made.benchmarks)
    body = msgspec.json.encode(summary)
    del summary  # twice as large as its JSON
    yield _encoded(f"benchmarks/{bench.name}/scores", body)
    del body  # before the next is made
    body = renderer.per_language_body(bench, rows)
    del rows
    return_freed_memory()
    yield _encoded(f"benchmarks/{bench.name}/per-language", body)


def _encoded(key: str, body: bytes) -> tuple[str, Encoded]:
    return key, encode(Answer(key, body))


def _ranked(
    renderer: BoardRenderer, bench: Benchmark, lines: list[BoardLines], complete: dict[str, int]
) -> tuple[Scored, RenderedSummary]:
    rows, board, summary = renderer.ranked(bench)
    models = [run.model for run in renderer.runs(board.variants.tolist())]
    # A board without types shows none.
    types = board.task_types if summary.task_types else ()
    by_type = present_rows(types, board.by_type[:, : len(types)])
    every_task = int(np.count_nonzero(board.tasks_complete >= len(board.tasks)))
    found = board_lines(summary, models, by_type)
    lines.append(found._replace(tasks=len(board.tasks), complete=every_task))
    complete[bench.name] = models_with_every_task(rows, len(bench.scopes))
    return rows, summary


def count(renderer: BoardRenderer, catalog: Catalog) -> tuple[Numbers, dict[str, BoardLines]]:
    """The counts and lines of all boards, for a snapshot without prepared answers."""
    lines: list[BoardLines] = []
    complete: dict[str, int] = {}
    for bench in catalog.benchmarks:
        _ranked(renderer, bench, lines, complete)
    ranked = sum(bool(one.total) for one in lines)
    cells = models_with_every_cell(renderer.table, catalog)
    numbers = Numbers(ranked, complete, cells, _shown(lines))
    return numbers, {one.benchmark: one for one in lines}
