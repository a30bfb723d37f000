"""Sequential tests: exact against other arithmetic, and simulated over many looks."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.takeover.evidence.sequential import (
    ALPHA,
    ODDS,
    Regression,
    added,
    bounds,
    difference,
    log_e_share,
)

Stretch = tuple[int, int, int, int]
"""Units of the new and of the old side, failures of the new and of the old side."""


def regression(stretches: list[Stretch]) -> Regression:
    found = Regression()
    for one in stretches:
        found = added(found, *one)
    return found


def log_e(*stretches: Stretch) -> float:
    return regression(list(stretches)).log_e


# --- against fractions ----------------------------------------------------------------------------


def ratio(stretch: Stretch, odds: Fraction) -> Fraction:
    """Likelihood ratio of a two-by-two table, from counting the ways to choose who failed."""
    new, old, failed_new, failed_old = stretch
    failed = failed_new + failed_old
    ways = {
        k: math.comb(new, k) * math.comb(old, failed - k)
        for k in range(failed + 1)
        if k <= new and failed - k <= old
    }
    return odds**failed_new * sum(ways.values()) / sum(n * odds**k for k, n in ways.items())


def exact(stretches: list[Stretch]) -> Fraction:
    """The mean over alternatives and over the stretch in which the new side became worse."""
    kept = [one for one in stretches if one[0] and one[1] and one[2] + one[3]]
    starts = [Fraction(3, 4)] + [Fraction(1, 4 * t * (t + 1)) for t in range(1, len(kept))]
    found = 1 - sum(starts[: len(kept)], Fraction(0))
    for begin, weight in enumerate(starts[: len(kept)]):
        for odds in map(Fraction, ODDS):
            product_of = math.prod((ratio(one, odds) for one in kept[begin:]), start=Fraction(1))
            found += weight * product_of / len(ODDS)
    return found


@st.composite
def stretch(draw: st.DrawFn, most: int = 12) -> Stretch:
    new, old = draw(st.integers(0, most)), draw(st.integers(0, most))
    return new, old, draw(st.integers(0, new)), draw(st.integers(0, old))


@given(st.lists(stretch(), max_size=6))
def test_the_e_value_is_that_of_exact_arithmetic(stretches: list[Stretch]) -> None:
    assert math.exp(log_e(*stretches)) == pytest.approx(float(exact(stretches)), rel=1e-9)


@pytest.mark.parametrize("sizes", [[(1, 1)], [(2, 3), (1, 4)], [(3, 2), (2, 2), (1, 3)]])
@pytest.mark.parametrize("failures", [1, 2])
def test_its_expectation_is_exactly_1_if_both_sides_are_equal(
    sizes: list[tuple[int, int]], failures: int
) -> None:
    """Over every way in which that many units of each stretch can fail."""

    def outcomes(new: int, old: int) -> list[tuple[Stretch, Fraction]]:
        found = []
        for k in range(failures + 1):
            ways = math.comb(new, k) * math.comb(old, failures - k)
            chance = Fraction(ways, math.comb(new + old, failures))
            found.append(((new, old, k, failures - k), chance))
        return found

    mean = 0.0
    for way in product(*(outcomes(*size) for size in sizes)):
        chance = math.prod((one[1] for one in way), start=Fraction(1))
        if chance:
            mean += float(chance) * math.exp(log_e(*(one[0] for one in way)))
    assert mean == pytest.approx(1.0, abs=1e-9)


# --- laws -----------------------------------------------------------------------------------------


def test_without_evidence_it_is_1() -> None:
    assert log_e() == 0
    assert log_e((10, 10, 0, 0), (0, 10, 0, 5), (10, 0, 5, 0)) == 0


def test_an_outage_of_both_sides_is_no_evidence() -> None:
    assert log_e((50, 950, 50, 950)) == pytest.approx(0, abs=1e-9)


@given(st.lists(stretch(), max_size=4), stretch(), st.lists(stretch(), max_size=4))
def test_a_failure_that_moves_to_the_new_side_is_more_evidence(
    before: list[Stretch], one: Stretch, after: list[Stretch]
) -> None:
    new, old, failed_new, failed_old = one
    if not failed_old or failed_new == new:
        return
    moved = (new, old, failed_new + 1, failed_old - 1)
    assert log_e(*before, moved, *after) > log_e(*before, one, *after) - 1e-12


def test_a_fault_that_begins_late_is_found_although_weeks_were_fine() -> None:
    fine: list[Stretch] = [(500, 500, 5, 5)] * 2000
    found = regression(fine)
    assert found.log_e < 0
    for _ in range(10):
        found = added(found, 500, 500, 50, 5)
    assert found.log_e > math.log(1 / ALPHA)


# --- simulations ----------------------------------------------------------------------------------


def first_alarm(
    random: np.random.Generator, share: float, rate: float, looks: int = 120
) -> int | None:
    """Requests until the new side is called worse than one that fails 0.5 %; 500 at each look."""
    found = Regression()
    for number in range(1, looks + 1):
        new = int(random.binomial(500, share))
        failed = int(random.binomial(new, rate)), int(random.binomial(500 - new, 0.005))
        found = added(found, new, 500 - new, *failed)
        if found.log_e >= math.log(1 / ALPHA):
            return 500 * number
    return None


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5])
def test_false_alarms_stay_below_1_percent_over_120_looks(share: float) -> None:
    random = np.random.default_rng([1, int(share * 100)])
    runs = 300
    assert sum(first_alarm(random, share, 0.005) is not None for _ in range(runs)) <= runs * 0.01


@pytest.mark.parametrize(
    ("share", "rate", "requests"),
    [
        (0.01, 0.05, 9_000), (0.01, 0.20, 2_000),
        (0.05, 0.02, 9_500), (0.05, 0.05, 3_000), (0.05, 0.20, 500),
        (0.25, 0.02, 3_500), (0.25, 0.05, 1_000), (0.25, 0.20, 500),
    ],
)  # fmt: skip
def test_regressions_are_found_as_fast_as_by_a_beta_binomial_test(
    share: float, rate: float, requests: int
) -> None:
    """The median number of requests, with the figures of a beta-binomial e-process."""
    random = np.random.default_rng(7)
    alarms = [first_alarm(random, share, rate) for _ in range(81)]
    median = sorted(math.inf if one is None else one for one in alarms)[40]
    assert median <= 1.25 * requests


def test_one_percent_that_fails_four_times_as_often_is_mostly_found_in_time() -> None:
    random = np.random.default_rng(8)
    found = [first_alarm(random, 0.01, 0.02) is not None for _ in range(60)]
    assert sum(found) >= 0.5 * 60


def test_the_unequal_share_of_a_quiet_board_raises_no_alarm_and_hides_no_fault() -> None:
    """Two units a stretch: the share of the new side is 0, 1/2 or 1 in each of them."""
    random = np.random.default_rng(9)

    def alarm(rate: float, stretches: int) -> bool:
        found, sums = Regression(), np.zeros(4, dtype=int)
        for _ in range(stretches):
            new = int(random.binomial(2, 0.25))
            fails = int(random.binomial(new, rate)), int(random.binomial(2 - new, 0.01))
            sums += (new, 2 - new, *fails)
            if sums[0] and sums[1]:
                found = added(found, *map(int, sums))
                sums[:] = 0
        return found.log_e >= math.log(1 / ALPHA)

    assert sum(alarm(0.01, 1000) for _ in range(60)) <= 1
    assert sum(alarm(0.10, 1000) for _ in range(60)) >= 55


# --- rates ----------------------------------------------------------------------------------------


def simpson(values: np.ndarray, step: float) -> float:
    return float(
        step / 3 * (values[0] + values[-1] + 4 * values[1::2].sum() + 2 * values[2:-1:2].sum())
    )


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (0, 300), (3, 300), (40, 800), (9, 10), (5, 5)])
def test_bounds_are_those_of_a_numerical_mixture(hits: int, of: int) -> None:
    """The mixture as an integral over a Beta(1/2, 20); sin^2 takes the pole at 0 away."""
    angles, step = np.linspace(0, math.pi / 2, 200_001, retstep=True)
    rates = np.sin(angles) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        log_prior = -0.5 * np.log(rates) + 19 * np.log1p(-rates) + np.log(np.sin(2 * angles))
        likelihood = hits * np.log(rates) * (hits > 0) + (of - hits) * np.log1p(-rates)
    limit = np.where(angles > 0, log_prior, math.log(2))
    limit[-1] = -np.inf
    weights = np.exp(limit)
    likelihood = np.nan_to_num(likelihood, nan=0.0, neginf=-1e9)
    mixture = math.log(simpson(weights * np.exp(likelihood), step) / simpson(weights, step))
    inside = rates[likelihood > mixture + math.log(0.05)]
    found = bounds(hits, of, 0.05)
    assert found.lower == pytest.approx(inside.min(), abs=2e-5)
    assert found.upper == pytest.approx(inside.max(), abs=2e-5)


@given(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from([0.001, 0.01, 0.05]))
def test_bounds_hold_the_rate_that_was_seen(hits: int, misses: int, alpha: float) -> None:
    found = bounds(hits, hits + misses, alpha)
    rate = hits / (hits + misses) if hits + misses else 0.5
    assert 0 <= found.lower <= rate <= found.upper <= 1
    assert found.lower >= bounds(hits, hits + misses, alpha / 10).lower
    more = bounds(hits + 1, hits + misses + 1, alpha)
    assert more.upper >= found.upper - 1e-12
    assert more.lower >= found.lower - 1e-12


@pytest.mark.parametrize("rate", [0.001, 0.005, 0.05, 0.5])
def test_a_rate_leaves_its_bounds_in_few_runs_over_all_looks(rate: float) -> None:
    random = np.random.default_rng(3)
    runs, outside = 300, 0
    for _ in range(runs):
        hits = np.cumsum(random.binomial(50, rate, size=60))
        found = [bounds(int(h), 50 * (i + 1), 0.05) for i, h in enumerate(hits)]
        outside += any(not one.lower <= rate <= one.upper for one in found)
    assert outside <= 0.05 * runs


def test_a_difference_needs_both_sides() -> None:
    assert difference((0, 0), (5, 1000), 0.05).upper > 0.98
    assert difference((5, 1000), (0, 0), 0.05).lower < -0.98
    narrow = difference((50, 10_000), (50, 10_000), 0.05)
    assert -0.006 < narrow.lower < 0 < narrow.upper < 0.006


# --- shares ---------------------------------------------------------------------------------------


def test_a_share_of_none_or_all_allows_no_exception() -> None:
    assert log_e_share(0, 50, 0.0) == log_e_share(50, 0, 1.0) == 0
    assert log_e_share(1, 50, 0.0) == log_e_share(50, 1, 1.0) == math.inf
    assert log_e_share(0, 0, 0.05) == 0


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5, 0.9])
def test_the_e_value_of_a_share_is_that_of_a_numerical_mixture(share: float) -> None:
    weight = 1 / min(share, 1 - share)
    a, b = share * weight, (1 - share) * weight
    rates = (np.arange(400_000) + 0.5) / 400_000
    log_prior = (a - 1) * np.log(rates) + (b - 1) * np.log1p(-rates)
    prior = np.exp(log_prior - log_prior.max())
    for new, old in [(0, 40), (3, 90), (30, 30), (120, 80)]:
        ratios = new * np.log(rates / share) + old * np.log((1 - rates) / (1 - share))
        expected = math.log((prior * np.exp(ratios)).sum() / prior.sum())
        assert log_e_share(new, old, share) == pytest.approx(expected, abs=2e-3)


@given(st.sampled_from([0.1, 0.25, 0.5, 0.7]), st.integers(0, 30), st.integers(0, 30))
def test_drawing_without_replacement_only_lowers_it(share: float, new: int, old: int) -> None:
    """The expectation of the next value, of 100 buckets, is at most the value."""
    left_new, left_old = round(100 * share) - new, round(100 * (1 - share)) - old
    if left_new < 0 or left_old < 0 or not left_new + left_old:
        return
    chance = left_new / (left_new + left_old)
    after = chance * math.exp(log_e_share(new + 1, old, share))
    after += (1 - chance) * math.exp(log_e_share(new, old + 1, share))
    assert after <= math.exp(log_e_share(new, old, share)) * (1 + 1e-9)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5])
def test_a_share_that_is_not_as_asked_is_found_and_one_that_is_raises_no_alarm(
    share: float,
) -> None:
    random = np.random.default_rng(11)

    def alarm(real: float) -> bool:
        news = np.cumsum(random.random(2000) < real)
        looks = range(20, 2000, 20)
        return any(log_e_share(int(news[i]), i + 1 - int(news[i]), share) > 6.9 for i in looks)

    assert sum(alarm(share) for _ in range(100)) <= 1
    assert sum(alarm(share + 0.02 + share / 4) for _ in range(20)) >= 16
