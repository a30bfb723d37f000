"""Borda ranks: ties, gaps, and what must not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from frontrunner.ranking.borda import average_ranks, borda_ranks, competition_ranks, points

# Few distinct values, so that ties are common.
SCORES = arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(1, 5)),
    elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, np.nan]),
)


def test_ties_share_the_mean_of_their_ranks() -> None:
    column = np.array([[0.9], [0.5], [0.5], [np.nan], [0.1]])
    assert average_ranks(column)[:, 0].tolist()[:3] == [1.0, 2.5, 2.5]
    assert np.isnan(average_ranks(column)[3, 0])
    assert points(column, 5)[:, None].tolist() == [[4.0], [2.5], [2.5], [0.0], [1.0]]


def test_equal_values_share_the_better_rank() -> None:
    assert competition_ranks(np.array([3.0, 5.0, 3.0, 1.0])).tolist() == [2, 1, 2, 4]


@given(SCORES)
def test_ranks_are_those_of_counting(scores: np.ndarray) -> None:
    for column, ranks in zip(scores.T, average_ranks(scores).T, strict=True):
        for value, rank in zip(column, ranks, strict=True):
            if np.isnan(value):
                assert np.isnan(rank)
            else:
                assert rank == (column > value).sum() + ((column == value).sum() + 1) / 2


@given(SCORES, st.randoms())
def test_the_order_of_rows_and_columns_does_not_matter(scores: np.ndarray, random: object) -> None:
    rows = np.random.default_rng(0).permutation(len(scores))
    columns = np.random.default_rng(1).permutation(scores.shape[1])
    expected = borda_ranks(scores, len(scores))
    assert borda_ranks(scores[rows][:, columns], len(scores)).tolist() == expected[rows].tolist()


@given(SCORES)
def test_only_the_order_of_scores_matters(scores: np.ndarray) -> None:
    expected = borda_ranks(scores, len(scores)).tolist()
    assert borda_ranks(np.exp(3 * scores) - 7, len(scores)).tolist() == expected


@given(SCORES)
def test_a_model_ahead_everywhere_is_first(scores: np.ndarray) -> None:
    ahead = np.vstack([np.full(scores.shape[1], 2.0), scores])
    assert borda_ranks(ahead, len(ahead))[0] == 1
