"""The nouns of a comparison: verdicts, causes, confidence, and the cell that carries them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class Verdict(StrEnum):
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
    OLD_DEFECT = "old-defect"
    RENAMED_MODEL = "renamed-model"
    RETIRED_TASK = "retired-task"
    REPLACED_TASK = "replaced-task"
    CHOSEN_FILE = "chosen-file"
    NEVER_FILED = "never-filed"
    INCOMPLETE = "incomplete"
    UNEXPLAINED = "unexplained"


CAUSE_TEXT = {
    Cause.OTHER_RUN: "another revision or run stands today; the old number is in a file set aside",
    Cause.IMPORTED: "the old board kept an imported number apart; today a result file stands",
    Cause.METRIC: "the task's main metric changed; the old one is in the same file",
    Cause.OTHER_SPLIT: "the number is that of another split",
    Cause.AVERAGED: "the benchmark averages several splits; the old column showed one of them",
    Cause.PARTS: "the old number is the mean over the task's parts",
    Cause.ROUNDING: "the old number was rounded twice, or to one decimal",
    Cause.RERUN: "the old number came from the model's card; another run stands today, and moved",
    Cause.OLD_DEFECT: "the old board itself was wrong here",
    Cause.RENAMED_MODEL: "the registry renamed the model; results under its old name are not read",
    Cause.RETIRED_TASK: "the task was retired; its result files are set aside",
    Cause.REPLACED_TASK: "the benchmark uses another version of the task, or does without it",
    Cause.CHOSEN_FILE: "the file that stands lacks this subset; one that was set aside has it",
    Cause.NEVER_FILED: "no result file of the model holds this cell",
    Cause.INCOMPLETE: "the benchmark leaves the cell blank: the model lacks a part of the task",
    Cause.UNEXPLAINED: "nothing in the files explains it",
}


class Confidence(StrEnum):
    """How sure an explanation is."""

    CERTAIN = "certain"
    """The old number itself was found where the cause says, or the cause is a plain fact."""
    LIKELY = "likely"
    """The number fits, but by a rule that can fit by chance."""
    NONE = "none"


class Explanation(NamedTuple):
    """Why a cell is not equal."""

    cause: Cause
    confidence: Confidence
    evidence: str


class Side(msgspec.Struct, frozen=True):
    """One of the two comparisons of a cell."""

    verdict: Verdict
    value: float | None = None
    """The successor's number, on the scale of 0 to 100."""
    why: Explanation | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
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
    """Whether `new` prints as `old` does; half a step either way, since rounding can go both."""
    return abs(new - old) <= step / 2 + 1e-9
