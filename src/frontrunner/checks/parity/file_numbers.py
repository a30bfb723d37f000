"""The numbers of a result file of either layout that an old number can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from frontrunner.checks.parity.old_metrics import LOOKED_AT

_Metric = tuple[str, str, str, float]
"""Split, subset, metric, value."""


def metrics_in(content: Any) -> Iterator[_Metric]:
    """The metrics in question of a file of either layout."""
    if not isinstance(content, dict):
        return
    splits = content.get("scores", content)
    if not isinstance(splits, dict):
        return
    for split, entries in splits.items():
        if isinstance(entries, list):
            for entry in entries:
                if isinstance(entry, dict):
                    subset = str(entry.get("hf_subset", "default"))
                    yield from ((split, subset, *one) for one in _flat(entry))
        elif isinstance(entries, dict):
            yield from _old_metrics(split, entries)


def _old_metrics(split: str, entries: Mapping[str, Any]) -> Iterator[_Metric]:
    """A split of a file before mteb 1.11: metrics, or subsets with metrics."""
    yield from ((split, "default", *one) for one in _flat(entries))
    for subset, inner in entries.items():
        if isinstance(inner, dict):
            yield from ((split, subset, *one) for one in _flat(inner))


def _flat(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Those that an old number can be; `cos_sim: {ap}` counts as `cos_sim_ap`."""
    for name, value in metrics.items():
        if isinstance(value, dict):
            inner = ((f"{name}_{key}", number) for key, number in value.items())
            yield from (one for one in inner if _counts(*one))
        elif _counts(name, value):
            yield name, value


def _counts(name: str, value: object) -> bool:
    return name in LOOKED_AT and isinstance(value, float) and value == value
