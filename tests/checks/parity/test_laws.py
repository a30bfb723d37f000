"""Laws of the measures: agreement, gates, and what equal means in print."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.gates import Gate, Measured, Outcome, judge, load_gates
from frontrunner.checks.parity.agreement import ENOUGH, agree
from frontrunner.checks.parity.honesty import decoy_rate, false_number
from frontrunner.checks.parity.verdicts import printed_equal
from frontrunner.checks.parity.write import percent

SCORES = st.dictionaries(
    st.text(min_size=1, max_size=4), st.floats(0, 100), min_size=ENOUGH, max_size=40
)


@given(SCORES)
def test_a_ranking_agrees_with_itself_and_not_with_its_reverse(scores: dict[str, float]) -> None:
    same = agree(scores, scores)
    assert same.conclusive
    if len(set(scores.values())) == 1:
        assert same.spearman is None
        return
    assert same.spearman == pytest.approx(1)
    assert same.kendall == pytest.approx(1)
    assert set(same.top.values()) == {1.0}
    assert same.moves == ()
    reverse = agree(scores, {name: -value for name, value in scores.items()})
    assert reverse.spearman == pytest.approx(-1)
    assert reverse.kendall == pytest.approx(-1)


def test_kendall_and_spearman_by_hand() -> None:
    old = {str(n): float(-n) for n in range(ENOUGH)}
    new = old | {"0": -1.0, "1": 0.0}  # the first two change places
    found = agree(old, new)
    pairs = ENOUGH * (ENOUGH - 1) / 2
    assert found.kendall == pytest.approx(1 - 2 / pairs)
    assert found.spearman == pytest.approx(1 - 6 * 2 / (ENOUGH * (ENOUGH**2 - 1)))
    assert {(move.before, move.after) for move in found.moves} == {(1, 2), (2, 1)}


def test_too_few_models_say_nothing() -> None:
    few = {str(n): float(n) for n in range(ENOUGH - 1)}
    assert not agree(few, few).conclusive


GATE = Gate(name="g", measure="m", at_least=0.5, minimum_sample=10, reason="r")


@pytest.mark.parametrize(
    ("measured", "outcome"),
    [
        ({"m": Measured(0.5, 10)}, Outcome.PASSED),
        ({"m": Measured(0.49, 10)}, Outcome.FAILED),
        ({"m": Measured(0.9, 9)}, Outcome.INCONCLUSIVE),
        ({"m": Measured(math.nan, 99)}, Outcome.INCONCLUSIVE),
        ({"m": Measured(None, 99)}, Outcome.INCONCLUSIVE),
        ({}, Outcome.ERROR),
    ],
)
def test_a_gate_never_passes_on_too_little(measured: dict[str, Measured], outcome: Outcome) -> None:
    assert judge(GATE, measured).outcome is outcome


def test_our_gates_have_reasons() -> None:
    for gate in load_gates():
        assert gate.reason
        assert (gate.at_least is None) != (gate.at_most is None)


@given(st.floats(0, 1))
def test_equal_is_what_prints_alike(value: float) -> None:
    shown = round(value * 100, 2)
    assert printed_equal(shown, value * 100, 0.01)
    assert not printed_equal(shown, value * 100 + 0.011, 0.01)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_a_false_number_could_have_been_printed(old: int, chance: Random) -> None:
    number = false_number(old / 100, 0.01, chance)
    assert abs(number - old / 100) > 0.04
    assert number * 100 == pytest.approx(round(number * 100))


def test_nothing_measured_is_no_rate() -> None:
    assert decoy_rate("none", [], lambda cell: [], each=5).rate is None


@pytest.mark.parametrize(
    ("share", "text"), [(None, "-"), (1.0, "100.0%"), (0.99996, "99.996%"), (0.5, "50.0%")]
)
def test_a_share_never_rounds_a_difference_away(share: float | None, text: str) -> None:
    assert percent(share) == text
