"""Explain a difference: look the old number up among numbers that mean something.

Every explanation is a candidate: a number, how closely the old number must meet it, and what it
would mean. The first candidate that is met explains. Because nothing is ever explained without
its number, the same look-up on a false number says how often chance would have explained it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from frontrunner.checks.parity.evidence import Found, Role
from frontrunner.checks.parity.metrics import MAIN, METRICS
from frontrunner.checks.parity.reruns import Rerun
from frontrunner.checks.parity.verdicts import Cause, Cell, Confidence, Explanation

_COSINE = ("cosine_ap", "cos_sim_ap", "similarity_ap")
_HALF = 0.5 + 1e-7
_ROUNDED_TWICE = 1.5 + 1e-7


class Candidate(NamedTuple):
    """A number that would explain the old one."""

    value: float
    within: float
    """How far the old number may lie from it."""
    why: Explanation

    def meets(self, old: float) -> bool:
        """Whether the old number is this one."""
        return abs(self.value - old) <= self.within


def explain(old: float, candidates: Iterable[Candidate]) -> Explanation | None:
    """The first candidate that the old number meets."""
    return next((one.why for one in candidates if one.meets(old)), None)


class Pool(NamedTuple):
    """What there is to explain one cell with."""

    standing: Mapping[str, float]
    """Split -> the successor's number for the cell's subset, 0 to 100."""
    found: Sequence[Found]
    imported: Sequence[float]
    """What the old board's file of external results says of this model and column."""
    parts: float | None
    """The mean over the task's parts, where it has parts."""
    metric: str | None
    """The old board's metric."""
    rerun: Rerun | None
    """What says that the old board read another run, apart from this cell."""


def candidates(cell: Cell, pool: Pool) -> list[Candidate]:
    """All that could explain a cell, the strongest evidence first."""
    step = cell.step
    return [
        *_other_files(cell, pool, step),
        *_metric(cell, pool, step),
        *_imported(pool, step),
        *_splits(cell, pool, step),
        *_parts(pool, step),
        *_rounding(cell, step),
        *_rerun(cell, pool),
    ]


def _fits(found: Found, cell: Cell) -> bool:
    return cell.subset is None or found.subset == cell.subset


_ROLE_CAUSE = {
    Role.SUPERSEDED: Cause.OTHER_RUN,
    Role.RENAMED: Cause.RENAMED_MODEL,
    Role.RETIRED: Cause.RETIRED_TASK,
    Role.EARLIER: Cause.OTHER_RUN,
}


def _other_files(cell: Cell, pool: Pool, step: float) -> Iterable[Candidate]:
    names = (MAIN, *METRICS.get(pool.metric or "", ()))
    for one in pool.found:
        if one.role is Role.STANDS or one.metric not in names or not _fits(one, cell):
            continue
        same = cell.split is None or one.split == cell.split
        sure = Confidence.CERTAIN if same else Confidence.LIKELY
        text = f"{one.path} ({one.role}) has {one.value:.2f} as {one.metric} on {one.split}"
        yield Candidate(one.value, _HALF * step, Explanation(_ROLE_CAUSE[one.role], sure, text))


def _metric(cell: Cell, pool: Pool, step: float) -> Iterable[Candidate]:
    names = METRICS.get(pool.metric or "", ())
    right = [
        one
        for one in pool.found
        if one.role is Role.STANDS
        and one.metric in names
        and one.split == cell.split
        and _fits(one, cell)
    ]
    if pool.metric == "max_ap":
        # Two numbers, not six: the board showed the best way of comparing vectors, and before
        # that the cosine.
        best = sorted(right, key=lambda one: one.value)[-1:]
        cosine = [one for one in right if one.metric in _COSINE]
        right = best + sorted(cosine, key=lambda one: _COSINE.index(one.metric))[:1]
    for one in right:
        text = f"{one.path} has {one.value:.2f} as {one.metric} on {one.split}"
        why = Explanation(Cause.METRIC, Confidence.CERTAIN, text)
        yield Candidate(one.value, _HALF * step, why)


def _imported(pool: Pool, step: float) -> Iterable[Candidate]:
    text = "EXTERNAL_MODEL_RESULTS.json has the old number"
    why = Explanation(Cause.IMPORTED, Confidence.CERTAIN, text)
    return [Candidate(value, _HALF * step, why) for value in pool.imported]


def _splits(cell: Cell, pool: Pool, step: float) -> Iterable[Candidate]:
    for split, value in pool.standing.items():
        if split != cell.split:
            text = f"the file that stands has {value:.2f} on {split}"
            why = Explanation(Cause.OTHER_SPLIT, Confidence.LIKELY, text)
            yield Candidate(value, _HALF * step, why)


def _parts(pool: Pool, step: float) -> Iterable[Candidate]:
    if pool.parts is not None:
        text = f"the mean over the task's parts is {pool.parts:.2f}"
        why = Explanation(Cause.PARTS, Confidence.CERTAIN, text)
        yield Candidate(pool.parts, _ROUNDED_TWICE * step, why)


def _rounding(cell: Cell, step: float) -> Iterable[Candidate]:
    new = cell.same_split.value
    if new is None:
        return
    why = Explanation(Cause.ROUNDING, Confidence.LIKELY, f"{new:.4f} is one last digit away")
    yield Candidate(new, _ROUNDED_TWICE * step, why)


def _rerun(cell: Cell, pool: Pool) -> Iterable[Candidate]:
    new, rerun = cell.same_split.value, pool.rerun
    if new is not None and rerun is not None:
        text = (
            f"the old number came from the model's card, where {rerun.run} stands today: of "
            f"{rerun.others} other cells {rerun.differ} differ too, by up to "
            f"{rerun.furthest:.2f}; this one by {cell.old - new:+.2f}"
        )
        why = Explanation(Cause.RERUN, Confidence.LIKELY, text)
        yield Candidate(new, rerun.within, why)
