"""Entries of a ledger for tests, without a database."""

from __future__ import annotations

from frontrunner.base.takeover_settings import TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plan import Plan, plan_hash, plan_of, plan_text
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import Cause, Decided, Entry, PlanChanged, Reading, Record
from frontrunner.takeover.stages import Mode, Position, Stage

START = 1_795_000_000.0
DAY = 86400.0
SICK = Side(healthy=False, code="old-1", data="data-1")
SICK_NEW = Side(healthy=False, code="new-1", data="data-1")


def at(stage: Stage, step: int = 0, mode: Mode = Mode.RUNNING) -> Position:
    return Position(stage=stage, step=step, mode=mode)


def reading(gate: str, verdict: Verdict = Verdict.PASSED, **more: object) -> Reading:
    values = {"text": f"{gate} said so.", **more}
    return Reading(gate=gate, verdict=verdict, **values)  # type: ignore[arg-type]


def chain(*records: Record | tuple[str, Record]) -> list[Entry]:
    """Entries an hour apart; a record alone is the controller's."""
    pairs = [one if isinstance(one, tuple) else ("controller", one) for one in records]
    return [
        Entry(
            seq=number,
            at=START + 3600.0 * number,
            actor=actor,
            plan="a" * 64,
            token=0 if actor != "controller" else 1,
            record=record,
            previous=f"{number - 1:064x}",
            hash=f"{number:064x}",
        )
        for number, (actor, record) in enumerate(pairs, 1)
    ]


def decided(before: Position, after: Position, why: str = "The evidence allows it.",
            command: int | None = None, *readings: Reading,
            cause: Cause = Cause.EVIDENCE) -> Decided:  # fmt: skip
    cause = Cause.COMMAND if command is not None else cause
    return Decided(
        before=before, after=after, why=why, command=command, readings=readings, cause=cause
    )


def plan(*shares: float) -> Plan:
    """A plan with these shares, in percent."""
    return plan_of(TakeoverSettings(shares=shares))


def in_force(found: Plan) -> PlanChanged:
    """The record that puts a plan into force."""
    return PlanChanged(found=plan_hash(found), accepted=True, plan=plan_text(found))


PATH = [
    at(Stage.PLANNED),
    at(Stage.PARALLEL),
    at(Stage.GUIDED),
    at(Stage.SHIFTING, 0),
    at(Stage.SHIFTING, 1),
    at(Stage.SHIFTING, 2),
    at(Stage.CUTOVER),
    at(Stage.SETTLED),
]
"""Every position of a move with three shares, in order."""


def walk(until: int) -> list[Decided]:
    """The decisions that lead along the path."""
    return [decided(PATH[n], PATH[n + 1]) for n in range(until)]
