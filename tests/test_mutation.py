"""The counting of mutants, and the list of those that change nothing."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from bench import mutation
from bench.mutation import (
    ROOT,
    Score,
    forget_survivors,
    outcomes,
    sample_of,
    settings,
    table,
    together,
    undecorated,
)

CODE = """
def plain(): ...
@staticmethod
def static(): ...
@classmethod
def made(cls): ...
@property
def value(self): ...
@cache
@classmethod
def both(cls): ...
"""


def test_every_equivalent_mutant_has_a_reason() -> None:
    listed = tomllib.loads((ROOT / "bench" / "equivalents.toml").read_text(encoding="utf-8"))
    for one in listed["equivalent"]:
        assert one.keys() == {"function", "was", "becomes", "reason"}
        assert len(one["reason"]) > 10
    assert sum(mutation.equivalents().values()) == len(listed["equivalent"])


def test_decorated_functions_are_counted(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(CODE)
    assert list(undecorated(tmp_path)) == [True, True, True, False, False]


def test_a_sample_is_the_same_every_time() -> None:
    names = [f"mutant_{number}" for number in range(100)]
    assert sample_of(names, 10) == sample_of(names[::-1], 10)
    assert len(set(sample_of(names, 10))) == 10
    assert sample_of(names, 200) == sample_of(names, 100)


def test_options_for_other_runs_of_pytest_do_not_reach_mutmut() -> None:
    made = settings({"PYTEST_ADDOPTS": "--randomly-seed=1", "PATH": "/bin", "CI": ""})
    assert made == {"PATH": "/bin", "CI": "1", "PYTHONPATH": ""}


def test_survivors_are_tested_again(tmp_path: Path) -> None:
    folder = tmp_path / "mutants" / "src"
    folder.mkdir(parents=True)
    codes = {"killed": 1, "survived": 0, "unreached": 33, "timeout": 36, "new": None}
    (folder / "a.py.meta").write_text(json.dumps({"exit_code_by_key": codes, "other": 1}))
    forget_survivors(tmp_path)
    expected = codes | {"survived": None, "unreached": None}
    assert outcomes(tmp_path) == expected
    assert json.loads((folder / "a.py.meta").read_bytes())["other"] == 1


def test_only_the_sample_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "mutants" / "src"
    folder.mkdir(parents=True)
    codes = {f"mutant_{number}": 1 if number % 3 else -24 for number in range(30)}
    (folder / "a.py.meta").write_text(json.dumps({"exit_code_by_key": codes | {"new": None}}))
    names = sample_of([*codes, "new"], 12)
    assert mutation.sampled(tmp_path, 12) == {name: codes.get(name) for name in names}
    found = mutation.score("snapshot", tmp_path, 12)
    assert found.noticed == len([name for name in names if name in codes])
    assert found.timed_out == len([name for name in names if codes.get(name) == -24])
    assert mutation.score("snapshot", tmp_path).noticed == 30


@pytest.mark.parametrize(("noticed", "percent"), [(9, "90.0%"), (0, "0.0%")])
def test_the_score_leaves_equivalent_mutants_out(noticed: int, percent: str) -> None:
    survivor = ("name", mutation.Change("f", "a", "b"))
    one = Score("ranking", noticed, (survivor,), 5, 3, 2)
    assert f"| ranking | {noticed + 6} | {noticed} | 3 | 5 | {percent} | 2 |" in table([one])
    assert Score("empty", 0, (), 0, 0, 0).percent == 100


@pytest.mark.parametrize(("sample", "least", "code"), [(15, 90, 0), (15, 99, 1), (None, 90, 1)])
def test_a_sample_is_judged_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sample: int | None,
    least: int,
    code: int,
) -> None:
    change = mutation.Change("f", "a", "b")
    found = {
        "ranking": Score("ranking", 8, (("one", change), ("two", change)), 1, 2, 3),
        "checks": Score("checks", 90, (), 4, 5, 6),
    }
    assert together(list(found.values()))[1:] == (98, found["ranking"].survivors, 5, 7, 9)
    monkeypatch.setattr(mutation, "examine", lambda package, _: found[package])
    words = ["--least", str(least), *(["--sample", str(sample)] if sample else []), *found]
    monkeypatch.setattr("sys.argv", ["mutation", *words])
    with pytest.raises(SystemExit) as ended:
        mutation.main()
    assert ended.value.code == code
    assert "| all | 105 | 98 | 7 | 5 | 98.0% | 9 |" in capsys.readouterr().out
