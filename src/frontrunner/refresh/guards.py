"""Guards: limits on what one update may change, each with the sentence that says what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from frontrunner.base.refresh_settings import GUARDS, GuardSettings
from frontrunner.refresh.changes import Changes
from frontrunner.snapshot.manifest import Counts

_NAMED = 3
"""Models or boards that a sentence names."""


class Breach(msgspec.Struct, frozen=True):
    """A guard that does not let an update pass."""

    guard: str
    """Its name, which is the name of its setting."""
    sentence: str
    """What would change, by how much, and what is allowed."""


def breaches(changes: Changes, limits: GuardSettings) -> tuple[Breach, ...]:
    """The guards that hold an update back, in the order of `GUARDS`; none if it may pass."""
    found = ((name, _GUARDS[name](changes, limits)) for name in GUARDS if name not in limits.off)
    return tuple(Breach(name, sentence) for name, sentence in found if sentence)


def _models(changes: Changes, limits: GuardSettings) -> str:
    gone = changes.scores.models_gone
    if len(gone) <= limits.models:
        return ""
    return (
        f"{_counted(len(gone), 'model')} would vanish ({_some(gone)}); "
        f"{limits.models:,} may ([refresh.guards] models)."
    )


def _boards(changes: Changes, limits: GuardSettings) -> str:
    gone = changes.boards_gone
    if len(gone) <= limits.boards:
        return ""
    return (
        f"{_counted(len(gone), 'board')} would lose every row ({_some(gone)}); "
        f"{limits.boards:,} may ([refresh.guards] boards)."
    )


def _scores(changes: Changes, limits: GuardSettings) -> str:
    lost, all_of_them = len(changes.scores.lost), changes.scores.scored_before
    share = _percent(lost, all_of_them)
    if share <= limits.scores:
        return ""
    return (
        f"{lost:,} of {_counted(all_of_them, 'score')} ({_shown(share)}%) would vanish from models "
        f"that stay; {limits.scores:g}% may ([refresh.guards] scores)."
    )


def _moved(changes: Changes, limits: GuardSettings) -> str:
    by = changes.scores.moved_by
    moved = int(np.count_nonzero(by * 100 > limits.points))
    share = _percent(moved, len(by))
    if share <= limits.moved:
        return ""
    return (
        f"{moved:,} of {_counted(len(by), 'score')} ({_shown(share)}%) would move by more than "
        f"{limits.points:g} points; {limits.moved:g}% may ([refresh.guards] moved)."
    )


def _rejected(changes: Changes, limits: GuardSettings) -> str:
    before, after = (
        _percent(one.files_rejected, one.files_seen)
        for one in (changes.counts_before, changes.counts_after)
    )
    if after - before <= limits.rejected:
        return ""
    return (
        f"{after:.2f}% of the files would be rejected ({_reasons(changes)}), after {before:.2f}% "
        f"so far; the share may grow by {limits.rejected:g} points ([refresh.guards] rejected)."
    )


def _reasons(changes: Changes) -> str:
    """The reason that most of the additional rejects have."""
    before: Counts = changes.counts_before
    more = {
        reason: number - before.rejected_by_reason.get(reason, 0)
        for reason, number in changes.counts_after.rejected_by_reason.items()
    }
    reason = max(more, key=lambda one: (more[one], one))
    return f"{more[reason]:,} more as {reason}"


def _coverage(changes: Changes, limits: GuardSettings) -> str:
    shares = {name: changes.lost(name) for name in changes.boards_kept}
    lost = {name: share for name, share in shares.items() if share > limits.coverage}
    if not lost:
        return ""
    worst = [
        f"{name}: {_shown(lost[name])}%" for name in sorted(lost, key=lambda one: (-lost[one], one))
    ]
    return (
        f"The models that stay would lose more than {limits.coverage:g}% of their scores on "
        f"{_counted(len(lost), 'board')} ({_some(worst)}) "
        f"([refresh.guards] coverage)."
    )


def _leaders(changes: Changes, limits: GuardSettings) -> str:
    found, boards = changes.leaders, len(changes.boards_kept)
    share = _percent(len(found), boards)
    # A home with few boards: one board with another first model is what results are for.
    if len(found) <= 1 or share <= limits.leaders:
        return ""
    return (
        f"{len(found):,} of {_counted(boards, 'board')} ({_shown(share)}%) would have another "
        f"first model, which is not new ({_some(found)}); {limits.leaders:g}% may "
        "([refresh.guards] leaders)."
    )


_GUARDS: dict[str, Callable[[Changes, GuardSettings], str]] = {
    "models": _models,
    "boards": _boards,
    "scores": _scores,
    "moved": _moved,
    "rejected": _rejected,
    "coverage": _coverage,
    "leaders": _leaders,
}


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _shown(percent: float) -> str:
    """As people write a percentage."""
    return f"{percent:.3g}" if percent < 1 else f"{percent:.1f}".removesuffix(".0")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:_NAMED])}{_more(names)}"


def _more(names: Sequence[str]) -> str:
    return f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
