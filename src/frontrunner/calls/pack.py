"""The prepared answers to the old calls, in the home: a folder for each snapshot.

HOME/legacy/calls/<snapshot>/    complete, or absent

They are not part of the snapshot, because they also depend on the adopted board.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from frontrunner.base.atomic import fresh_folder, remove_folder, sweep
from frontrunner.base.errors import CorruptSnapshotError, UnpreparedError
from frontrunner.base.home import Home
from frontrunner.snapshot.answers import AnswerPack, Encoded, write_pack

CONFIG, INFO, MODEL_TYPES = "config", "info", "model-types"
_NAME = "calls"


def keep_calls(home: Path, snapshot: str, answers: Iterable[tuple[str, Encoded]]) -> None:
    """Store the answers for a snapshot, replacing earlier ones.

    Raises UnpreparedError if they cannot be written.
    """
    try:
        with fresh_folder(Home(home).calls_of(snapshot)) as fresh:
            write_pack(fresh, _NAME, answers)
    except OSError as error:
        raise UnpreparedError(
            snapshot,
            f"The answers to the old board's calls could not be prepared: "
            f"{error.strerror or error}. Correct that and run: frontrunner prepare --again",
        ) from error


def has_calls(home: Path, snapshot: str) -> bool:
    """Whether there are answers for a snapshot."""
    return _is_whole(Home(home).calls_of(snapshot))


def _is_whole(folder: Path) -> bool:
    return (folder / f"{_NAME}.index").is_file()


def forget_calls(home: Path, keep: Iterable[str] = ()) -> None:
    """Remove the answers for all snapshots except those in `keep`, and incomplete ones."""
    kept, calls = set(keep), Home(home).calls
    sweep(calls)
    for folder in calls.glob("[!.]*"):
        if folder.name not in kept:
            remove_folder(folder)


def find_calls(home: Path, snapshot: str) -> Path | None:
    """The folder with the answers for a snapshot; until they are made, that of the newest answers.

    Returns None if there are none at all.
    """
    folders = [one for one in Home(home).calls.glob("[!.]*") if _is_whole(one)]
    return max(folders, key=lambda one: (one.name == snapshot, one.stat().st_mtime), default=None)


def open_calls(folder: Path) -> AnswerPack:
    """The answers in a folder; raises CorruptSnapshotError if they cannot be read."""
    try:
        return AnswerPack(folder, _NAME)
    except CorruptSnapshotError as error:
        raise CorruptSnapshotError(
            f"The answers to the old calls in {folder} cannot be read. Prepare them again: "
            "frontrunner prepare --again"
        ) from error
