"""From the ledger to what users may know: pure, and no text of the ledger gets through.

A decision's reason becomes one of a few keys, which the page has words for. So a host name in an
error, or what an operator wrote in anger, stays in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.transition import LONGEST_HISTORY, Milestone, Transition
from frontrunner.gateway.transition_page import transition_words
from frontrunner.takeover.notices import kind_of
from frontrunner.takeover.plan import Plan, parse_plan, wanted
from frontrunner.takeover.records import Cause, Decided, Entry, PlanChanged, Reading
from frontrunner.takeover.stages import Mode, Position

_HELD = (Mode.PAUSED, Mode.ROLLED_BACK, Mode.FAILED)


def move_of(entries: Iterable[Entry], at: float) -> Transition | None:
    """Where the move is, from the whole ledger in order; None if it has not been started.

    `at` is now. Raises TakeoverError if a plan of the ledger is of another version.
    """
    plan: Plan | None = None
    position: Position | None = None
    reason = ""
    history: list[Milestone] = []
    for entry in entries:
        record = entry.record
        if isinstance(record, PlanChanged) and record.plan:
            plan = parse_plan(record.plan)
        if not isinstance(record, Decided):
            continue
        position = record.after
        reason = reason_of(record) if position.mode in _HELD else ""
        if kind_of(record):
            history.append(_milestone(entry.at, record, _share(plan, position), reason))
    if position is None:
        return None
    return Transition(
        at=at,
        stage=position.stage,
        mode=position.mode,
        share=_share(plan, position),
        shares=plan.shares if plan else (),
        reason=reason,
        history=tuple(reversed(history[-LONGEST_HISTORY:])),
    )


def _milestone(at: float, decided: Decided, share: int, reason: str) -> Milestone:
    kind, stage = kind_of(decided), decided.after.stage
    return Milestone(at=at, kind=kind, stage=stage, share=share, reason=reason)


def _share(plan: Plan | None, position: Position) -> int:
    return wanted(plan, position).share if plan else 0


_CAUSES = {
    Cause.COMMAND: "operator",
    Cause.DRIFT: "operator",
    Cause.PLAN: "operator",
    Cause.DEADLINE: "deadline",
    Cause.HEALTH: "health",
}


def reason_of(decided: Decided) -> str:
    """Why the move is held, as a key of the page's words."""
    if decided.cause is not Cause.GATE:
        return _CAUSES.get(decided.cause, "other")
    known = transition_words()["en"].reasons
    failed = [one for one in decided.readings if _decides(one)]
    if not failed:
        return "evidence"
    return failed[0].gate if failed[0].gate in known else "other"


def _decides(reading: Reading) -> bool:
    return reading.verdict is Verdict.FAILED and not reading.dry_run
