"""A gate passes only on evidence, and only with a limit."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import LegacyError
from frontrunner.checks.gates import Gate, Measured, Verdict, judge, load_gates


def gate(
    *, at_least: float | None = None, at_most: float | None = None, minimum_sample: int = 10
) -> Gate:
    return Gate(
        name="g", measure="m", at_least=at_least, at_most=at_most, minimum_sample=minimum_sample,
        reason="r",
    )  # fmt: skip


LEAST = gate(at_least=0.5)
MOST = gate(at_most=0.5)
BETWEEN = gate(at_least=0.2, at_most=0.5)


@pytest.mark.parametrize(
    ("asked", "found", "verdict"),
    [
        (LEAST, Measured(0.5, 10), Verdict.PASSED),
        (LEAST, Measured(math.nextafter(0.5, 0), 10), Verdict.FAILED),
        (MOST, Measured(0.5, 10), Verdict.PASSED),
        (MOST, Measured(math.nextafter(0.5, 1), 10), Verdict.FAILED),
        (BETWEEN, Measured(0.2, 10), Verdict.PASSED),
        (BETWEEN, Measured(0.5, 10), Verdict.PASSED),
        (BETWEEN, Measured(0.1, 10), Verdict.FAILED),
        (BETWEEN, Measured(0.6, 10), Verdict.FAILED),
        (LEAST, Measured(0.9, 9), Verdict.INCONCLUSIVE),
        (LEAST, Measured(0.1, 9), Verdict.INCONCLUSIVE),
        (MOST, Measured(math.nan, 99), Verdict.INCONCLUSIVE),
        (LEAST, Measured(math.inf, 99), Verdict.INCONCLUSIVE),
        (MOST, Measured(-math.inf, 99), Verdict.INCONCLUSIVE),
        (LEAST, Measured(None, 99), Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict_of_a_gate(asked: Gate, found: Measured, verdict: Verdict) -> None:
    result = judge(asked, {"m": found, "other": Measured(0.5, 99)})
    assert result.verdict is verdict
    assert result.gate is asked
    assert result.sample == found.sample
    assert result.value is found.value


def test_a_measure_that_does_not_exist_is_an_error() -> None:
    result = judge(LEAST, {"other": Measured(1.0, 99)})
    assert (result.verdict, result.value, result.sample) == (Verdict.ERROR, None, 0)


def test_a_result_names_what_could_not_be_judged() -> None:
    assert judge(LEAST, {"m": Measured(0.9, 10, ("en", "fr"))}).unjudged == ("en", "fr")


@given(st.none() | st.floats(), st.integers(0, 20))
def test_a_gate_never_passes_on_too_little(value: float | None, sample: int) -> None:
    passed = judge(LEAST, {"m": Measured(value, sample)}).verdict is Verdict.PASSED
    enough = sample >= 10 and value is not None and math.isfinite(value)
    assert passed == (enough and value is not None and value >= 0.5)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({}, "needs a limit"),
        ({"at_least": 0.5, "minimum_sample": 0}, "minimum_sample of at least 1"),
        ({"at_least": 0.5, "minimum_sample": -1}, "minimum_sample of at least 1"),
        ({"at_least": math.nan}, "finite"),
        ({"at_most": math.inf}, "finite"),
        ({"at_least": 0.5, "at_most": math.nan}, "finite"),
        ({"at_least": 0.6, "at_most": 0.5}, "never pass"),
    ],
)
def test_a_gate_that_could_pass_without_evidence_is_refused(
    limits: dict[str, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        gate(**limits)  # type: ignore[arg-type]


def test_limits_that_meet_and_a_sample_of_one_are_allowed() -> None:
    only = gate(at_least=0.5, at_most=0.5, minimum_sample=1)
    assert judge(only, {"m": Measured(0.5, 1)}).verdict is Verdict.PASSED
    assert only.limit == ">= 0.5 and <= 0.5"
    assert LEAST.limit == ">= 0.5"
    assert MOST.limit == "<= 0.5"


GATE = '[[gate]]\nname = "g"\nmeasure = "m"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GATE + "minimum_sample = 0\nat_least = 1.0", "minimum_sample of at least 1"),
        (GATE + "minimum_sample = 1", "needs a limit"),
        (GATE + "minimum_sample = 1\nat_most = nan", "finite"),
        (GATE + "at_least = 1.0", "minimum_sample"),
        (GATE + "minimum_sample = 1\nat_lest = 1.0", "at_lest"),
        ("gate = []", "has no gate"),
        ("", "gate"),
        ((GATE + "minimum_sample = 1\nat_most = 1.0\n") * 2, "two gates of the name 'g'"),
    ],
)
def test_a_wrong_file_of_gates_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(text)
    with pytest.raises(LegacyError, match=words) as caught:
        load_gates(path)
    assert "gates.toml" in str(caught.value)


def test_a_file_of_gates_replaces_ours(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(GATE + "minimum_sample = 3\nat_most = 0.25")
    assert load_gates(path) == [
        Gate(name="g", measure="m", at_most=0.25, minimum_sample=3, reason="r")
    ]
    with pytest.raises(LegacyError, match=r"none\.toml"):
        load_gates(tmp_path / "none.toml")


def test_our_gates_have_reasons() -> None:
    assert len(load_gates()) >= 6
    for one in load_gates():
        assert one.reason
