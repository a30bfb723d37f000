"""The environment that evaluations run in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from frontrunner.base.errors import EvaluationError
from frontrunner.evaluate import environment


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(EvaluationError, match="is not a virtual environment"):
        environment.ensure(tmp_path, lambda _: None)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_failing_step_says_what_it_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/sh")
    with pytest.raises(EvaluationError, match="Could not create a virtual environment"):
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
