"""How much feedback is stored, and how much may be: a store that is full refuses more.

Each client is limited to a few messages an hour, but there may be very many clients.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file

MOST_MESSAGES = 20_000
MOST_BYTES = 32 * 1024 * 1024
"""Bytes of texts and pages together, in UTF-8."""
NOTE = "feedback.json"
"""The file that says so to `gateway status`, which opens no database."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored."""

    messages: int = 0
    bytes: int = 0

    @property
    def is_full(self) -> bool:
        """Whether no more messages are stored."""
        return self.messages >= MOST_MESSAGES or self.bytes >= MOST_BYTES

    def with_one(self, size: int) -> Room:
        """The same with one more message of so many bytes."""
        return Room(messages=self.messages + 1, bytes=self.bytes + size)

    def __str__(self) -> str:
        return (
            f"The store of feedback is full ({self.messages:,} of {MOST_MESSAGES:,} messages, "
            f"{self.bytes >> 20} of {MOST_BYTES >> 20} MB), so what users write is refused. "
            "Export it with: frontrunner gateway feedback --csv > feedback.csv, then free space "
            "with: frontrunner gateway feedback --delete-through ID --yes"
        )


def read_room(folder: Path) -> Room | None:
    """What was noted last; None if nothing was, or it cannot be read."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=Room)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_room(folder: Path, room: Room) -> None:
    """Write it to the file. Raises OSError if that fails."""
    write_file(folder / NOTE, msgspec.json.encode(room), follow=False)
