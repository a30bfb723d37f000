"""Where the prepared answers to the old calls lie: below the home, a folder for each snapshot.

HOME/legacy/calls/<snapshot>/    whole, or not there

They are no part of a snapshot: they depend on what was adopted of the old board as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from frontrunner.base.atomic import fresh_folder, remove_folder, sweep
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.base.home import Home
from frontrunner.snapshot.answers import AnswerPack, Encoded, write_pack

CONFIG, INFO, MODEL_TYPES = "config", "info", "model-types"
_NAME = "calls"


def keep_calls(home: Path, snapshot: str, answers: Iterable[tuple[str, Encoded]]) -> None:
    """Keep the answers for a snapshot, in place of those that were there.

    Raises SnapshotError where they cannot be written.
    """
    try:
        with fresh_folder(Home(home).calls_of(snapshot)) as fresh:
            write_pack(fresh, _NAME, answers)
    except OSError as error:
        raise SnapshotError(
            f"The answers to the old calls could not be written: {error.strerror or error}. Make "
            "room and run: frontrunner prepare --again"
        ) from error


def has_calls(home: Path, snapshot: str) -> bool:
    """Whether the answers for a snapshot are kept."""
    return _is_whole(Home(home).calls_of(snapshot))


def _is_whole(folder: Path) -> bool:
    return (folder / f"{_NAME}.index").is_file()


def forget_calls(home: Path, keep: Iterable[str] = ()) -> None:
    """Remove the answers for all snapshots but those in `keep`, and what a kill left half made."""
    kept, calls = set(keep), Home(home).calls
    sweep(calls)
    for folder in calls.glob("[!.]*"):
        if folder.name not in kept:
            remove_folder(folder)


def find_calls(home: Path, snapshot: str) -> Path | None:
    """The folder with the answers for a snapshot, or with the newest until they are made.

    Returns None where there are none at all.
    """
    folders = [one for one in Home(home).calls.glob("[!.]*") if _is_whole(one)]
    return max(folders, key=lambda one: (one.name == snapshot, one.stat().st_mtime), default=None)


def open_calls(folder: Path) -> AnswerPack:
    """The answers in a folder; raises CorruptSnapshotError where they cannot be read."""
    try:
        return AnswerPack(folder, _NAME)
    except CorruptSnapshotError as error:
        raise CorruptSnapshotError(
            f"The answers to the old calls in {folder} cannot be read. Make them again: "
            "frontrunner prepare --again"
        ) from error
