"""The range of each metric."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.results.metrics import beyond_range, has_number, in_range, metric_range

NEVER_NEGATIVE = [
    "accuracy", "max_accuracy", "paired_accuracy", "taxon_top_1_accuracy", "image_acc", "text_acc",
    "f1", "max_ap", "cosine_ap", "ap", "map_at_1000", "max_over_subqueries_map_at_1000",
    "evve_avg_map", "map", "mrr", "mrr_at_5", "ndcg_at_10", "ravenea_ndcg_at_5", "nmi", "lrap",
    "precision_at_1", "recall_at_100", "hit_rate_at_5", "v_measure", "alpha_auc",
]  # fmt: skip
MAYBE_NEGATIVE = ["cosine_spearman", "kendalltau", "pearson", "p-MRR", "ami", "mcc", "own_metric"]


@pytest.mark.parametrize("metric", NEVER_NEGATIVE)
def test_most_metrics_go_from_0_to_1(metric: str) -> None:
    assert metric_range(metric) == (0.0, 1.0)
    assert in_range(0.0, metric)
    assert not in_range(-0.01, metric)


@pytest.mark.parametrize("metric", MAYBE_NEGATIVE)
def test_correlations_and_unknown_metrics_may_be_negative(metric: str) -> None:
    assert metric_range(metric) == (-1.0, 1.0)
    assert in_range(-1.0, metric)
    assert not in_range(-1.01, metric)


@given(st.sampled_from(NEVER_NEGATIVE + MAYBE_NEGATIVE), st.floats())
def test_no_metric_goes_beyond_1(metric: str, score: float) -> None:
    if abs(score) > 1.00001:
        assert not in_range(score, metric)
    if 0 <= score <= 1 or math.isnan(score):
        assert in_range(score, metric)


def test_rounding_is_no_fault() -> None:
    assert in_range(1.0000000000000002, "accuracy")
    assert in_range(-1e-12, "accuracy")
    assert not in_range(1.00001, "accuracy")


def entries(*scores: float) -> list[tuple[tuple[str, str, tuple[str, ...]], float]]:
    return [(("test", f"s{number}", ()), score) for number, score in enumerate(scores)]


def test_the_first_score_beyond_the_range_is_named() -> None:
    assert beyond_range(entries(0.5, math.nan, 1.0), "f1") is None
    said = beyond_range(entries(0.5, 84.2, 99.0), "f1")
    assert said == "f1 is 84.2 (test, s1); it ranges from 0 to 1"


def test_nan_is_no_number() -> None:
    assert not has_number(entries(math.nan, math.nan))
    assert has_number(entries(math.nan, 0.0))
