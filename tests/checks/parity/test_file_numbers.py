"""Numbers of result files of every layout."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.checks.parity.file_numbers import metrics_in


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"scores": {"test": [{"hf_subset": "de", "accuracy": 0.5, "f1": 0.25, "ap": 0.1}]}},
            [("test", "de", "accuracy", 0.5), ("test", "de", "f1", 0.25)],
        ),
        ({"scores": {"test": [{"map": 0.5}, 3]}}, [("test", "default", "map", 0.5)]),
        ({"test": {"accuracy": 0.5}}, [("test", "default", "accuracy", 0.5)]),
        (
            {"test": {"en": {"accuracy": 0.5, "cos_sim": {"ap": 0.75, "f1": 0.1}}}},
            [("test", "en", "accuracy", 0.5), ("test", "en", "cos_sim_ap", 0.75)],
        ),
        ({"test": {"cos_sim": {"spearman": 0.5}}}, [("test", "default", "cos_sim_spearman", 0.5)]),
        ({"test": {"accuracy": float("nan"), "f1": 1, "map": "0.5"}}, []),
        ({"scores": [], "test": {"accuracy": 0.5}}, []),
        ({"mteb_version": "1.0", "test": 3}, []),
        ([{"accuracy": 0.5}], []),
        (None, []),
    ],
)
def test_metrics_of_each_layout(content: Any, expected: list[tuple[str, str, str, float]]) -> None:
    assert list(metrics_in(content)) == expected
