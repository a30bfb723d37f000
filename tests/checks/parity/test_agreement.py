"""How alike two rankings are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.parity.agreement import ENOUGH, agree

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
