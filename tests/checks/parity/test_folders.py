"""Which model folder became which, told by facts of the history."""

from __future__ import annotations

from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.folders import former_folders, gone_folders, short_name

REVISION = "1bb50bc7bb726810eac2140e62155b88b0df198f"
NONE = "0" * 40


def added(blob: str, commit: str = "c1", day: str = "2025-01-01") -> Change:
    return Change(commit, day, NONE, blob * 40)


def deleted(blob: str, commit: str = "c2", day: str = "2025-02-01") -> Change:
    return Change(commit, day, blob * 40, NONE)


def test_the_same_content_in_one_commit_is_a_move() -> None:
    changes = {
        "old__m/rev/T.json": [deleted("a"), added("a")],
        "new__m/rev/T.json": [added("a", "c2")],
    }
    assert former_folders(changes) == {"new__m": ["old__m"]}


def test_the_same_content_in_two_commits_is_a_coincidence() -> None:
    changes = {
        "old__m/rev/T.json": [deleted("a"), added("a")],
        "new__m/rev/T.json": [added("a", "c3")],
    }
    assert former_folders(changes) == {}


def test_the_same_content_of_another_model_is_a_coincidence() -> None:
    changes = {
        "org__base/rev/T.json": [deleted("a"), added("a")],
        "org__large/rev/T.json": [added("a", "c2")],
    }
    assert former_folders(changes) == {}


def test_a_file_that_changed_was_not_added() -> None:
    changes = {
        "old__m/rev/T.json": [deleted("a"), added("a")],
        "new__m/rev/T.json": [Change("c2", "2025-02-01", "b" * 40, "a" * 40)],
    }
    assert former_folders(changes) == {}


def test_a_folder_without_an_organisation_can_be_a_former_one() -> None:
    changes = {
        "m/rev/T.json": [deleted("a"), added("a")],
        "org__M/rev/T.json": [added("a", "c2")],
    }
    assert former_folders(changes) == {"org__M": ["m"]}


def test_a_shared_revision_tells_a_rename_if_the_old_folder_is_gone() -> None:
    changes = {
        f"old__m/{REVISION}/T.json": [deleted("a"), added("a")],
        f"new__m/{REVISION}/T2.json": [added("b", "c9")],
    }
    assert former_folders(changes) == {"new__m": ["old__m"]}
    alive = changes | {"old__m/other/T.json": [added("d")]}
    assert former_folders(alive) == {}


def test_a_name_that_is_no_commit_tells_nothing() -> None:
    changes = {
        "old__m/external/T.json": [deleted("a"), added("a")],
        "new__m/external/T2.json": [added("b", "c9")],
    }
    assert former_folders(changes) == {}


def test_a_folder_renamed_twice_has_both_former_names() -> None:
    changes = {
        "a__m/rev/T.json": [deleted("a", "c2"), added("a", "c1")],
        "b__m/rev/T.json": [deleted("a", "c3"), added("a", "c2")],
        "c__m/rev/T.json": [added("a", "c3")],
    }
    assert former_folders(changes) == {"b__m": ["a__m"], "c__m": ["a__m", "b__m"]}


def test_a_folder_moved_there_and_back_is_not_its_own_former_name() -> None:
    changes = {
        "a__m/rev/T.json": [added("a", "c3"), deleted("a", "c2"), added("a", "c1")],
        "b__m/rev/T.json": [deleted("a", "c3"), added("a", "c2")],
    }
    assert former_folders(changes)["a__m"] == ["b__m"]


def test_a_folder_is_gone_with_its_last_file() -> None:
    early, late = deleted("a", "c2", "2025-02-01"), deleted("b", "c3", "2025-03-01")
    changes = {
        "gone__m/rev/T1.json": [early],
        "gone__m/rev/T2.json": [late],
        "gone__m/rev/T3.json": [early],
        "here__m/rev/T1.json": [late],
        "here__m/rev/T2.json": [added("c")],
        "again__m/rev/T1.json": [added("a", "c4"), early],
    }
    assert gone_folders(changes) == {"gone__m": late}


def test_the_name_of_a_model_begins_after_its_organisation() -> None:
    assert short_name("org__Model") == "model"
    assert short_name("org__model__v2") == "model__v2"
    assert short_name("BM25") == "bm25"
