"""The file about the move: written whole, read without trust."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.gateway.state import GatewayState, save_state
from frontrunner.gateway.transition import (
    LONGEST_HISTORY,
    Milestone,
    Transition,
    current_transition,
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


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (GatewayState(generation=7, salt="x"), None),
        (GatewayState(shadow=100), "parallel"),
        (GatewayState(banner=True, shadow=100), "guided"),
        (GatewayState(share=500, banner=True), "shifting"),
        (GatewayState(share=10_000), "cutover"),
        (GatewayState(share=10_000, settled=True), "settled"),
    ],
)
def test_a_move_by_hand_is_shown_from_the_state(
    tmp_path: Path, state: GatewayState, stage: str | None
) -> None:
    assert current_transition(tmp_path) is None
    save_state(tmp_path, state)
    found = current_transition(tmp_path)
    assert (found.stage if found else None) == stage
    assert found is None or found.share == state.share


def test_what_the_take_over_writes_comes_before_the_state(tmp_path: Path) -> None:
    save_state(tmp_path, GatewayState(share=500))
    write_transition(tmp_path, Transition(at=1.0, stage="guided"))
    assert current_transition(tmp_path) == Transition(at=1.0, stage="guided")
    transition_file(tmp_path).write_bytes(b"{")
    assert current_transition(tmp_path) is None


def test_a_damaged_state_shows_no_move(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    assert current_transition(tmp_path) is None
