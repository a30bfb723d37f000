"""The file about the move: written whole, read without trust."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.gateway.transition import (
    LONGEST_HISTORY,
    Milestone,
    Transition,
    read_transition,
    transition_file,
    write_transition,
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    events = tuple(Milestone(at=float(n), kind="share", stage="shifting") for n in range(80))
    move = Transition(at=9.0, stage="shifting", share=500, shares=(100, 500), history=events)
    write_transition(folder, move)
    found = read_transition(folder)
    assert found == msgspec.structs.replace(move, history=events[:LONGEST_HISTORY])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"at": "x"}', b"\xff\xfe", b'{"at":1}'])
def test_a_file_that_cannot_be_read_plans_no_move(tmp_path: Path, content: bytes) -> None:
    transition_file(tmp_path).write_bytes(content)
    assert read_transition(tmp_path) is None


def test_without_a_file_no_move_is_planned(tmp_path: Path) -> None:
    assert read_transition(tmp_path) is None
