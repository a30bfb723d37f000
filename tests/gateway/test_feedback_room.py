"""How much feedback there is, noted for `gateway status`."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.gateway.feedback_room import MOST_BYTES, MOST_MESSAGES, Room, read_room, write_room


def test_it_is_full_by_messages_or_by_bytes() -> None:
    assert not Room(messages=MOST_MESSAGES - 1, bytes=MOST_BYTES - 1).is_full
    assert Room(messages=MOST_MESSAGES).is_full
    assert Room(bytes=MOST_BYTES).is_full
    assert Room(messages=1, bytes=2).with_one(3) == Room(messages=2, bytes=5)


def test_a_full_one_says_what_to_do() -> None:
    text = str(Room(messages=MOST_MESSAGES, bytes=5 << 20))
    assert "20,000 of 20,000 messages, 5 of 32 MB" in text
    assert "--delete-through ID --yes" in text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"messages": "x"}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    assert read_room(tmp_path) is None
    (tmp_path / "feedback.json").write_bytes(content)
    assert read_room(tmp_path) is None
    write_room(tmp_path, Room(messages=1, bytes=2))
    assert read_room(tmp_path) == Room(messages=1, bytes=2)
