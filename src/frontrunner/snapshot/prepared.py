"""Prepared answers beside a snapshot: made from it alone, added whole, and not part of its name.

A snapshot is complete without them; a server then makes each answer when it is first asked for.
They are added after publishing, so that new numbers need not wait for every board's bytes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from frontrunner.base.atomic import sync_file, sync_folder
from frontrunner.base.errors import CorruptSnapshotError, SnapshotError
from frontrunner.snapshot.answers import Encoded, write_pack
from frontrunner.snapshot.manifest import FileEntry, differences, file_digest

ANSWERS = "answers"
_CHECKSUMS = "checksums.json"
_UNFINISHED = f".{ANSWERS}-"


def has_answers(snapshot: Path) -> bool:
    """Whether the snapshot in a folder has its prepared answers."""
    return (snapshot / ANSWERS / _CHECKSUMS).is_file()


def keep_answers(snapshot: Path, answers: Iterable[tuple[str, Encoded]]) -> None:
    """Add the prepared answers to the snapshot in a folder, whole or not at all.

    Raises SnapshotError where they cannot be written.
    """
    fresh = snapshot / f"{_UNFINISHED}{os.getpid()}"
    sweep_answers(snapshot)
    try:
        with _held(fresh):
            write_pack(fresh, ANSWERS, answers)
            files = {path.name: file_digest(path) for path in sorted(fresh.iterdir())}
            (fresh / _CHECKSUMS).write_bytes(msgspec.json.encode(files))
            for path in fresh.iterdir():
                sync_file(path)
            forget_answers(snapshot)
            fresh.rename(snapshot / ANSWERS)
            sync_folder(snapshot)
    except OSError as error:
        raise SnapshotError(
            f"The answers of {snapshot.name} could not be written: {error.strerror or error}. "
            "It is served all the same, more slowly; make room and run: frontrunner prepare"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def forget_answers(snapshot: Path) -> None:
    """Take the prepared answers away, such as damaged ones; they can be made again."""
    # Out of the way first: a crash amid removing must not leave some of them that look like all.
    gone = snapshot / f"{_UNFINISHED}gone-{os.getpid()}"
    sweep_answers(snapshot)
    with suppress(FileNotFoundError):
        (snapshot / ANSWERS).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sweep_answers(snapshot: Path) -> None:
    """Remove what a process that was killed left of the answers of the snapshot in a folder."""
    for left_over in snapshot.glob(f"{_UNFINISHED}*"):
        with suppress(OSError), _locked(left_over):  # held: somebody is at work on it
            shutil.rmtree(left_over, ignore_errors=True)


@contextmanager
def _held(fresh: Path) -> Iterator[None]:
    """Make a folder that nobody sweeps away until the block, or this process, has ended."""
    fresh.mkdir()
    with _locked(fresh):
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; raises OSError at once where another process has it."""
    import fcntl  # noqa: PLC0415 -- POSIX alone

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def answers_damage(snapshot: Path) -> Iterable[str]:
    """Say what is not as it was written, one line for each finding; nothing where none are."""
    if not (snapshot / ANSWERS).exists():
        return
    for problem in differences(snapshot / ANSWERS, _checksums(snapshot / ANSWERS)):
        yield f"{ANSWERS}/{problem}"


def _checksums(folder: Path) -> dict[str, FileEntry]:
    path = folder / _CHECKSUMS
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, FileEntry])
    except (OSError, msgspec.DecodeError) as error:
        raise CorruptSnapshotError(
            f"{path} cannot be read: {error}. Make the answers again: frontrunner prepare"
        ) from error
