"""What follows on publishing: prepare the answers of a snapshot, and remember what it shows.

Readers have the snapshot already. If this cannot be done, servers are slower, and the next update
does it.
"""

from __future__ import annotations

from frontrunner.base.errors import LegacyError, UnpreparedError
from frontrunner.ops import events
from frontrunner.ops.past import keep_past
from frontrunner.ops.reporting import Reporter, log
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


def complete(store: Store, snapshot: Snapshot, reporter: Reporter, *, again: bool = False) -> None:
    """Do what follows on publishing: prepare a snapshot's answers, and remember what is shown.

    Raises UnpreparedError if the answers cannot be; that the past cannot be is a warning.
    """
    unprepared = try_to_complete(store, snapshot, reporter, again=again)
    if unprepared is not None:
        raise unprepared


def try_to_complete(
    store: Store, snapshot: Snapshot, reporter: Reporter, *, again: bool = False
) -> UnpreparedError | None:
    """As `complete`; what kept the answers from being prepared stops nothing else."""
    unprepared = None
    try:
        prepare_answers(store, snapshot, reporter, again=again)
    except UnpreparedError as error:
        log(store, events.Unprepared(snapshot=snapshot.id, reason=str(error)), reporter)
        unprepared = error
    if store.current_id() is not None:
        keep_past(store, reporter.warn)
    return unprepared


def is_prepared(store: Store, snapshot: Snapshot) -> bool:
    """Whether a snapshot's answers exist, and those to the calls of an adopted old board."""
    from frontrunner.calls.pack import has_calls  # noqa: PLC0415
    from frontrunner.legacy.adopted import read_adopted  # noqa: PLC0415

    if snapshot.prepared is None:
        return False
    try:
        return has_calls(store.home, snapshot.id) or read_adopted(store.home) is None
    except LegacyError:
        return True  # a damaged adoption needs no answers


def prepare_answers(
    store: Store, snapshot: Snapshot, reporter: Reporter, *, again: bool = False
) -> None:
    """Make a snapshot's answers, and those to an old board's calls, unless they exist.

    With `again` they are made in any case; those that exist are served until then. Raises
    UnpreparedError if they cannot be prepared.
    """
    from frontrunner.answers.prepare import prepare  # noqa: PLC0415 -- `rollback` may not need it

    with store.changing():
        if again or snapshot.prepared is None:
            with reporter.step("Preparing answers") as progress:
                prepare(snapshot, progress, again=again)
            log(store, events.Prepared(snapshot=snapshot.id), reporter)
        prepare_old_calls(store, snapshot, reporter, again=again)


def prepare_old_calls(
    store: Store, snapshot: Snapshot, reporter: Reporter, *, again: bool = False
) -> None:
    """Make the answers to the calls of the old board, if one was adopted and they do not exist.

    A damaged adoption is a warning: the board itself is served without them.
    """
    from frontrunner.calls.pack import has_calls  # noqa: PLC0415
    from frontrunner.calls.preparing import prepare_calls  # noqa: PLC0415
    from frontrunner.legacy.adopted import read_adopted  # noqa: PLC0415

    if has_calls(store.home, snapshot.id) and not again:
        return
    try:
        adopted = read_adopted(store.home)
        if adopted is not None:
            with reporter.step("Preparing the old board's calls"):
                prepare_calls(store.home, snapshot, adopted, again=again)
    except LegacyError as error:
        reporter.warn(error)
