"""Every fault of a rehearsal: where it is made, which effect it must have, and within which time.
Pure.

A fault is made while the take-over is at its place. It is lifted when that effect was seen, or when
its time is over. No fault may fail a request that can be repeated, send a user to the
wrong board, or break the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

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
from frontrunner.takeover.stages import Mode, Position, Stage


class Fault(StrEnum):
    """The faults, by the name that `--fault` takes."""

    COMPARER_DOWN = "comparer-down"
    PLAN_EDITED = "plan-edited"
    DISK_FULL = "disk-full"
    DATABASE_GONE = "database-gone"
    TWO_CONTROLLERS = "two-controllers"
    CLOCK_STEPS = "clock-steps"
    ENVOY_KILLED = "envoy-killed"
    CONTROLLER_KILLED = "controller-killed"
    LEGACY_DOWN = "legacy-down"
    WRONG_NUMBERS = "wrong-numbers"
    EMPTY_BOARD = "empty-board"
    STALE_DATA = "stale-data"
    SUCCESSOR_SLOW = "successor-slow"
    SUCCESSOR_ERRORS = "successor-errors"
    SUCCESSOR_RESETS = "successor-resets"
    SUCCESSOR_KILLED = "successor-killed"
    OPERATOR = "operator"


class Must(StrEnum):
    """The effect that a fault must have."""

    HOLD = "the take-over holds"
    """No step forward while the fault lasts; it goes on by itself afterwards."""
    STOP = "the take-over stops"
    """It pauses if no user was moved, and rolls all users back otherwise."""
    GO_ON = "the take-over goes on"
    """Nothing is decided because of it."""
    ANSWER = "each command is answered"
    STAY = "a rollback waits"
    """Users are not sent to a board that is down; they go back once it is healthy."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One fault."""

    fault: Fault
    title: str
    stage: Stage
    step: int = 0
    must: Must
    gates: tuple[str, ...] = ()
    """Gates of which one must have failed; with `health`, the health of the new board will do."""
    within: float = 40.0
    """Seconds in which it must be seen."""
    lasts: float = 0.0
    """Seconds for which it is kept up, if it is not to stop the take-over."""
    expected: str
    """For people: the effect that it must have."""


_SHARES = "the new board answers a part of the users"
CASES: tuple[Case, ...] = (
    Case(
        fault=Fault.COMPARER_DOWN,
        title="The comparer of shadows is down",
        stage=Stage.PARALLEL,
        must=Must.HOLD,
        gates=("shadow",),
        lasts=5.0,
        expected="Gate shadow has no evidence, so the stage is not left.",
    ),
    Case(
        fault=Fault.PLAN_EDITED,
        title="The plan is edited while it runs",
        stage=Stage.GUIDED,
        must=Must.HOLD,
        lasts=3.0,
        expected="The edit is noticed, and nothing moves until an operator accepts it.",
    ),
    Case(
        fault=Fault.DISK_FULL,
        title="The controller's disk is full",
        stage=Stage.SHIFTING,
        must=Must.HOLD,
        lasts=4.0,
        expected="Without a ledger no step is taken. The users stay where they are.",
    ),
    Case(
        fault=Fault.DATABASE_GONE,
        title="The ledger's database is gone",
        stage=Stage.SHIFTING,
        step=1,
        must=Must.HOLD,
        lasts=4.0,
        expected="Without a ledger no step is taken. The users stay where they are.",
    ),
    Case(
        fault=Fault.TWO_CONTROLLERS,
        title="A second controller starts, then the first is killed",
        stage=Stage.SHIFTING,
        step=1,
        must=Must.GO_ON,
        lasts=4.0,
        expected="The second stands by and takes over under a larger token; one acts at a time.",
    ),
    Case(
        fault=Fault.CLOCK_STEPS,
        title="The controller's clock steps back an hour, then two hours on",
        stage=Stage.SHIFTING,
        step=1,
        must=Must.GO_ON,
        lasts=4.0,
        expected="No deadline ends and no time of the ledger goes back.",
    ),
    Case(
        fault=Fault.ENVOY_KILLED,
        title="Envoy is killed",
        stage=Stage.SHIFTING,
        step=2,
        must=Must.GO_ON,
        lasts=4.0,
        expected="Envoy is back within seconds with the same share.",
    ),
    Case(
        fault=Fault.CONTROLLER_KILLED,
        title="The controller is killed again and again",
        stage=Stage.SHIFTING,
        step=3,
        must=Must.GO_ON,
        lasts=4.0,
        expected="Each next controller reads what holds and goes on; no step is lost or doubled.",
    ),
    Case(
        fault=Fault.LEGACY_DOWN,
        title="The old board is down while an operator rolls back",
        stage=Stage.CUTOVER,
        must=Must.STAY,
        lasts=4.0,
        expected="No user is sent to a board that is down. Once it is healthy, all go back.",
    ),
    Case(
        fault=Fault.WRONG_NUMBERS,
        title="The new board shows wrong numbers",
        stage=Stage.SHIFTING,
        must=Must.STOP,
        gates=("shadow",),
        expected="Gate shadow fails and all users go back.",
    ),
    Case(
        fault=Fault.EMPTY_BOARD,
        title="The new board shows empty tables",
        stage=Stage.PARALLEL,
        must=Must.STOP,
        gates=("shadow",),
        expected="Gate shadow fails before any user is moved, and the take-over pauses.",
    ),
    Case(
        fault=Fault.STALE_DATA,
        title="The new board shows data that is two months old",
        stage=Stage.SHIFTING,
        must=Must.STOP,
        gates=("freshness",),
        within=20.0,
        expected="Gate freshness fails and all users go back.",
    ),
    Case(
        fault=Fault.SUCCESSOR_SLOW,
        title="The new board is slow",
        stage=Stage.SHIFTING,
        step=2,
        must=Must.STOP,
        gates=("slowness", "success", "share", "health"),
        expected="Gate slowness fails, or share, since late answers are missing; all go back.",
    ),
    Case(
        fault=Fault.SUCCESSOR_ERRORS,
        title="The new board answers 500",
        stage=Stage.SHIFTING,
        step=2,
        must=Must.STOP,
        gates=("success", "shadow", "health"),
        expected="Gate success or shadow fails, or the health is bad for too long; all go back.",
    ),
    Case(
        fault=Fault.SUCCESSOR_RESETS,
        title="The new board resets connections",
        stage=Stage.SHIFTING,
        step=2,
        must=Must.STOP,
        gates=("success", "health"),
        expected="Gate success fails, or the board's health is bad for too long; all go back.",
    ),
    Case(
        fault=Fault.SUCCESSOR_KILLED,
        title="The new board is killed",
        stage=Stage.SHIFTING,
        step=3,
        must=Must.STOP,
        gates=("success", "health"),
        expected="Gate success fails, or the board's health is bad for too long; all go back.",
    ),
    Case(
        fault=Fault.OPERATOR,
        title="An operator gives every command at once",
        stage=Stage.SHIFTING,
        step=1,
        must=Must.ANSWER,
        within=120.0,
        expected="Each command is carried out or refused, with a reason, in the ledger.",
    ),
)
"""In the order of a rehearsal: first those that stop nothing, on one way through the plan."""

