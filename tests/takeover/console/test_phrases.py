from __future__ import annotations

from typing import get_args

import pytest

from frontrunner.takeover.console.phrases import iso, kind, moment, phrase, span
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Intended,
    NewData,
    Noted,
    Observed,
    PlanChanged,
    Record,
    Refused,
    Restarted,
    StepBegun,
    StepEnded,
    Unknown,
    Verb,
)
from frontrunner.takeover.stages import Stage, World
from tests.takeover.makers import at, decided, reading

CASES: list[tuple[Record, str, str]] = [
    (Commanded(verb=Verb.ADVANCE, reason="Friday", force=True), "command",
     "Advance without waiting for the gates. Reason: Friday"),
    (Commanded(verb=Verb.APPROVE, gate="manual-guided"), "command", "Approve manual-guided"),
    (decided(at(Stage.GUIDED), at(Stage.SHIFTING, 1), "All holds."), "decision",
     "Guided → Shifting, step 2. All holds."),
    (decided(at(Stage.GUIDED), at(Stage.GUIDED), "Approved by ada."), "decision",
     "Approved by ada."),
    (Refused(command=7, why="Too late."), "refused", "Command 7 was refused. Too late."),
    (Intended(before=None, after=World(share=250, banner=True), why="Next."), "intent",
     "About to set share 2.5%, comparing 0%, banner. Next."),
    (Acted(intent=3, seen=None, error="timeout"), "outcome",
     "After 3: could not be read back. Error: timeout"),
    (Acted(intent=3, seen=World(share=10_000, settled=True)), "outcome",
     "After 3: share 100%, comparing 0%, settled."),
    (StepBegun(step="guide", title="Show a banner"), "step-intent", "Step guide: Show a banner"),
    (StepEnded(intent=3, step="guide"), "step-outcome", "Step guide is done"),
    (StepEnded(intent=3, step="guide", error="Too slow."), "step-outcome",
     "Step guide failed. Too slow."),
    (Observed(reading=reading("success")), "observed", "success: passed. success said so."),
    (Restarted(why="New code."), "analysis-restarted", "The counts start again. New code."),
    (NewData(side="new", data="d1"), "new-data", "The new board has new data: d1"),
    (PlanChanged(found="a" * 64, accepted=True), "plan-changed",
     "The plan aaaaaaaaaaaa was accepted"),
    (PlanChanged(found="a" * 64, accepted=False), "plan-changed",
     "The plan aaaaaaaaaaaa was edited and is not accepted"),
    (Noted(topic="drift", text="x"), "note", "drift: x"),
    (Unknown(name="later", text="{}"), "unknown", "later of a later version: {}"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "name", "text"), CASES)
def test_a_record_in_words(record: Record, name: str, text: str) -> None:
    assert (kind(record), phrase(record)) == (name, text)


def test_every_kind_of_record_has_words() -> None:
    assert {type(one) for one, *_ in CASES} == set(get_args(Record))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (-5, "0 seconds"), (1, "1 second"), (59.6, "1 minute"),
     (61, "1 minute 1 second"), (3600, "1 hour"), (3605, "1 hour"), (7380, "2 hours 3 minutes"),
     (90_000, "1 day 1 hour"), (10**7, "115 days 17 hours")],
)  # fmt: skip
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize("at_", [-1e30, 0.0, 1.795e9, 1e300, float("nan"), float("inf")])
def test_any_time_is_shown(at_: float) -> None:
    assert len(moment(at_)) == 19
    assert iso(at_).endswith("Z")
