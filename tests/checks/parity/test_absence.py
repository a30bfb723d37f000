"""Why the successor has no number where the old board had one."""

from __future__ import annotations

import pytest

from frontrunner.checks.parity.absence import why_absent
from frontrunner.checks.parity.changes import Change
from frontrunner.checks.parity.compared import Cause, Confidence, Explanation
from frontrunner.checks.parity.evidence import FileRef, FoundNumber, Role
from frontrunner.checks.parity.matching import How, RowMatch
from tests.checks.parity.cells import cell
from tests.factories import catalog, task

KNOWN = catalog([task("T1")])
MATCH = RowMatch("org/a", How.ALIAS, "r", formerly="old/a")
CHANGE = Change("c" * 40, "2025-01-02", "a" * 40, "0" * 40)


def ref(role: Role) -> FileRef:
    return FileRef(role, "org__a/r/T1.json")


def number(role: Role, subset: str = "default") -> FoundNumber:
    until = CHANGE if role is Role.EARLIER else None
    return FoundNumber(role, "org__a/r/T1.json", "test", subset, "main_score", 40.0, until)


def why(
    refs: list[FileRef],
    found: list[FoundNumber],
    *,
    history: bool = True,
    subset: str | None = None,
    old_subset: str | None = None,
    task: str = "T1",
) -> Explanation:
    absent = cell(new=None, task=task, subset=subset, old_subset=old_subset)
    return why_absent(absent, MATCH, refs, found, KNOWN, history=history)


def test_a_retired_task() -> None:
    found = why([], [], task="T9")
    assert found == Explanation(
        Cause.RETIRED_TASK, Confidence.CERTAIN, "the registry has no task T9"
    )
    kept = why([ref(Role.EARLIER), ref(Role.RETIRED)], [], task="T9")
    assert kept.evidence.endswith("; its file org__a/r/T1.json is still there")
    assert "still" not in why([ref(Role.EARLIER)], [], task="T9").evidence


def test_a_renamed_model_says_what_to_do() -> None:
    found = why([ref(Role.WINS), ref(Role.RENAMED)], [])
    assert (found.cause, found.confidence) == (Cause.RENAMED_MODEL, Confidence.CERTAIN)
    assert "does not know old/a" in found.evidence
    assert "[[renamed]]" in found.evidence


def test_a_file_set_aside_has_the_subset() -> None:
    found = why([ref(Role.WINS)], [number(Role.SUPERSEDED, "de")], subset="de")
    assert found == Explanation(
        Cause.CHOSEN_FILE, Confidence.CERTAIN, "org__a/r/T1.json has test / de"
    )
    assert why([], [number(Role.SUPERSEDED, "fr")], subset="de").cause is Cause.NEVER_FILED


@pytest.mark.parametrize(("subset", "old"), [("de", None), (None, None), ("deu-deu", "de")])
def test_a_file_had_the_cell_until_a_commit(subset: str | None, old: str | None) -> None:
    found = why([], [number(Role.EARLIER, "de")], subset=subset, old_subset=old)
    assert (found.cause, found.confidence) == (Cause.REMOVED, Confidence.CERTAIN)
    assert "until commit cccccccccc of 2025-01-02" in found.evidence


def test_a_number_of_the_winning_file_is_no_reason() -> None:
    assert why([ref(Role.WINS)], [number(Role.WINS)]).cause is Cause.NEVER_FILED


def test_only_a_history_tells_that_there_never_was_a_file() -> None:
    assert why([], [], subset="de") == Explanation(
        Cause.NEVER_FILED,
        Confidence.CERTAIN,
        "org/a on T1 (de): there is no file today, and there never was one",
    )
    assert why([ref(Role.WINS)], [], history=False) == Explanation(
        Cause.NOT_FILED, Confidence.INFERRED, "org/a on T1: its file of today lacks this subset"
    )
