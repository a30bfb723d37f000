"""What must hold at the end of a rehearsal, from what was noted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from frontrunner.takeover.records import Decided, Entry, Intended, PlanChanged
from frontrunner.takeover.rehearsal.book import Failure, Owner, Result
from frontrunner.takeover.rehearsal.flips import Window
from frontrunner.takeover.rehearsal.shares import Split
from frontrunner.takeover.stages import FULL, Mode, Stage

LONGEST_WAY_BACK = 1.0
"""Seconds in which a rollback has to reach every user."""
_STAGES = (Stage.PARALLEL, Stage.GUIDED, Stage.SHIFTING, Stage.CUTOVER, Stage.SETTLED)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must hold."""

    name: str
    held: bool
    text: str


def only_the_old_board(failure: Failure, down: Iterable[Window]) -> bool:
    """Whether a request failed because only the old board could answer it, and that was down."""
    is_old = failure.owner == Owner.OLD or failure.choice == "old"
    end = failure.at + failure.took
    return is_old and any(one.start <= end and failure.at <= one.end for one in down)


def only_the_new_board(failure: Failure, down: Iterable[Window]) -> bool:
    """Whether a request failed because only the new board could answer it, and that was down.

    Such are the styles of its pages: the old board has none of that name.
    """
    end = failure.at + failure.took
    return failure.owner == Owner.NEW and any(
        one.start <= end and failure.at <= one.end for one in down
    )


class Down(NamedTuple):
    """When each board was down, or was made to fail."""

    old: Sequence[Window] = ()
    new: Sequence[Window] = ()


def of_requests(
    requests: int, wanted: int, failures: Sequence[Failure], all_failed: int, down: Down
) -> list[Finding]:
    """That enough was asked, and that nothing failed that could be repeated.

    `all_failed` counts every failure; those beyond the ones that were kept are never excused.
    """
    failed = [one for one in failures if one.result is Result.FAILED]
    by_old = [one for one in failed if only_the_old_board(one, down.old)]
    by_new = [one for one in failed if only_the_new_board(one, down.new)]
    excused = {id(one) for one in (*by_old, *by_new)}
    rest = [one for one in failed if id(one) not in excused]
    left = all_failed - len(excused)
    first = f" The first: {rest[0].request}, {rest[0].cause}." if rest else ""
    more = "".join(
        f" {len(known):,} that only the {board} board answers failed while it was down."
        for board, known in (("old", by_old), ("new", by_new))
        if known
    )
    return [
        Finding(
            name="enough requests",
            held=requests >= wanted,
            text=f"{requests:,} of {wanted:,} requests were sent.",
        ),
        Finding(
            name="no failed request",
            held=not left,
            text=f"{left:,} of {requests:,} repeatable requests failed.{first}{more}",
        ),
    ]


def of_once(failures: Sequence[Failure], excused: Sequence[Window]) -> Finding:
    """That what must not be sent twice failed only while something it needs was down."""
    once = [one for one in failures if one.result is Result.ONCE]
    left = [
        one
        for one in once
        if not any(w.start <= one.at + one.took and one.at <= w.end for w in excused)
    ]
    first = f" The first: {left[0].request}, {left[0].cause}." if left else ""
    return Finding(
        name="no stream cut without a fault",
        held=not left,
        text=f"{len(once):,} POSTs and streams failed, {len(left):,} of them without a fault of "
        f"Envoy or the old board.{first}",
    )


def of_flips(flips: int, fallbacks: int, users: int) -> Finding:
    """That users changed boards only by choice, share or fallback."""
    return Finding(
        name="no flip",
        held=not flips,
        text=f"{flips:,} answers came from a board that neither share, choice nor fallback "
        f"explains; {users:,} users, {fallbacks:,} fallbacks.",
    )


def of_ways_back(seconds: Sequence[float]) -> Finding:
    """That each rollback reached every user in time."""
    slowest = max(seconds, default=0.0)
    return Finding(
        name="rollback within 1 s",
        held=slowest <= LONGEST_WAY_BACK,
        text=f"{len(seconds)} rollbacks took back all users, the slowest in {slowest:.2f} s.",
    )


def of_chain(holds: bool, text: str) -> Finding:
    """That the ledger's chain holds."""
    return Finding(name="the ledger holds", held=holds, text=text)


def of_shares(
    changes: Sequence[tuple[float, Split]], entries: Sequence[Entry], planned: Iterable[int]
) -> Finding:
    """That each share that was seen is one of the plan, and that the ledger intended it."""
    allowed = {0, FULL, *planned}
    intended = {one.record.after.share for one in entries if isinstance(one.record, Intended)} | {0}
    seen = [split.share for _, split in changes]
    wrong = sorted({share for share in seen if share not in allowed or share not in intended})
    text = f"The share changed {max(len(seen) - 1, 0)} times, always to one of the plan."
    if wrong:
        text = f"Shares that neither plan nor ledger have: {wrong} of 10,000."
    return Finding(name="shares of the plan", held=not wrong, text=text)


def of_path(entries: Sequence[Entry]) -> Finding:
    """That every stage was walked, up to the end."""
    reached = {one.record.after.stage for one in entries if isinstance(one.record, Decided)}
    modes = [one.record.after.mode for one in entries if isinstance(one.record, Decided)]
    missing = [str(one) for one in _STAGES if one not in reached]
    finished = bool(modes) and modes[-1] is Mode.FINISHED
    text = "Every stage was walked, up to the end."
    if missing or not finished:
        text = f"Not reached: {', '.join(missing) or 'the end'}."
    return Finding(name="the whole path", held=not missing and finished, text=text)


def of_ledger_tale(entries: Sequence[Entry]) -> Finding:
    """That every decision has its reason, and what evidence decided has its evidence."""
    bare = [
        one.seq
        for one in entries
        if isinstance(one.record, Decided) and (not one.record.why or not one.plan)
    ]
    decided = sum(isinstance(one.record, Decided) for one in entries)
    edits = sum(isinstance(one.record, PlanChanged) for one in entries)
    return Finding(
        name="the ledger tells it all",
        held=not bare and decided > 0,
        text=f"{len(entries):,} entries: {decided} decisions, each with a reason; {edits} plans.",
    )


def of_kills(controller: int, wanted: int, envoy: int, envoy_wanted: int) -> Finding:
    """That the controller and Envoy were killed as often as asked for."""
    return Finding(
        name="kills",
        held=controller >= wanted and envoy >= envoy_wanted,
        text=f"{controller} of the controller, {envoy} of Envoy.",
    )
