"""The environment, the plan and the conversation with the worker; no mteb, no torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontrunner.base.errors import EvaluationError, UnknownNameError
from frontrunner.evaluate import environment, layout, runner
from frontrunner.evaluate.runner import Event, Plan
from frontrunner.evaluate.suite import STARTER, Suite, read_revisions

LSA, HASHING = "baseline/lsa-256", "baseline/hashing-2048"


def _plan(output: Path, **options: bool) -> Plan:
    tasks = ["StarterWordSTS", "StarterDocsRetrieval"]
    return runner.make_plan(
        "starter", [HASHING, LSA], tasks, output, overwrite=options.get("overwrite", False)
    )


# --- plan -----------------------------------------------------------------------------------------


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
    path = layout.result_file(output, LSA, Suite().models[LSA]["revision"], "StarterWordSTS")
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


# --- layout ---------------------------------------------------------------------------------------


def test_result_files_lie_as_the_public_ones_do() -> None:
    path = layout.result_file(Path("out"), "org/a model", "rev", "Task")
    assert path == Path("out/org__a_model/rev/Task.json")


def test_placing_replaces_whole_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "deep/er/Task.json"
    for text in ("first", "second"):
        source.write_text(text)
        layout.place(source, target)
        assert target.read_text() == text
    assert [p.name for p in target.parent.iterdir()] == ["Task.json"]


# --- environment ----------------------------------------------------------------------------------


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(EvaluationError, match="is not a virtual environment"):
        environment.ensure(tmp_path, lambda _: None)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_failing_step_says_what_it_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/sh")
    with pytest.raises(EvaluationError, match="Could not make a virtual environment"):
        environment.ensure(tmp_path / "new", lambda _: None)


def test_an_environment_is_ready_only_with_the_wanted_stamp(tmp_path: Path) -> None:
    python = environment.python_of(tmp_path)
    python.parent.mkdir(parents=True)
    python.touch()
    stamp = tmp_path / "frontrunner-evaluate.stamp"
    assert not environment.is_ready(tmp_path)
    stamp.write_text("of another lock file")
    assert not environment.is_ready(tmp_path)
    stamp.write_text(environment.wanted_stamp())
    assert environment.is_ready(tmp_path)
    assert environment.ensure(tmp_path, lambda _: None) == python


def test_the_lock_has_hashes_and_no_torch_and_pins_what_the_data_is_made_from() -> None:
    lock = (environment.REQUIREMENTS / "evaluate.txt").read_text()
    names = [line.split("==")[0] for line in lock.splitlines() if line[:1].isalpha()]
    assert lock.count("--hash=sha256:") >= len(names)
    assert "torch" not in names
    for source in ("mteb", "numpy", "scipy", "scikit-learn", "django", "gensim"):
        assert source in names


# --- worker ---------------------------------------------------------------------------------------


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
        list(runner.read_events([b"hello\n"]))


def test_the_worker_gets_no_path_of_ours_and_no_hub() -> None:
    environ = runner.worker_environ({"PYTHONPATH": "x", "HOME": "h"}, 2)
    assert "PYTHONPATH" not in environ
    assert environ["HOME"] == "h"
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert environ["OMP_NUM_THREADS"] == "2"


def test_bootstrap_makes_this_package_importable_and_nothing_beside_it() -> None:
    bootstrap = Path(runner.__file__).with_name("bootstrap.py")
    code = (
        f"import runpy, sys; sys.argv = ['b', 'frontrunner.evaluate.suite']; "
        f"runpy.run_path({str(bootstrap)!r}, run_name='__main__'); "
        "import json; print(json.dumps([p for p in sys.path if 'frontrunner' in p]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


# --- what is committed ----------------------------------------------------------------------------


def test_every_cell_of_the_starter_board_is_measured_on_the_data_described() -> None:
    suite, revisions = Suite(), read_revisions(STARTER / "datasets.toml")
    for name, model in suite.models.items():
        for task in suite.choose_tasks("starter", []):
            path = layout.result_file(STARTER / "results", name, model["revision"], task)
            result = json.loads(path.read_text())
            assert result["task_name"] == task
            assert result["dataset_revision"] == revisions[task]
            subsets = suite.tasks[task].get("subsets", {"default": []})
            assert {row["hf_subset"] for row in result["scores"]["test"]} == set(subsets)
            assert suite.tasks[task]["main_score"] in result["scores"]["test"][0]
