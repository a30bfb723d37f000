"""Preparing answers: all that are asked for often, the same as if they were made on demand."""

from __future__ import annotations

import errno
import os
from concurrent.futures import BrokenExecutor
from pathlib import Path

import msgspec
import pytest

from frontrunner.answers import boards
from frontrunner.answers import prepare as prepare_module
from frontrunner.answers.boards import BoardRenderer
from frontrunner.answers.entities import Entities
from frontrunner.answers.prepare import NUMBERS, Numbers, Shown, count, prepare
from frontrunner.base.atomic import remove_folder
from frontrunner.base.errors import HelpersError, UnpreparedError
from frontrunner.catalog import Benchmark
from frontrunner.ranking import Question
from frontrunner.ranking.means import score
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.prepared import ANSWERS
from frontrunner.snapshot.reader import Snapshot
from tests.factories import catalog, scope, snapshot_of, task, write_scores

TASKS = [task("T1"), task("T2", type="Retrieval"), task("T3")]


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    boards = [
        Benchmark(name=name, display_name=name, scopes=tuple(map(scope, some)), on_menu=True)
        for name, some in (("Both", TASKS[:2]), ("Empty", TASKS[2:]))
    ]
    known = catalog(TASKS, models=["org/a", "org/b"], benchmarks=boards)
    scores = {"org/a": {"T1": 0.9, "T2": 0.5}, "org/b": {"T1": 0.8}}
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    return snapshot_of(tmp_path / "home", read)


def keys(snapshot: Snapshot) -> set[str]:
    pack = Snapshot(snapshot.folder).prepared
    assert pack is not None
    return set(pack.keys())


def test_boards_lists_and_models_are_prepared(snapshot: Snapshot) -> None:
    boards = {f"benchmarks/{n}/{v}" for n in ("Both", "Empty") for v in ("scores", "per-language")}
    lists = {"benchmarks", "benchmarks?include_hidden", "benchmarks/menu", "tasks", "models"}
    models = {f"models/{name}/scores" for name in ("org/a", "org/b")}
    assert keys(snapshot) == boards | lists | models | {NUMBERS}


@pytest.mark.parametrize("at_once", [1, 256])
@pytest.mark.parametrize("name", ["Both", "Empty"])
def test_rows_by_language_are_the_same_however_many_are_encoded_at_once(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, at_once: int, name: str
) -> None:
    monkeypatch.setattr(boards, "_ROWS_AT_ONCE", at_once)
    renderer = BoardRenderer(Entities(snapshot.catalog), snapshot.facts, snapshot.table)
    bench = snapshot.catalog.benchmark_by_name[name]
    rows = score(snapshot.table, Question.of(bench))
    whole = msgspec.json.encode(renderer.per_language(bench))
    assert renderer.per_language_body(bench, rows) == whole


def test_no_more_processes_than_a_gigabyte_has_room_for(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert prepare_module._workers(snapshot) == 1
    many = msgspec.structs.replace(snapshot.catalog, benchmarks=snapshot.catalog.benchmarks * 40)
    monkeypatch.setattr(snapshot, "catalog", many)
    assert prepare_module._workers(snapshot) == 10
    rows = snapshot.manifest.provenance.counts.rows
    monkeypatch.setattr(prepare_module, "_ROWS_OF_ALL", 3 * rows)
    assert prepare_module._workers(snapshot) == 3
    monkeypatch.setattr(prepare_module, "_ROWS_OF_ALL", 0)
    assert prepare_module._workers(snapshot) == 2


def test_counts_are_those_of_the_boards(snapshot: Snapshot) -> None:
    pack = snapshot.prepared
    assert pack is not None
    kept = msgspec.json.decode(pack.body(NUMBERS) or b"", type=Numbers)
    shown = {"Both": Shown(tasks=2, models=2, complete=1), "Empty": Shown(0, 0, 0)}
    assert kept == Numbers(1, {"Both": 1, "Empty": 0}, {"T1": 2, "T2": 1}, shown)
    renderer = BoardRenderer(Entities(snapshot.catalog), snapshot.facts, snapshot.table)
    numbers, lines = count(renderer, snapshot.catalog)
    assert numbers == kept
    assert lines["Both"].by_model["org/a"].scores_by_task_type == {"STS": 0.9, "Retrieval": 0.5}
    assert lines["Empty"].total == 0


def test_they_are_made_once_unless_asked_again(snapshot: Snapshot) -> None:
    folder = snapshot.folder / ANSWERS
    before = folder.stat().st_ino
    prepare(Snapshot(snapshot.folder))
    assert folder.stat().st_ino == before
    prepare(Snapshot(snapshot.folder), again=True)
    assert folder.stat().st_ino != before
    remove_folder(folder)
    prepare(Snapshot(snapshot.folder))
    assert keys(snapshot)


def test_equal_snapshots_have_equal_answers(snapshot: Snapshot) -> None:
    files = {one.name: one.read_bytes() for one in (snapshot.folder / ANSWERS).iterdir()}
    prepare(Snapshot(snapshot.folder), again=True)
    assert {one.name: one.read_bytes() for one in (snapshot.folder / ANSWERS).iterdir()} == files


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left.* Free disk space and"),
        (OSError(errno.EACCES, "Permission denied"), "Permission denied.* Correct that and"),
        (BrokenExecutor(), "killed a worker process.* Correct that and"),
        (HelpersError("None can be started."), "None can be started.* Correct that and"),
    ],
)
def test_answers_that_cannot_be_prepared_say_what_servers_do_and_what_to_do(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(prepare_module, "_shared_out", fails)
    expected = rf"answers of snapshot {snapshot.id} could not .*{words} run: frontrunner prepare$"
    with pytest.raises(UnpreparedError, match=expected) as told:
        prepare(snapshot, again=True)
    assert told.value.snapshot == snapshot.id
    assert keys(snapshot)  # those from before
