"""What ranking knows of the catalog."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from frontrunner.catalog import Model
from frontrunner.ranking import Facts
from tests.factories import catalog, table_of, task

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


def test_variants_of_a_table_have_the_percentage_of_their_model(
    facts: Facts, tmp_path: Path
) -> None:
    for folder, names in (("one", ["org/a", "org/b", "org/c"]), ("two", ["org/b", "org/c"])):
        # A second table is not mistaken for the first.
        table = table_of(tmp_path / folder, {name: {"T1": 0.5} for name in names}, KNOWN)
        variants = np.array([1, 0, len(names) - 1])
        models = [table.variants[number].model for number in variants]
        for tasks in (["T1"], ["T1", "T2", "T3"], []):
            found = facts.zero_shot_of(table, variants, tasks).tolist()
            assert found == facts.zero_shot(models, tasks).tolist()
