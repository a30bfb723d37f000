"""Reasons of rejected files: each has a code and says what to do."""

from __future__ import annotations

import pytest

from frontrunner.results.rejects import REMEDY, Reason, Reject, printable


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_to_do(reason: Reason) -> None:
    assert REMEDY[reason].endswith(".")
    assert Reject("a.json", reason).remedy == REMEDY[reason]
    assert reason == reason.value.lower().replace("_", "-")


def test_nothing_is_wrong_with_files_that_a_rule_sets_aside() -> None:
    by_policy = {reason for reason in Reason if reason.by_policy}
    assert by_policy == {Reason.SUPERSEDED, Reason.REPLACED, Reason.RETIRED_TASK}
    assert all(REMEDY[one].startswith("Nothing to do") for one in by_policy)


def test_rejects_are_sorted_by_path() -> None:
    rejects = [
        Reject("b", Reason.NOT_JSON),
        Reject("a", Reason.SYMLINK),
        Reject("a", Reason.NOT_JSON),
    ]
    assert [one.path for one in sorted(rejects)] == ["a", "a", "b"]


def test_any_name_can_be_printed() -> None:
    assert printable("org__a/r/T\u00e9.json") == "org__a/r/T\u00e9.json"
    assert printable("caf\udce9.json") == "caf\\xe9.json"
    printable("caf\udce9.json").encode("utf-8")
