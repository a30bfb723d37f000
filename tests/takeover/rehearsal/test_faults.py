"""What the ledger says of a fault: stopped for the right reason, or not at all."""

from __future__ import annotations

import pytest

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.records import (
    Cause,
    Commanded,
    Decided,
    Entry,
    Noted,
    PlanChanged,
    Reading,
    Refused,
    Verb,
)
from frontrunner.takeover.rehearsal import faults
from frontrunner.takeover.rehearsal.faults import BY_NAME, CASES, Case, Fault, Given, Must
from frontrunner.takeover.stages import Mode, Position, Stage
from tests.takeover.rehearsal.test_findings import entry

RUNNING = Position(stage=Stage.SHIFTING, step=2)
KILLED = BY_NAME[Fault.SUCCESSOR_KILLED]


def decided(mode: Mode, cause: Cause, failed: str = "") -> Entry:
    readings = (Reading(gate=failed, verdict=Verdict.FAILED, text="bad"),) if failed else ()
    after = Position(stage=Stage.SHIFTING, step=2, mode=mode)
    record = Decided(before=RUNNING, after=after, why="so", cause=cause, readings=readings)
    return entry(1, record)


def test_every_fault_has_one_case_with_an_end() -> None:
    assert [one.fault for one in CASES] == list(Fault)
    for case in CASES:
        assert bool(case.lasts) == (case.must in (Must.HOLD, Must.GO_ON, Must.STAY))
        assert bool(case.gates) or case.must is not Must.STOP


@pytest.mark.parametrize(
    ("mode", "cause", "gate", "held"),
    [
        (Mode.ROLLED_BACK, Cause.GATE, "success", True),
        (Mode.ROLLED_BACK, Cause.HEALTH, "", True),
        (Mode.PAUSED, Cause.GATE, "success", True),
        (Mode.ROLLED_BACK, Cause.GATE, "freshness", False),
        (Mode.ROLLED_BACK, Cause.COMMAND, "success", False),
        (Mode.PAUSED, Cause.DEADLINE, "", False),
        (Mode.RUNNING, Cause.EVIDENCE, "", None),
    ],
)
def test_a_stop_counts_for_the_right_reason(
    mode: Mode, cause: Cause, gate: str, held: bool | None
) -> None:
    assert faults.stopped(KILLED, [decided(mode, cause, gate)]).held is held


def test_nothing_is_known_before_the_first_decision() -> None:
    assert faults.stopped(KILLED, []) == faults.UNKNOWN
    assert faults.went_forward([]) is None
    assert faults.turned_back([]) is None


def test_a_step_forward_and_a_stop_are_told_apart() -> None:
    forward = decided(Mode.RUNNING, Cause.EVIDENCE)
    back = decided(Mode.ROLLED_BACK, Cause.GATE, "success")
    found, stopped = faults.went_forward([forward]), faults.turned_back([back])
    assert found is not None
    assert found.held is False
    assert stopped is not None
    assert stopped.held is False
    assert faults.went_forward([back]) is None
    assert faults.turned_back([forward]) is None


def test_an_edit_counts_until_it_is_accepted_and_alarms_are_listed() -> None:
    offered = entry(1, PlanChanged(found="x", accepted=False))
    accepted = entry(2, PlanChanged(found="x", accepted=True))
    assert faults.edit_was_noticed([offered])
    assert not faults.edit_was_noticed([accepted])
    notes = [entry(1, Noted(topic="alarm", text="hot")), entry(2, Noted(topic="lease", text="x"))]
    assert faults.alarms(notes) == ["hot"]


@pytest.mark.parametrize(("step", "mode", "there"), [
    (2, Mode.RUNNING, True), (3, Mode.RUNNING, False), (2, Mode.PAUSED, False),
])  # fmt: skip
def test_the_place_of_a_fault(step: int, mode: Mode, there: bool) -> None:
    case = Case(
        fault=Fault.WRONG_NUMBERS, title="", stage=Stage.SHIFTING, step=2, must=Must.STOP,
        gates=("shadow",), expected="",
    )  # fmt: skip
    assert faults.is_at(Position(stage=Stage.SHIFTING, step=step, mode=mode), case) is there


PAUSE = Given(verb=Verb.PAUSE, code=0, said="Paused.")
FINISH = Given(verb=Verb.FINISH, code=2, said="It can be finished once it has settled.")
RECORDED = entry(1, Commanded(verb=Verb.PAUSE))
REFUSED = entry(2, Refused(command=1, why="It does not run."))


def test_a_command_is_answered_in_the_ledger_or_refused_by_itself() -> None:
    found = faults.all_answered([PAUSE, FINISH], [RECORDED, REFUSED])
    assert found.held
    assert found.text == "2 commands: 0 carried out, 2 refused, 1 at once."


def test_a_command_without_an_answer_is_waited_for() -> None:
    assert faults.all_answered([PAUSE], [RECORDED]) == faults.UNKNOWN
    assert faults.all_answered([], []) == faults.UNKNOWN


@pytest.mark.parametrize(
    "lost",
    [
        Given(verb=Verb.FINISH, code=0, said="Done."),
        Given(verb=Verb.FINISH, code=1, said=""),
        Given(verb=Verb.PAUSE, code=0, said="Paused."),
    ],
    ids=["not refused", "without a reason", "the second of two"],
)
def test_a_command_that_vanishes_is_a_failure(lost: Given) -> None:
    found = faults.all_answered([PAUSE, lost], [RECORDED, REFUSED])
    assert found.held is False
    assert found.text == f"Neither recorded nor refused: {lost.verb}."
