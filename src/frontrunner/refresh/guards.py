"""Guards: limits on what one update may change, each with the sentence that says what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from frontrunner.base.refresh_settings import GUARDS, GuardSettings
from frontrunner.refresh.changes import Changes
from frontrunner.results.rejects import Reason
from frontrunner.snapshot.difference import TableDifference
from frontrunner.snapshot.manifest import Counts

_NAMED = 3
"""Models or boards that a sentence names."""
_ALIKE, _NEARLY_ALL = 0.01, 0.9
"""How near to each other factors are that count as one, and the share of scores that has it."""
_SET_ASIDE = frozenset(str(one) for one in Reason if one.by_policy)
"""Reasons of files that a rule passes over, with nothing wrong in them."""


class Breach(msgspec.Struct, frozen=True):
    """A guard that does not let an update pass."""

    guard: str
    """Its name, which is the name of its setting."""
    sentence: str
    """What would change, by how much, and what is allowed."""


class _Finding(NamedTuple):
    """What a guard found."""

    guard: str
    what: str
    """What would change, and by how much: a clause."""
    allowed: str
    """What may: another clause."""

    @property
    def sentence(self) -> str:
        """Both."""
        allowed = f"; {self.allowed}" if self.allowed else ""
        return f"{self.what[:1].upper()}{self.what[1:]}{allowed} ([refresh.guards] {self.guard})."


def breaches(changes: Changes, limits: GuardSettings) -> tuple[Breach, ...]:
    """The guards that hold an update back, in the order of `GUARDS`; none if it may pass."""
    return tuple(Breach(one.guard, one.sentence) for one in _findings(changes, limits))


def reason_of(changes: Changes, limits: GuardSettings) -> str:
    """Why an update is held, in one sentence; empty if it may pass.

    It says what can be the cause of the rest, and names the other guards.
    """
    found = sorted(_findings(changes, limits), key=lambda one: _order(changes)[one.guard])
    if not found:
        return ""
    first, others = found[0].sentence, [one.guard for one in found[1:]]
    if not others:
        return first
    guards = f"{', '.join(others[:-1])} and {others[-1]}" if others[1:] else others[0]
    holds = f"the guards {guards} hold" if others[1:] else f"the guard {guards} holds"
    return f"{first.removesuffix('.')}; {holds} it as well."


def _order(changes: Changes) -> dict[str, int]:
    """The place of each guard: files that are rejected can be the cause of all else, and so can
    models whose name was changed, since their files are then rejected.
    """
    is_renamed = any(one in changes.renamed for one in changes.scores.models_gone)
    first = ("models", "rejected") if is_renamed else ("rejected", "models")
    return {guard: place for place, guard in enumerate(dict.fromkeys((*first, *GUARDS)))}


def _findings(changes: Changes, limits: GuardSettings) -> list[_Finding]:
    found = ((name, _GUARDS[name](changes, limits)) for name in GUARDS if name not in limits.off)
    return [_Finding(name, *clauses) for name, clauses in found if clauses]


_Clauses = tuple[str, str] | None
"""What would change, and what may; None if that is within the limit."""


def _models(changes: Changes, limits: GuardSettings) -> _Clauses:
    gone = changes.scores.models_gone
    if len(gone) <= limits.models:
        return None
    what = f"{_counted(len(gone), 'model')} would vanish ({_some(gone)}){_renamed(changes, gone)}"
    return what, f"{limits.models:,} may"


def _renamed(changes: Changes, gone: Sequence[str]) -> str:
    """That models seem to be in the results under other names, if they are."""
    found = [one for one in gone if one in changes.renamed]
    if not found:
        return ""
    example = f"{found[0]} to {changes.renamed[found[0]]}"
    was = "was" if len(found) == 1 else "were"
    return f", of which {len(found):,} {was} probably renamed, such as {example}"


def _boards(changes: Changes, limits: GuardSettings) -> _Clauses:
    gone = changes.boards_gone
    if len(gone) <= limits.boards:
        return None
    what = f"{_counted(len(gone), 'board')} would lose every row ({_some(gone)})"
    return what, f"{limits.boards:,} may"


def _scores(changes: Changes, limits: GuardSettings) -> _Clauses:
    lost, all_of_them = len(changes.scores.lost), changes.scores.scored_before
    share = _percent(lost, all_of_them)
    if share <= limits.scores:
        return None
    what = (
        f"{lost:,} of {_counted(all_of_them, 'score')} ({_shown(share)}%) would vanish from models "
        "that stay"
    )
    return what, f"{limits.scores:g}% may"


def _moved(changes: Changes, limits: GuardSettings) -> _Clauses:
    by = changes.scores.moved_by
    far = by * 100 > limits.points
    moved = int(np.count_nonzero(far))
    share = _percent(moved, len(by))
    if share <= limits.moved:
        return None
    what = (
        f"{moved:,} of {_counted(len(by), 'score')} ({_shown(share)}%) would move by more than "
        f"{limits.points:g} points{_factor(changes.scores, far)}"
    )
    return what, f"{limits.moved:g}% may"


def _factor(scores: TableDifference, far: NDArray[np.bool_]) -> str:
    """That nearly all scores were multiplied by one number, if they were."""
    before, after = scores.old.score[scores.before][far], scores.new.score[scores.after][far]
    ratios = after[before != 0] / before[before != 0]
    usual = float(np.median(ratios)) if len(ratios) else 0.0
    alike = np.count_nonzero(np.abs(ratios - usual) <= abs(usual) * _ALIKE)
    if alike < _NEARLY_ALL * len(far[far]) or alike < 2:
        return ""
    return f", nearly all to {usual:.3g} times what they were"


def _rejected(changes: Changes, limits: GuardSettings) -> _Clauses:
    """Of fewer files the same ones are a larger share, so more must be rejected as well."""
    now, then = changes.counts_after, changes.counts_before
    before, after = (_percent(one.files_rejected, one.files_seen) for one in (then, now))
    more = _percent(now.files_rejected - then.files_rejected, now.files_seen)
    if min(after - before, more) <= limits.rejected:
        return None
    what = f"{after:.2f}% of the files would be rejected ({_reasons(changes)}), after {before:.2f}%"
    points = f"{limits.rejected:g} point{'' if limits.rejected == 1 else 's'}"
    return f"{what} so far", f"the share may grow by {points}"


def _reasons(changes: Changes) -> str:
    """The reason that most of the additional rejects have."""
    before: Counts = changes.counts_before
    more = {
        reason: number - before.rejected_by_reason.get(reason, 0)
        for reason, number in changes.counts_after.rejected_by_reason.items()
        if reason not in _SET_ASIDE
    }
    reason = max(more, key=lambda one: (more[one], one))
    return f"{more[reason]:,} more as {reason}"


def _coverage(changes: Changes, limits: GuardSettings) -> _Clauses:
    shares = {name: changes.lost(name) for name in changes.boards_kept}
    lost = {name: share for name, share in shares.items() if share > limits.coverage}
    if not lost:
        return None
    worst = [
        f"{name}: {_shown(lost[name])}%" for name in sorted(lost, key=lambda one: (-lost[one], one))
    ]
    what = (
        f"the models that stay would lose more than {limits.coverage:g}% of their scores on "
        f"{_counted(len(lost), 'board')} ({_some(worst)})"
    )
    return what, ""


def _leaders(changes: Changes, limits: GuardSettings) -> _Clauses:
    found, boards = changes.leaders, len(changes.boards_kept)
    share = _percent(len(found), boards)
    # A home with few boards: one board with another first model is what results are for.
    if len(found) <= 1 or share <= limits.leaders:
        return None
    what = (
        f"{len(found):,} of {_counted(boards, 'board')} ({_shown(share)}%) would have another "
        f"first model, which is not new ({_some(found)})"
    )
    return what, f"{limits.leaders:g}% may"


_GUARDS: dict[str, Callable[[Changes, GuardSettings], _Clauses]] = {
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
