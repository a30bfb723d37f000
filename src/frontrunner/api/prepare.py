"""Make the answers that a snapshot keeps ready, in as many processes as there are cores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.api.boards import BoardRenderer
from frontrunner.api.entities import Entities
from frontrunner.api.scores import BoardLines, board_lines, model_scores
from frontrunner.catalog import Benchmark, Catalog
from frontrunner.ranking import Facts, Question, rank
from frontrunner.ranking.coverage import models_with_every_cell, models_with_every_task
from frontrunner.ranking.means import score
from frontrunner.results.collecting import collector_paused
from frontrunner.results.read import Progress
from frontrunner.snapshot.answers import JSON, Answer, Encoded, body_tag, compressed_only, encode
from frontrunner.snapshot.build import Inputs, Prepared
from frontrunner.snapshot.reader import CATALOG
from frontrunner.snapshot.tables import read_table


class Numbers(msgspec.Struct, frozen=True):
    """How many models were run on everything; kept beside the answers."""

    benchmarks: dict[str, int]
    tasks: dict[str, int]


NUMBERS = "numbers"


class _Share(NamedTuple):
    """What one process made."""

    answers: list[tuple[str, Encoded]]
    lines: list[BoardLines]
    benchmarks: dict[str, int]


def prepare(inputs: Inputs, folder: Path, progress: Progress | None = None) -> Prepared:
    """All answers that depend on the snapshot alone and are asked for often, or slow to make.

    Answers about one task are left to the server: they are thousands, each is quick to make, and
    few are asked for between one snapshot and the next.
    """
    catalog = inputs.catalog
    workers = min(os.cpu_count() or 1, max(1, len(catalog.benchmarks) // 8))
    shares = [(folder, share, workers) for share in range(workers)]
    if workers == 1:
        made = [_make_share(*shares[0])]
    else:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            made = []
            for share in pool.map(_make_share, *zip(*shares, strict=True)):
                made.append(share)
                if progress:
                    progress(len(made), workers)
    numbers = Numbers(
        {name: n for share in made for name, n in share.benchmarks.items()},
        models_with_every_cell(inputs.ingested.table, catalog),
    )
    boards = sum(bool(lines.total) for share in made for lines in share.lines)
    return Prepared(_all_answers(inputs, made, numbers), boards)


def _all_answers(
    inputs: Inputs, made: list[_Share], numbers: Numbers
) -> Iterator[tuple[str, Encoded]]:
    boards = dict(pair for share in made for pair in share.answers)
    for bench in inputs.catalog.benchmarks:
        for view in ("scores", "per-language"):
            key = f"benchmarks/{bench.name}/{view}"
            yield key, boards[key]
    entities = Entities(inputs.catalog)
    for answer in list_answers(entities, numbers):
        yield answer.key, encode(answer)
    lines = {one.benchmark: one for share in made for one in share.lines}
    for name, body in model_answers(entities, lines):
        # A thousand small ones, of which few are asked for: compressed by the server.
        yield f"models/{name}/scores", Encoded(JSON, body_tag(body), body)
    yield NUMBERS, encode(Answer(NUMBERS, msgspec.json.encode(numbers)))
    for task, packed in inputs.statistics.items():
        yield f"tasks/{task}/descriptive_statistics", compressed_only(JSON, packed)


def list_answers(entities: Entities, numbers: Numbers) -> Iterator[Answer]:
    """The lists, unfiltered, and the menu."""
    catalog = entities.catalog
    counts = numbers.benchmarks
    benchmarks = [entities.benchmark(b, counts.get(b.name, 0)) for b in catalog.benchmarks]
    shown = [bench for bench in benchmarks if bench.display_on_leaderboard]
    tasks = [
        entities.task(task, numbers.tasks.get(task.name, 0))
        for task in catalog.tasks
        if not task.aggregate
    ]
    yield Answer("benchmarks", msgspec.json.encode(shown))
    yield Answer("benchmarks?include_hidden", msgspec.json.encode(benchmarks))
    yield Answer("benchmarks/menu", msgspec.json.encode(entities.menu(counts)))
    yield Answer("tasks", msgspec.json.encode(tasks))
    yield Answer(
        "models", msgspec.json.encode([entities.model_json(m.name, -1) for m in catalog.models])
    )


def model_answers(
    entities: Entities, lines: Mapping[str, BoardLines]
) -> Iterator[tuple[str, bytes]]:
    """Each model's scores on all boards."""
    boards = [(bench, lines[bench.name]) for bench in entities.catalog.benchmarks]
    for model in entities.catalog.models:
        yield model.name, msgspec.json.encode(model_scores(entities, model, boards))


def _make_share(folder: Path, share: int, shares: int) -> _Share:
    """Every `shares`-th benchmark, heaviest first, so that the shares take equally long."""
    catalog = msgspec.json.decode((folder / CATALOG).read_bytes(), type=Catalog)
    renderer = BoardRenderer(Entities(catalog), Facts.of(catalog), read_table(folder))
    by_weight = sorted(
        catalog.benchmarks, key=lambda bench: -sum(len(scope.subsets) for scope in bench.scopes)
    )
    made = _Share([], [], {})
    with collector_paused():
        for bench in by_weight[share::shares]:
            _make_board(renderer, bench, made)
    return made


def _make_board(renderer: BoardRenderer, bench: Benchmark, made: _Share) -> None:
    """Add one benchmark's answers to what a process made."""
    question = Question.of(bench)
    rows = score(renderer.table, question)
    summary = renderer.summary_of(bench, rank(renderer.table, renderer.facts, question, rows))
    made.lines.append(board_lines(summary))
    made.benchmarks[bench.name] = models_with_every_task(rows, len(bench.scopes))
    languages = renderer.per_language(bench, rows)
    for view, answer in (("scores", summary), ("per-language", languages)):
        key = f"benchmarks/{bench.name}/{view}"
        made.answers.append((key, encode(Answer(key, msgspec.json.encode(answer)))))
