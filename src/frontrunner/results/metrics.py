"""Metrics: the range of each, and which of them a file has.

A score beyond its range is on another scale.

Scores are fractions: 0.842, not 84.2. Correlations, chance-corrected agreement and p-MRR can be
negative; in the public results cosine_spearman goes down to -0.62 and p-MRR to -0.11. A metric
of unknown kind may be negative too, but no main score is beyond 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

_NEVER_NEGATIVE = re.compile(
    r"accuracy|acc$|f1|precision|recall|ndcg|mrr_at|map|hit_rate|lrap|v_measure|nmi|auc$"
    r"|(^|_)ap(_|$)|(^|_)mrr$|iou"
)
_ROUNDING = 1e-6
"""How far sums of floating-point numbers may lead beyond the range."""
_SHOWN, _LOOKED_AT = 8, 40
_DEEPEST = 6
_NO_METRICS = frozenset({"evaluation_time", "kg_co2_emissions", "main_score", "date"})
METRIC_GROUPS = {
    "cos_sim": "cosine",
    "manhattan": "manhattan",
    "euclidean": "euclidean",
    "dot": "dot",
    "max": "max",
    "similarity": "similarity",
}
"""Objects that group metrics by the way vectors were compared, with the prefix of today."""

Scores = Sequence[tuple[tuple[str, str, tuple[str, ...]], float]]
"""Split, subset and languages, each with a score."""


@lru_cache(maxsize=1024)
def metric_range(metric: str) -> tuple[float, float]:
    """The least and the largest value that a metric can have."""
    return (0.0, 1.0) if _NEVER_NEGATIVE.search(metric) else (-1.0, 1.0)


def in_range(score: float, metric: str) -> bool:
    """Whether a score is possible; NaN, which means that there is no score, is."""
    low, high = metric_range(metric)
    return not (score < low - _ROUNDING or score > high + _ROUNDING)


def has_number(entries: Scores) -> bool:
    """Whether any score is a number."""
    return any(score == score for _, score in entries)  # NaN is not equal to itself


def beyond_range(entries: Scores, metric: str) -> str | None:
    """The first score that the metric cannot have, in words; None if there is none."""
    for (split, subset, _), score in entries:
        if not in_range(score, metric):
            low, high = metric_range(metric)
            where = f"{split[:80]}, {subset[:80]}"
            return f"{metric} is {score:g} ({where}); it ranges from {low:g} to {high:g}"
    return None


def no_number(content: dict[str, Any], metric: str) -> str:
    """Which metric was wanted, and which the file has."""
    found = list(islice(dict.fromkeys(_metrics(content.get("scores", content), "", 0)), _LOOKED_AT))
    shown = ", ".join(name[:40] for name in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{metric} is wanted; the file has {shown + more if found else 'no number at all'}"


def _metrics(content: object, name: str, depth: int) -> Iterator[str]:
    """The names of the numbers in a file, such as `map` or `cos_sim.spearman`."""
    if isinstance(content, list):
        for one in content:
            yield from _metrics(one, "", depth + 1)
    elif isinstance(content, dict) and depth < _DEEPEST:
        for key, value in content.items():
            inner = f"{name}.{key}" if name in METRIC_GROUPS else key
            yield from _metrics(value, inner, depth + 1)
    elif _is_number(content) and name not in _NO_METRICS:
        yield name


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
