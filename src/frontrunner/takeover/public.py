"""From the ledger to what users may know: pure, and no text of the ledger gets through.

A decision's reason becomes one of a few keys, which the page has words for. So a host name in an
error, or what an operator wrote in anger, stays in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.transition import LONGEST_HISTORY, Milestone, Transition
from frontrunner.gateway.transition_page import transition_words
from frontrunner.takeover.notices import kind_of
from frontrunner.takeover.records import Decided, Entry, Reading
from frontrunner.takeover.stages import FULL, Mode, Position, Stage

_HELD = (Mode.PAUSED, Mode.ROLLED_BACK, Mode.FAILED)


def transition_of(entries: Iterable[Entry], shares: Sequence[int], at: float) -> Transition | None:
    """Where the move is, from the whole ledger in order; None if it has not been started.

    `shares` are those of the plan, of 10,000.
    """
    position: Position | None = None
    reason = ""
    history: list[Milestone] = []
    for entry in entries:
        if not isinstance(entry.record, Decided):
            continue
        decided = entry.record
        position = decided.after
        reason = reason_of(decided) if position.mode in _HELD else ""
        kind = kind_of(decided)
        if kind:
            history.append(
                Milestone(
                    at=entry.at,
                    kind=kind,
                    stage=position.stage,
                    share=share_of(position, shares),
                    reason=reason,
                )
            )
    if position is None:
        return None
    return Transition(
        at=at,
        stage=position.stage,
        mode=position.mode,
        share=share_of(position, shares),
        shares=tuple(shares),
        reason=reason,
        history=tuple(reversed(history[-LONGEST_HISTORY:])),
    )


def share_of(position: Position, shares: Sequence[int]) -> int:
    """Of 10,000 visitors, how many get the new board at a position."""
    if position.mode is Mode.ROLLED_BACK:
        return 0
    if position.stage in (Stage.CUTOVER, Stage.SETTLED):
        return FULL
    if position.stage is not Stage.SHIFTING or not shares:
        return 0
    return shares[min(position.step, len(shares) - 1)]


def reason_of(decided: Decided) -> str:
    """Why the move is held, as a key of the page's words."""
    known = transition_words()["en"].reasons
    failed = [one for one in decided.readings if _decides(one, Verdict.FAILED)]
    if failed:
        return failed[0].gate if failed[0].gate in known else "other"
    if decided.command is not None:
        return "operator"
    why = decided.why.lower()
    for key, word in (("deadline", "deadline"), ("health", "health")):
        if word in why:
            return key
    open_gates = (Verdict.INCONCLUSIVE, Verdict.ERROR)
    unsure = any(_decides(one, verdict) for one in decided.readings for verdict in open_gates)
    return "evidence" if unsure else "other"


def _decides(reading: Reading, verdict: Verdict) -> bool:
    return reading.verdict is verdict and not reading.dry_run
