"""Explain a difference: look the old number up among numbers that mean something.

Every explanation is a candidate: a number, how closely the old number must match it, and what it
would mean. The first candidate that matches explains, so the order is the order of evidence:

1. the old number in a result file, on the same split and subset;
2. the mean over the parts of a task as one commit removed them;
3. the old number in a result file on another split, or in a file with one unnamed subset;
4. inferences, which no result file confirms. They are reported apart and never explain.

Because every candidate has a number, the same look-up on a false number tells how often chance
would have explained it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from frontrunner.checks.parity.compared import Cause, ComparedCell, Confidence, Explanation
from frontrunner.checks.parity.evidence import FoundNumber, Role
from frontrunner.checks.parity.old_metrics import MAIN, METRICS
from frontrunner.checks.parity.reruns import Rerun

_COSINE = ("cosine_ap", "cos_sim_ap", "similarity_ap")
_SAME = 1e-6
_HALF = 0.5 + 1e-7
_ROUNDED_TWICE = 1.5 + 1e-7


class Candidate(NamedTuple):
    """A number that would explain the old one."""

    value: float
    within: float
    """How far the old number may be from it, 0 to 1."""
    why: Explanation

    def meets(self, old: float) -> bool:
        """Whether the old number is this one."""
        return abs(self.value - old) <= self.within


def explain(old: float, candidates: Iterable[Candidate]) -> Explanation | None:
    """The first candidate that the old number meets."""
    return next((one.why for one in candidates if one.meets(old)), None)


class PartsMean(NamedTuple):
    """The mean over the parts of a task."""

    value: float
    where: str


class Pool(NamedTuple):
    """The numbers to explain one cell with."""

    winning: Mapping[str, float]
    """Split -> the successor's number for the cell's subset, 0 to 100."""
    found: Sequence[FoundNumber]
    imported: Sequence[float]
    """The numbers in the old board's file of external results for this model and column."""
    parts: float | None
    """The mean over the task's parts today, if it has parts."""
    past_parts: Sequence[PartsMean]
    """The means over the task's parts as commits removed them."""
    metric: str | None
    """The old board's metric."""
    rerun: Rerun | None
    """The evidence, apart from this cell, that the old board read another run."""


def candidates(cell: ComparedCell, pool: Pool) -> list[Candidate]:
    """All that could explain a cell, the strongest evidence first."""
    numbers = [
        *_metric(cell, pool),
        *_other_files(cell, pool),
        *_past_parts(cell, pool),
        *_splits(cell, pool),
    ]
    found = [one for one in numbers if not _is_todays(one, cell)]
    sure = [one for one in found if one.why.confidence is Confidence.CERTAIN]
    likely = [one for one in found if one.why.confidence is not Confidence.CERTAIN]
    return [*sure, *likely, *_inferred(cell, pool)]


def _is_todays(candidate: Candidate, cell: ComparedCell) -> bool:
    """Whether a candidate is the successor's number itself, which explains no difference."""
    new = cell.same_split.value
    return new is not None and abs(candidate.value - new) < _SAME


_ROLE_CAUSE = {
    Role.SUPERSEDED: Cause.OTHER_RUN,
    Role.RENAMED: Cause.RENAMED_MODEL,
    Role.RETIRED: Cause.RETIRED_TASK,
    Role.EARLIER: Cause.OTHER_RUN,
}


def _other_files(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    names = (MAIN, *METRICS.get(pool.metric or "", ()))
    for one in pool.found:
        if one.role is not Role.WINS and one.metric in names:
            subset = _subset_fits(one, cell)
            if subset is not Confidence.NONE:
                same = cell.split is None or one.split == cell.split
                sure = subset if same else Confidence.LIKELY
                yield _exact(cell, one.value, _ROLE_CAUSE[one.role], sure, str(one))


def _subset_fits(found: FoundNumber, cell: ComparedCell) -> Confidence:
    """How surely a number is that of the cell's subset; NONE if it is not.

    Copies of cards named subsets as the cards did, or not at all.
    """
    if cell.subset is None or found.subset in (cell.subset, cell.old_subset):
        return Confidence.CERTAIN
    unnamed = found.lone and found.subset == "default" and found.role is not Role.WINS
    return Confidence.LIKELY if unnamed else Confidence.NONE


def _exact(
    cell: ComparedCell, value: float, cause: Cause, sure: Confidence, text: str
) -> Candidate:
    return Candidate(value, _HALF * cell.step, Explanation(cause, sure, text))


def _metric(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    names = METRICS.get(pool.metric or "", ())
    right = [
        one
        for one in pool.found
        if one.role is Role.WINS
        and one.metric in names
        and one.split == cell.split
        and _subset_fits(one, cell) is Confidence.CERTAIN
    ]
    if pool.metric == "max_ap":
        # Two numbers, not six: the board showed the best way of comparing vectors, and before
        # that the cosine.
        best = sorted(right, key=lambda one: one.value)[-1:]
        cosine = [one for one in right if one.metric in _COSINE]
        right = best + sorted(cosine, key=lambda one: _COSINE.index(one.metric))[:1]
    for one in right:
        text = f"{one.path} has {one.value:.2f} as {one.metric} on {one.split}"
        yield _exact(cell, one.value, Cause.METRIC, Confidence.CERTAIN, text)


def _past_parts(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    for one in pool.past_parts:
        yield _exact(cell, one.value, Cause.PARTS, Confidence.LIKELY, one.where)


def _splits(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    for split, value in pool.winning.items():
        if split != cell.split:
            text = f"the winning file has {value:.2f} on {split}"
            yield _exact(cell, value, Cause.OTHER_SPLIT, Confidence.LIKELY, text)


# --- inferences -----------------------------------------------------------------------------------


def _inferred(cell: ComparedCell, pool: Pool) -> list[Candidate]:
    return [
        *_imported(cell, pool),
        *_parts(cell, pool),
        *_rounding(cell),
        *_rerun(cell, pool),
    ]


def _inference(cause: Cause, text: str) -> Explanation:
    return Explanation(cause, Confidence.INFERRED, text)


def _imported(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    text = "EXTERNAL_MODEL_RESULTS.json has the same number; no result file confirms it"
    why = _inference(Cause.IMPORTED, text)
    return [Candidate(value, _HALF * cell.step, why) for value in pool.imported]


def _parts(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    if pool.parts is not None:
        text = f"the mean over the task's parts is {pool.parts:.2f} today"
        yield Candidate(pool.parts, _ROUNDED_TWICE * cell.step, _inference(Cause.PARTS, text))


def _rounding(cell: ComparedCell) -> Iterable[Candidate]:
    new = cell.same_split.value
    if new is not None:
        why = _inference(Cause.ROUNDING, f"{new:.4f} is one last digit away")
        yield Candidate(new, _ROUNDED_TWICE * cell.step, why)


def _rerun(cell: ComparedCell, pool: Pool) -> Iterable[Candidate]:
    new, rerun = cell.same_split.value, pool.rerun
    if new is not None and rerun is not None:
        text = (
            f"the old number came from the model's card, and {rerun.run} wins today: of "
            f"{rerun.others} other cells {rerun.differ} differ too, by up to "
            f"{rerun.furthest:.2f}; this one by {cell.old - new:+.2f}"
        )
        yield Candidate(new, rerun.within, _inference(Cause.RERUN, text))
