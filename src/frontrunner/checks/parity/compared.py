"""The nouns of a comparison: outcome, cause, confidence, and the cell that has them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class CellOutcome(StrEnum):
    """What a comparison of one old cell came to."""

    EQUAL = "equal"
    """Equal at the precision that the old board printed."""
    DIFFERS = "differs"
    ABSENT = "absent"
    """The successor has no such number."""
    COMBINED = "combined"
    """The benchmark shows one number for several subsets, so there is nothing to compare with."""
    NO_BOARD = "no-board"
    """No benchmark succeeds the table; it is built from its tasks."""


class Cause(StrEnum):
    """Why a cell differs or is absent; `CAUSE_TEXT` says it in words."""

    OTHER_RUN = "other-run"
    IMPORTED = "imported"
    METRIC = "metric"
    OTHER_SPLIT = "other-split"
    AVERAGED = "averaged"
    PARTS = "parts"
    ROUNDING = "rounding"
    RERUN = "rerun"
    RENAMED_MODEL = "renamed-model"
    RETIRED_TASK = "retired-task"
    REPLACED_TASK = "replaced-task"
    LEFT_OUT = "left-out"
    CHOSEN_FILE = "chosen-file"
    REMOVED = "removed"
    NEVER_FILED = "never-filed"
    NOT_FILED = "not-filed"
    INCOMPLETE = "incomplete"
    UNEXPLAINED = "unexplained"


CAUSE_TEXT = {
    Cause.OTHER_RUN: (
        "the old number is in a result file of another run, which was superseded or removed"
    ),
    Cause.IMPORTED: "the old table repeats the old board's file of imported results",
    Cause.METRIC: "the task's main metric changed; the old one is in the same file",
    Cause.OTHER_SPLIT: "the number is that of another split",
    Cause.AVERAGED: "the benchmark averages several splits; the old column showed one of them",
    Cause.PARTS: "the old number is the mean over the task's parts",
    Cause.ROUNDING: "the numbers differ by one last digit, as if rounded twice",
    Cause.RERUN: "the old number came from the model's card; the run of today has other numbers",
    Cause.RENAMED_MODEL: "the registry renamed the model; results under its old name are not read",
    Cause.RETIRED_TASK: "the task was retired; its result files are set aside",
    Cause.REPLACED_TASK: "the benchmark uses the task that replaced this one",
    Cause.LEFT_OUT: "the benchmark does not use the task",
    Cause.CHOSEN_FILE: "the winning file lacks this subset; a file that was set aside has it",
    Cause.REMOVED: "a result file had this cell with another number until a commit removed it",
    Cause.NEVER_FILED: "no result file of the model ever had this cell",
    Cause.NOT_FILED: (
        "no current result file has this cell; without a git history the cause is unknown"
    ),
    Cause.INCOMPLETE: "the benchmark leaves the cell blank: the model lacks a part of the task",
    Cause.UNEXPLAINED: "no file explains it",
}


class Confidence(StrEnum):
    """How sure an explanation is. Only `certain` and `likely` explain."""

    CERTAIN = "certain"
    """A result file has the old number where the cause says, or the cause is a plain fact."""
    LIKELY = "likely"
    """A result file has the old number, in a place that fits less closely."""
    INFERRED = "inferred"
    """No result file has the old number; a rule makes the cause plausible. Not an explanation."""
    NONE = "none"


class Explanation(NamedTuple):
    """Why a cell is not equal."""

    cause: Cause
    confidence: Confidence
    evidence: str

    @property
    def explains(self) -> bool:
        """Whether it rests on a number in a result file, or on a fact."""
        return self.confidence in (Confidence.CERTAIN, Confidence.LIKELY)


class Side(msgspec.Struct, frozen=True):
    """One of the two comparisons of a cell."""

    outcome: CellOutcome
    value: float | None = None
    """The successor's number, on the scale of 0 to 100."""
    why: Explanation | None = None


class ComparedCell(msgspec.Struct, frozen=True, kw_only=True):
    """One number of the old board, and what became of it."""

    board: str
    kind: str
    row: int
    name: str
    link: str | None
    column: str
    old: float
    step: float
    """The last digit that the old board printed."""
    model: str
    task: str
    subset: str | None
    old_subset: str | None = None
    """The subset as the old column names it."""
    split: str | None
    """The split of the successor's number."""
    file: int | None
    """Number of the successor's result file in its list of files."""
    same_split: Side
    """Against the same task and split."""
    benchmark: str | None
    on_board: Side
    """Against the number that the succeeding benchmark shows."""


def printed_equal(old: float, new: float, step: float) -> bool:
    """Whether `new` prints as `old`; exactly half a step prints either way, so it counts."""
    return abs(new - old) <= step / 2 + 1e-9
