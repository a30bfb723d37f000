"""How often false numbers are explained."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.parity.compared import Cause, ComparedCell, Confidence, Explanation
from frontrunner.checks.parity.decoys import LARGEST, SMALLEST, decoy_rate, false_number
from frontrunner.checks.parity.explain import Candidate
from tests.checks.parity.cells import cell


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_a_false_number_could_have_been_printed(old: int, chance: Random) -> None:
    number = false_number(old / 100, 0.01, chance)
    assert SMALLEST - 0.006 < abs(number - old / 100) < LARGEST + 0.006
    assert number * 100 == pytest.approx(round(number * 100))


def test_false_numbers_lie_above_and_below() -> None:
    chance = Random(1)
    numbers = [false_number(50, 0.01, chance) for _ in range(200)]
    assert 60 < sum(one > 50 for one in numbers) < 140
    assert sum(abs(one - 50) < 0.71 for one in numbers) > 60  # half of a logarithmic scale


def always(cause: Cause, confidence: Confidence, within: float = 100) -> Sequence[Candidate]:
    return [Candidate(50.0, within, Explanation(cause, confidence, ""))]


@pytest.mark.parametrize(
    ("confidence", "explained", "inferred"),
    [
        (Confidence.CERTAIN, 15, 0),
        (Confidence.LIKELY, 15, 0),
        (Confidence.INFERRED, 0, 15),
    ],
)
def test_an_inference_is_counted_apart(
    confidence: Confidence, explained: int, inferred: int
) -> None:
    found = decoy_rate("k", [cell()] * 3, lambda _: always(Cause.PARTS, confidence), each=5)
    assert (found.kind, found.decoys) == ("k", 15)
    assert (found.explained, found.inferred) == (explained, inferred)
    assert found.rate == explained / 15
    assert found.inferred_rate == inferred / 15
    assert found.by_cause == {"parts": 15}


def test_a_candidate_out_of_reach_explains_none() -> None:
    near = always(Cause.PARTS, Confidence.CERTAIN, within=0.005)
    found = decoy_rate("k", [cell()] * 3, lambda _: near, each=5)
    assert (found.rate, found.inferred_rate, found.by_cause) == (0, 0, {})


def test_the_false_number_is_in_the_file_of_imported_results_as_well() -> None:
    """The old table and the import could both be wrong; so that they agree proves nothing."""

    def imported(one: ComparedCell) -> Sequence[Candidate]:
        why = Explanation(Cause.IMPORTED, Confidence.INFERRED, "")
        return [Candidate(one.old, 0.005, why), Candidate(one.old + 30, 0.005, why)]

    found = decoy_rate("k", [cell()] * 4, imported, each=1)
    assert (found.explained, found.inferred) == (0, 4)


def test_the_false_numbers_are_the_same_every_time() -> None:
    near = always(Cause.PARTS, Confidence.CERTAIN, within=0.5)
    first, second = (decoy_rate("k", [cell()] * 20, lambda _: near, each=5) for _ in range(2))
    assert first == second
    assert 0 < first.explained < first.decoys


def test_nothing_measured_is_no_rate() -> None:
    found = decoy_rate("none", [], lambda _: [], each=5)
    assert found.rate is None
    assert found.inferred_rate is None
