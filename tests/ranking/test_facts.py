"""What ranking knows of the catalog."""

from __future__ import annotations

import pytest

from frontrunner.catalog import Model
from frontrunner.ranking import Facts
from tests.factories import catalog, task

KNOWN = catalog(
    [task("T1"), task("T2", type="Retrieval", public=False), task("T3")],
    models=[
        Model(name="org/a", seen_tasks=("T1", "Elsewhere")),
        Model(name="org/b"),
        Model(name="org/c", seen_tasks=()),
    ],
)


@pytest.fixture
def facts() -> Facts:
    """Made anew for each test: facts cache what they find."""
    return Facts.of(KNOWN)


def test_facts_of_a_catalog(facts: Facts) -> None:
    assert facts.task_type == {"T1": "STS", "T2": "Retrieval", "T3": "STS"}
    assert facts.private_tasks == {"T2"}
    assert facts.seen_tasks == {
        "org/a": frozenset({"T1", "Elsewhere"}),
        "org/b": None,
        "org/c": frozenset(),
    }


def test_what_a_model_has_seen(facts: Facts) -> None:
    seen = facts.seen(["org/c", "org/a", "org/nobody", "org/b"], ["T3", "T1"])
    assert seen.tolist() == [[False, False], [False, True], [False, False], [False, False]]
    assert seen.dtype == bool
    assert facts.seen(["org/a"], ["T1", "T2"]).tolist() == [[True, False]]


def test_zero_shot_is_rounded_down_and_may_be_unknown(facts: Facts) -> None:
    models = ["org/a", "org/b", "org/c", "org/nobody"]
    assert facts.zero_shot(models, ["T1", "T2", "T3"]).tolist() == [66, -1, 100, -1]
    assert facts.zero_shot(models, ["T1"]).tolist() == [0, -1, 100, -1]
    assert facts.zero_shot(models, []).tolist() == [-1, -1, -1, -1]
    assert facts.zero_shot([], ["T1"]).tolist() == []