BY_NAME = {case.fault: case for case in CASES}


def place(case: Case) -> Position:
    """Where a fault is made."""
    return Position(stage=case.stage, step=case.step)


def is_at(position: Position, case: Case) -> bool:
    """Whether the take-over runs where a fault is to be made.

    What stops nothing may be made at a later step, so that one way through the plan has several.
    """
    if position.mode is not Mode.RUNNING or position.stage is not case.stage:
        return False
    later = case.must is Must.GO_ON and position.step > case.step
    return later or position.step == case.step


# --- what the ledger says of it -------------------------------------------------------------------


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a fault so far."""

    held: bool | None
    """None if it is not known yet."""
    text: str
    readings: tuple[Reading, ...] = ()
    entry: int = 0
    """The entry of the ledger that says so."""


UNKNOWN = Found(held=None, text="No effect was seen yet.")


def decisions(entries: Iterable[Entry]) -> list[tuple[Entry, Decided]]:
    """The decisions among entries."""
    return [(one, one.record) for one in entries if isinstance(one.record, Decided)]


def stopped(case: Case, entries: Sequence[Entry]) -> Found:
    """Whether the take-over has stopped for the right reason."""
    for entry, record in decisions(entries):
        if record.after.mode not in (Mode.PAUSED, Mode.ROLLED_BACK):
            continue
        failed = [one.gate for one in record.readings if one.verdict == "failed"]
        reasons = set(failed) | ({"health"} if record.cause is Cause.HEALTH else set())
        right = bool(reasons & set(case.gates)) and record.cause in (Cause.GATE, Cause.HEALTH)
        return Found(held=right, text=record.why, readings=record.readings, entry=entry.seq)
    return UNKNOWN


def went_forward(entries: Sequence[Entry]) -> Found | None:
    """A step forward that evidence decided; None if there was none."""
    for entry, record in decisions(entries):
        if record.cause is Cause.EVIDENCE:
            return Found(held=False, text=f"It went on: {record.why}", entry=entry.seq)
    return None


def turned_back(entries: Sequence[Entry]) -> Found | None:
    """A decision that stops the take-over, although nothing was to stop it; None without."""
    for entry, record in decisions(entries):
        if record.after.mode is not Mode.RUNNING and record.cause is not Cause.EVIDENCE:
            text = f"It was stopped: {record.why}"
            return Found(held=False, text=text, readings=record.readings, entry=entry.seq)
    return None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the operator, as the program that took it ended."""

    verb: Verb
    code: int
    said: str


def all_answered(given: Sequence[Given], entries: Sequence[Entry]) -> Found:
    """Whether every command was carried out, or refused with a reason.

    What cannot be done at all is refused by the command itself and never gets into the ledger; the
    others are answered there.
    """
    recorded = [(one.seq, one.record) for one in entries if isinstance(one.record, Commanded)]
    answers = [one.record for one in entries if isinstance(one.record, Decided | Refused)]
    waiting = {seq for seq, _ in recorded} - {one.command for one in answers}
    if waiting or not given:
        return UNKNOWN
    unrecorded = Counter(one.verb for one in given) - Counter(one.verb for _, one in recorded)
    told = Counter(one.verb for one in given if one.code != 0 and one.said)
    vanished = unrecorded - told
    if vanished:
        names = ", ".join(sorted(vanished.elements()))
        return Found(held=False, text=f"Neither recorded nor refused: {names}.")
    early = unrecorded.total()
    late = sum(isinstance(one, Refused) for one in answers)
    done = len(given) - early - late
    text = f"{len(given)} commands: {done} carried out, {late + early} refused, {early} at once."
    return Found(held=True, text=text)


def edit_was_noticed(entries: Sequence[Entry]) -> bool:
    """Whether the ledger has the edit of the plan."""
    return any(isinstance(one.record, PlanChanged) and not one.record.accepted for one in entries)


def alarms(entries: Sequence[Entry]) -> list[str]:
    """What the controller raised alarms about."""
    return [
        one.record.text
        for one in entries
        if isinstance(one.record, Noted) and one.record.topic == "alarm"
    ]
