"""The mean over the parts of a task."""

from __future__ import annotations

import pytest

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.evidence import FoundNumber, Role
from frontrunner.checks.parity.parts import parts_of_tasks, past_means
from tests.factories import catalog, task

ONE = Change("1" * 40, "2025-01-01", "a" * 40, "0" * 40)
TWO = Change("2" * 40, "2025-01-02", "a" * 40, "0" * 40)


def part(name: str, value: float, until: Change | None = ONE, folder: str = "org__a/r",
         metric: str = "main_score", split: str = "test") -> FoundNumber:  # fmt: skip
    path = f"{folder}/{name}.json"
    return FoundNumber(Role.EARLIER, path, split, "default", metric, value, until)


def test_parts_are_told_by_name() -> None:
    names = ("CQADupstackRetrieval", "CQADupstackGisRetrieval", "CQADupstackTex", "GisRetrieval")
    known = catalog([task(name) for name in names])
    assert parts_of_tasks(known) == {"CQADupstackRetrieval": ["CQADupstackGisRetrieval"]}


def test_all_parts_that_one_commit_removed_have_a_mean() -> None:
    changed = ONE._replace(before="b" * 40, after="c" * 40)  # each file has contents of its own
    [found] = past_means([part("A", 10.0), part("B", 30.0, changed)], 2, "test")
    assert found.value == pytest.approx(20.0)
    assert found.where == "org__a/r had the 2 parts until commit 1111111111 of 2025-01-01"


@pytest.mark.parametrize(
    "other",
    [
        part("B", 30.0, TWO),
        part("B", 30.0, folder="org__a/s"),
        part("B", 30.0, None),
        part("B", 30.0, metric="accuracy"),
        part("B", 30.0, split="dev"),
        part("A", 30.0),
    ],
)
def test_parts_that_do_not_belong_together_have_none(other: FoundNumber) -> None:
    assert past_means([part("A", 10.0), other], 2, "test") == []


def test_without_a_split_any_will_do() -> None:
    assert len(past_means([part("A", 10.0), part("B", 30.0, split="dev")], 2, None)) == 1
