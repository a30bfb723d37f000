"""Means of a benchmark's own groups."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from frontrunner.catalog import CustomGroup, CustomGrouping
from frontrunner.ranking import Question
from frontrunner.ranking.groups import group_means
from frontrunner.ranking.means import lenient_mean, score, strict_mean
from frontrunner.results.ingest import ingest
from tests.factories import catalog, result, scope, task, write

SUBSETS = {"en": ("eng-Latn",), "de": ("deu-Latn",), "fr": ("fra-Latn",)}
ONE, TWO = task("T1", subsets=SUBSETS), task("T2")
KNOWN = catalog([ONE, TWO], models=["org/a", "org/b"])
PARTS = scope(ONE, subsets=["de", "fr"])


def group(label: str, *scopes: object) -> CustomGroup:
    return CustomGroup(label=label, scopes=scopes)  # type: ignore[arg-type]


def test_groups(tmp_path: Path) -> None:
    write(tmp_path, "org__a/r1/T1.json", result("T1", {"test": {"en": 0.1, "de": 0.5, "fr": 0.7}}))
    write(tmp_path, "org__a/r1/T2.json", result("T2", 0.2))
    write(tmp_path, "org__b/r1/T1.json", result("T1", {"test": {"de": 0.4, "fr": 0.8}}))
    scored = score(ingest(tmp_path, KNOWN, workers=1).table, Question.of(KNOWN.benchmarks[0]))
    groups = (
        group("parts", PARTS),
        group("whole", scope(ONE)),
        group("both", PARTS, scope(TWO)),
        group("english", scope(ONE, subsets=["en"])),
        group("nothing", scope(ONE, splits=["train"], subsets=["en"])),
        group("unknown", scope(task("T9"))),
    )
    grouping = CustomGrouping(name="By", groups=groups)
    strict = group_means(scored, grouping, strict_mean)
    assert list(strict) == ["parts", "whole", "both", "english"]
    assert strict["parts"].tolist() == [pytest.approx(0.6), pytest.approx(0.6)]
    assert strict["whole"][0] == pytest.approx(1.3 / 3)
    assert strict["both"][0] == pytest.approx(0.4)
    for label in ("whole", "both", "english"):
        assert math.isnan(strict[label][1])
    lenient = group_means(scored, grouping, lenient_mean)
    assert lenient["both"].tolist() == [pytest.approx(0.4), pytest.approx(0.6)]
