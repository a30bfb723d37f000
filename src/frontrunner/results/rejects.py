"""Why an input file gives no rows: one reason code each, with what to do about it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """The code of a reason; `REMEDY` says what to do."""

    NOT_JSON = "not-json"
    WRONG_SHAPE = "wrong-shape"
    NO_SCORES = "no-scores"
    NO_NUMBER = "no-number"
    OUT_OF_RANGE = "out-of-range"
    TOO_LONG = "too-long"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_A_FILE = "not-a-file"
    SYMLINK = "symlink"
    UNREADABLE = "unreadable"
    UNSAFE_NAME = "unsafe-name"
    OUT_OF_PLACE = "out-of-place"
    UNKNOWN_MODEL = "unknown-model"
    UNKNOWN_TASK = "unknown-task"
    RETIRED_TASK = "retired-task"
    BAD_MODEL_META = "bad-model-meta"
    NO_MODEL_META = "no-model-meta"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"

    @property
    def by_policy(self) -> bool:
        """True where nothing is wrong with the file: a rule prefers another, or none applies."""
        return self in _BY_POLICY


_BY_POLICY = frozenset({Reason.SUPERSEDED, Reason.REPLACED, Reason.RETIRED_TASK})

REMEDY = {
    Reason.NOT_JSON: "Write or download the file again; it is not JSON.",
    Reason.WRONG_SHAPE: "Compare it with docs/results.md; a key is missing or has another type.",
    Reason.NO_SCORES: "Run the task again; the file has no score for any split.",
    Reason.NO_NUMBER: "Run the task again; the file has no number for the task's main metric.",
    Reason.OUT_OF_RANGE: "Write scores as fractions, such as 0.842 for 84.2%.",
    Reason.TOO_LONG: "Shorten the text; docs/results.md lists the limits.",
    Reason.TOO_LARGE: "Remove predictions or per-sample scores from it; the limit is 64 MiB.",
    Reason.TOO_DEEP: "Write the file again with mteb; it nests deeper than any result does.",
    Reason.NOT_A_FILE: "Remove it; only regular files are read.",
    Reason.SYMLINK: "Put the file itself in its place; links are never followed.",
    Reason.UNREADABLE: "Fix its permissions, so that the user who runs the build can read it.",
    Reason.UNSAFE_NAME: "Rename it; a name may not leave the results folder.",
    Reason.OUT_OF_PLACE: "Move it to <org>__<model>/<revision>/<Task>.json.",
    Reason.UNKNOWN_MODEL: (
        "Put its model_meta.json next to its results, or add it to catalog.toml as [[model]] or "
        "[[renamed]]."
    ),
    Reason.UNKNOWN_TASK: (
        "Correct the name in the file, or add the task to catalog.toml as [[task]]."
    ),
    Reason.RETIRED_TASK: "Nothing to do: the task no longer exists; the file is kept for history.",
    Reason.BAD_MODEL_META: "Write model_meta.json again; it needs a name and a revision.",
    Reason.NO_MODEL_META: "Add its model_meta.json; without it the experiment is unknown.",
    Reason.REPLACED: "Nothing to do: a later source has the same file.",
    Reason.SUPERSEDED: "Nothing to do: another file of the same model and task wins.",
}


class Reject(msgspec.Struct, frozen=True, order=True):
    """One input file that gives no rows."""

    path: str
    """The file's path below the results folder."""
    reason: Reason
    detail: str = ""
    """What exactly was found, such as the key and its type, or the file that wins."""

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDY[self.reason]


def printable(path: str) -> str:
    """`path` as text that any encoder takes: bytes that are not UTF-8 are shown escaped."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
