"""People are told what they must know, once, and in words that say it."""

from __future__ import annotations

import pytest

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.notices import notice_of
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Decided,
    Noted,
    Observed,
    PlanChanged,
    Record,
    Verb,
)
from frontrunner.takeover.stages import Mode, Position, Stage
from tests.takeover.makers import PATH, at, chain, decided, reading

FIVE = at(Stage.SHIFTING, 1)
BACK = at(Stage.PARALLEL, 0, Mode.ROLLED_BACK)
CASES = [
    (PATH[0], PATH[1], "stage", "Planned to Parallel", False),
    (PATH[2], PATH[3], "stage", "Guided to Shifting, step 1", False),
    (PATH[3], PATH[4], "share", "Shifting, step 2", False),
    (FIVE, at(Stage.SHIFTING, 1, Mode.PAUSED), "paused", "Paused at Shifting, step 2", True),
    (FIVE, at(Stage.SHIFTING, 1, Mode.FAILED), "failed", "Failed at Shifting, step 2", True),
    (FIVE, BACK, "rolled_back", "Rolled back from Shifting", True),
    (at(Stage.GUIDED, 0, Mode.PAUSED), at(Stage.GUIDED), "resumed", "Resumed at Guided", False),
    (BACK, at(Stage.PARALLEL), "retried", "Started again at Parallel", False),
    (at(Stage.SETTLED), at(Stage.SETTLED, 0, Mode.FINISHED), "finished", "Finished", False),
]


@pytest.mark.parametrize(("before", "after", "kind", "title", "urgent"), CASES)
def test_a_change_of_position_makes_a_notice(
    before: Position, after: Position, kind: str, title: str, urgent: bool
) -> None:
    [entry] = chain(decided(before, after, "Because.", None, reading("success", Verdict.FAILED)))
    notice = notice_of(entry)
    assert notice is not None
    assert (notice.kind, notice.title, notice.urgent) == (kind, title, urgent)
    assert notice.id == "ledger-1"
    assert notice.at == entry.at
    assert notice.text.startswith("Because.\nsuccess: failed. success said so.")
    assert "by controller" in notice.text


def test_a_decision_that_changes_nothing_makes_no_notice() -> None:
    [entry] = chain(decided(FIVE, FIVE))
    assert notice_of(entry) is None


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (PlanChanged(found="b" * 64, accepted=False), "The plan was edited while it runs"),
        (
            Noted(topic="alarm", text="No decision for a day.\nmore"),
            "Alarm: No decision for a day.",
        ),
    ],
)
def test_alarms_make_notices(record: Record, title: str) -> None:
    notice = notice_of(chain(record)[0])
    assert notice is not None
    assert (notice.kind, notice.title, notice.urgent) == ("alarm", title, True)


@pytest.mark.parametrize(
    "record",
    [
        Commanded(verb=Verb.PAUSE),
        Observed(reading=reading("success")),
        Acted(intent=1, seen=None),
        PlanChanged(found="b" * 64, accepted=True),
        Noted(topic="lease", text="Taken."),
    ],
)
def test_everything_else_is_in_the_ledger_alone(record: Record) -> None:
    assert notice_of(chain(record)[0]) is None


def test_a_reading_says_what_it_is_worth() -> None:
    unsure = reading("slowness", Verdict.INCONCLUSIVE, armed=False, dry_run=True)
    record: Decided = decided(FIVE, at(Stage.SHIFTING, 1, Mode.PAUSED), "Why.", None, unsure)
    notice = notice_of(chain(record)[0])
    assert notice is not None
    assert "slowness: inconclusive (dry run, not armed). slowness said so." in notice.text
