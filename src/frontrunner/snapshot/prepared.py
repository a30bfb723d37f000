"""Prepared answers of a snapshot: made from it alone, added complete, and not part of its name.

A snapshot is complete without them; a server then makes each answer when it is first asked for.
They are added after publishing, so that new numbers need not wait for every board's bytes. They
have the stamp of the program that made them: those of another program count as none.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

import msgspec

from frontrunner.base.atomic import add_file, fresh_folder, sweep
from frontrunner.base.errors import UnpreparedError
from frontrunner.base.json import read_as
from frontrunner.snapshot.answers import Encoded, write_pack
from frontrunner.snapshot.made_by import this_program
from frontrunner.snapshot.manifest import FileEntry, differences, file_digest

ANSWERS = "answers"
_CHECKSUMS = "checksums.json"
MADE_BY = "made_by"


def has_answers(snapshot: Path) -> bool:
    """Whether the snapshot in a folder has answers that this program prepared."""
    return has_any_answers(snapshot) and _made_by(snapshot) == this_program()


def has_stale_answers(snapshot: Path) -> bool:
    """Whether it has answers that another version of this program prepared."""
    return has_any_answers(snapshot) and not has_answers(snapshot)


def has_any_answers(snapshot: Path) -> bool:
    """Whether it has prepared answers, made by any version of this program."""
    return (snapshot / ANSWERS / _CHECKSUMS).is_file()


def _made_by(snapshot: Path) -> str:
    """The stamp of what prepared the answers; empty if they have none."""
    try:
        return (snapshot / ANSWERS / MADE_BY).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def keep_answers(snapshot: Path, answers: Iterable[tuple[str, Encoded]]) -> None:
    """Add the prepared answers to the snapshot in a folder, all or none of them.

    Raises UnpreparedError if they cannot be written.
    """
    sweep(snapshot)
    try:
        with fresh_folder(snapshot / ANSWERS) as fresh:
            write_pack(fresh, ANSWERS, answers)
            add_file(fresh / MADE_BY, this_program().encode())
            files = {path.name: file_digest(path) for path in sorted(fresh.iterdir())}
            add_file(fresh / _CHECKSUMS, msgspec.json.encode(files))
    except OSError as error:
        raise unprepared(snapshot.name, error) from error


def unprepared(snapshot: str, error: Exception) -> UnpreparedError:
    """The error that the answers of a snapshot could not be prepared."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return UnpreparedError(
        snapshot,
        f"The answers of snapshot {snapshot} could not be prepared: {why.rstrip('.')}. A server "
        "makes each answer that is not prepared when it is requested. "
        f"{'Free disk space' if is_full else 'Correct that'} and run: frontrunner prepare",
    )


def answers_damage(snapshot: Path) -> Iterable[str]:
    """Describe each file that differs from its checksum, one line each; nothing without answers."""
    if not (snapshot / ANSWERS).exists():
        return
    try:
        checksums = read_as(snapshot / ANSWERS / _CHECKSUMS, dict[str, FileEntry])
    except (OSError, ValueError) as error:
        yield f"{ANSWERS}/{_CHECKSUMS} cannot be read: {error}"
        return
    for problem in differences(snapshot / ANSWERS, checksums):
        yield f"{ANSWERS}/{problem}"
