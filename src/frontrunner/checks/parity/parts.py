"""Tasks whose score was the mean over other tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from frontrunner.catalog import Catalog
from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.evidence import FoundNumber
from frontrunner.checks.parity.explain import PartsMean
from frontrunner.checks.parity.old_metrics import MAIN

PARTS = {"CQADupstackRetrieval": ("CQADupstack", "Retrieval")}
"""Such tasks, with how the names of their parts begin and end."""


def parts_of_tasks(catalog: Catalog) -> dict[str, list[str]]:
    """Task -> its parts."""
    names = [one.name for one in catalog.tasks]
    return {
        whole: [
            name
            for name in names
            if name != whole and name.startswith(begin) and name.endswith(end)
        ]
        for whole, (begin, end) in PARTS.items()
    }


def past_means(found: Iterable[FoundNumber], parts: int, split: str | None) -> list[PartsMean]:
    """The mean over all parts in one folder as one commit removed them, for each such commit.

    A folder that had fewer than `parts` files at that time gives none.
    """
    groups: dict[tuple[str, Change], dict[str, float]] = defaultdict(dict)
    for one in found:
        if one.metric == MAIN and one.until is not None and split in (None, one.split):
            folder, _, file = one.path.rpartition("/")
            groups[folder, one.until._replace(before="", after="")][file] = one.value
    return [
        PartsMean(fmean(values.values()), f"{folder} had the {parts} parts until commit {until}")
        for (folder, until), values in groups.items()
        if len(values) == parts
    ]
