"""The plan and the conversation with the worker; no mteb, no torch."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from frontrunner.base.errors import EvaluationError, UnknownNameError
from frontrunner.evaluate import result_paths, runner
from frontrunner.evaluate.runner import Event, Plan
from frontrunner.evaluate.suite import STARTER, Suite, read_revisions

LSA, HASHING = "baseline/lsa-256", "baseline/hashing-2048"


def _plan(output: Path, **options: bool) -> Plan:
    tasks = ["StarterWordSTS", "StarterDocsRetrieval"]
    return runner.make_plan(
        "starter", [HASHING, LSA], tasks, output, overwrite=options.get("overwrite", False)
    )


def test_a_plan_follows_the_catalogs_order(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    assert list(plan.cells) == [LSA, HASHING]
    assert plan.cells[LSA] == ["StarterDocsRetrieval", "StarterWordSTS"]
    assert plan.count == 4


def test_results_in_place_are_kept_unless_told_otherwise(tmp_path: Path) -> None:
    _write_result(tmp_path, read_revisions(STARTER / "datasets.toml")["StarterWordSTS"])
    assert _plan(tmp_path).kept == {LSA: ["StarterWordSTS"]}
    assert _plan(tmp_path).count == 3
    assert _plan(tmp_path, overwrite=True).count == 4


@pytest.mark.parametrize("revision", ["of other data", '"'])
def test_a_result_on_other_data_or_a_broken_one_is_measured_again(
    tmp_path: Path, revision: str
) -> None:
    _write_result(tmp_path, revision)
    assert _plan(tmp_path).kept == {}


def _write_result(output: Path, revision: str) -> None:
    path = result_paths.result_file(output, LSA, Suite().models[LSA]["revision"], "StarterWordSTS")
    path.parent.mkdir(parents=True)
    path.write_text('{"dataset_revision": "' + revision + '"}')


@pytest.mark.parametrize(
    ("benchmark", "models", "tasks"),
    [("nope", [], []), ("starter", ["nope"], []), ("starter", [], ["nope"])],
)
def test_unknown_names_are_told_with_the_known_ones(
    benchmark: str, models: list[str], tasks: list[str]
) -> None:
    with pytest.raises(UnknownNameError, match=r"'nope'.*There are: "):
        runner.make_plan(benchmark, models, tasks, Path("x"), overwrite=False)


def _fake_python(tmp_path: Path, script: str) -> Path:
    """An environment whose Python runs `script` whatever it is asked to run."""
    python = tmp_path / "env/bin/python"
    python.parent.mkdir(parents=True)
    (tmp_path / "script.py").write_text(script)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/script.py"\n')
    python.chmod(0o755)
    return python


_ANSWER_ALL = """
import json, sys
for model, tasks in json.load(sys.stdin)["cells"].items():
    for task in tasks:
        print(json.dumps({"event": "measured", "model": model, "task": task, "score": 0.5}))
"""

_DIE = "import sys; sys.stdin.read(); sys.exit('the disk is full')"

_REFUSE = """
import sys; sys.stdin.read(); print('{"event": "error", "message": "the data differs"}')
"""


def test_every_event_is_heard_and_every_result_returned(tmp_path: Path) -> None:
    heard: list[Event] = []
    plan = _plan(tmp_path / "out")
    measured = runner.run(plan, _fake_python(tmp_path, _ANSWER_ALL), 1, heard.append)
    assert measured == heard
    assert [(e.model, e.task) for e in measured] == [
        (m, t) for m in plan.cells for t in plan.cells[m]
    ]


def test_a_worker_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"0 of 4 results(.|\n)*the disk is full"):
        runner.run(_plan(tmp_path), _fake_python(tmp_path, _DIE), 1, lambda _: None)


def test_what_the_worker_refuses_is_an_error_here(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="the data differs"):
        runner.run(_plan(tmp_path), _fake_python(tmp_path, _REFUSE), 1, lambda _: None)


def test_a_line_that_is_no_event_is_refused() -> None:
    with pytest.raises(EvaluationError, match="not an event"):
        list(runner.worker_events([b"hello\n"]))


def test_the_worker_gets_no_path_of_ours_and_no_hub() -> None:
    environ = runner.worker_environ({"PYTHONPATH": "x", "HOME": "h"}, 2)
    assert "PYTHONPATH" not in environ
    assert environ["HOME"] == "h"
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert environ["OMP_NUM_THREADS"] == "2"
