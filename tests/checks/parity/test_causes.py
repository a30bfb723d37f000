"""What there is to explain a cell with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.checks.parity.causes import (
    Gatherer,
    imported_numbers,
    model_folders,
    needs_explaining,
)
from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.compared import Cause, CellOutcome, Confidence, Side
from frontrunner.checks.parity.evidence import FileRef, FoundNumber, Role
from frontrunner.checks.parity.explain import explain
from frontrunner.checks.parity.history import History
from frontrunner.checks.parity.matching import How, RowMatch
from frontrunner.legacy.files.markup import Anchor
from frontrunner.legacy.files.winning_scores import Score, WinningScores
from tests.checks.parity.cells import cell
from tests.factories import catalog, task
from tests.legacy.factory import row

ANCHOR = Anchor("a", "https://huggingface.co/org/a")
WHOLE, PARTS = "CQADupstackRetrieval", ("CQADupstackGisRetrieval", "CQADupstackTexRetrieval")
REMOVED = Change("c" * 40, "2025-12-13", "a" * 40, "0" * 40)


def gatherer(**changed: Any) -> Gatherer:
    names = ("T1", WHOLE, *PARTS)
    given: dict[str, Any] = {
        "catalog": catalog([task(name) for name in names], old_task_names={"Old1": "T1"}),
        "config": {"boards": {"en": {}}, "tasks": {"STS": {"metric": "cosine_spearman"}}},
        "matches": {ANCHOR: RowMatch("org/a", How.ALIAS, "r", formerly="old/a")},
        "winning": {},
        "imported": {},
        "index": {},
    }
    return Gatherer(**given | changed)


def test_numbers_of_the_file_of_external_results() -> None:
    model = {"Model": row("a")["Model"]}
    rows = [model | {"T1": 50.0, "T2": "", "Average": 3.0}, model | {"T1": 51.0}, "no row"]
    external = {"a": {"STS": {"cosine_spearman": rows, "other": 3}, "Clustering": []}, "b": 7}
    found = imported_numbers(external)
    assert found == {(ANCHOR, "T1"): [50.0, 51.0]}


def test_files_under_each_name_of_model_and_task() -> None:
    paths = {
        ("org__a", "T1"): [FileRef(Role.WINS, "org__a/r/T1.json")],
        ("old__a", "T1"): [FileRef(Role.RENAMED, "old__a/r/T1.json")],
        ("old__a", "Old1"): [FileRef(Role.EARLIER, "old__a/r/Old1.json")],
        ("org__b", "T1"): [FileRef(Role.WINS, "org__b/r/T1.json")],
    }
    found = gatherer(index=paths).refs(cell())
    assert [ref.path for ref in found] == [
        "org__a/r/T1.json", "old__a/r/T1.json", "old__a/r/Old1.json",
    ]  # fmt: skip


def test_the_folders_of_a_model_and_of_its_former_names() -> None:
    history = History(
        Path(),
        {
            "first__a/r/T.json": [REMOVED],
            "org__a/r/T.json": [Change("c" * 40, "2025-12-13", "0" * 40, "a" * 40)],
        },
    )
    assert model_folders("org/a", "old/a", history) == ["org__a", "old__a", "first__a"]
    assert model_folders("org/a", None, None) == ["org__a"]
    assert model_folders("org/a", "org/a", None) == ["org__a"]


def test_files_in_folders_that_only_the_history_knows() -> None:
    history = History(
        Path(),
        {
            "first__a/r/T.json": [REMOVED],
            "org__a/r/T.json": [Change("c" * 40, "2025-12-13", "0" * 40, "a" * 40)],
        },
    )
    paths = {("first__a", "T1"): [FileRef(Role.EARLIER, "first__a/r/T1.json")]}
    found = gatherer(index=paths, history=history).refs(cell())
    assert [ref.path for ref in found] == ["first__a/r/T1.json"]
    assert gatherer(index=paths).refs(cell()) == []


@pytest.mark.parametrize(
    ("facts", "boards", "metric"),
    [
        ({}, {"en": {}}, "cosine_spearman"),
        ({}, {}, "cosine_spearman"),
        ({}, {"en": {"metric": "Recall@1"}}, "recall_at_1"),
        ({"task": "LEMBNeedleRetrieval"}, {"en": {}}, "ndcg_at_1"),
        ({"task": "LEMBPasskeyRetrieval"}, {"en": {}}, "ndcg_at_1"),
        ({"kind": "Unknown"}, {"en": {}}, None),
    ],
)
def test_the_metric_of_the_old_board(
    facts: dict[str, str], boards: dict[str, Any], metric: str | None
) -> None:
    config = {"boards": boards, "tasks": {"STS": {"metric": "cosine_spearman"}}}
    assert gatherer(config=config).metric(cell(**facts)) == metric  # type: ignore[arg-type]


def test_the_mean_of_todays_parts_is_an_inference() -> None:
    winning: WinningScores = {
        ("org/a", PARTS[0]): [Score("test", "default", 40.0, 0)],
        ("org/a", PARTS[1]): [Score("test", "default", 60.0, 0)],
    }
    whole = cell(task=WHOLE)
    found = explain(50.0, gatherer(winning=winning).candidates(whole))
    assert found is not None
    assert (found.cause, found.confidence) == (Cause.PARTS, Confidence.INFERRED)
    del winning["org/a", PARTS[1]]  # type: ignore[attr-defined]
    assert explain(50.0, gatherer(winning=winning).candidates(whole)) is None


def test_the_mean_of_removed_parts_explains() -> None:
    index, numbers = {}, {}
    for name, value in zip(PARTS, (40.0, 60.0), strict=True):
        ref = FileRef(Role.EARLIER, f"old__a/r/{name}.json")
        index["old__a", name] = [ref, FileRef(Role.WINS, ref.path)]
        numbers[ref] = [
            FoundNumber(Role.EARLIER, ref.path, "test", "default", "main_score", value, REMOVED)
        ]
    whole = cell(task=WHOLE)
    made = gatherer(index=index, numbers=numbers)
    assert [ref.role for ref in made.part_refs(whole)] == [Role.EARLIER] * 2
    assert made.part_refs(cell()) == []
    found = explain(50.0, made.candidates(whole))
    assert found is not None
    assert (found.cause, found.confidence) == (Cause.PARTS, Confidence.LIKELY)


def test_what_differs_or_is_absent_needs_explaining() -> None:
    outcomes = {one: cell(same_split=Side(one)) for one in CellOutcome}
    assert needs_explaining(outcomes.values()) == [
        outcomes[CellOutcome.DIFFERS], outcomes[CellOutcome.ABSENT],
    ]  # fmt: skip
