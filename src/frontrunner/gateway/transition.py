"""What users may know about the move: one small file that the companion serves at `/transition`.

The take-over writes it; nothing in it is secret or personal. Reasons are keys of
`transition.toml`, never free text, so that no address or message of an error can get into it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import GatewayError
from frontrunner.gateway.state import GatewayState, load_state, make_folder

LONGEST_HISTORY = 50
"""Milestones that are kept; the oldest ones are left out."""


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to the move."""

    at: float
    """Seconds since the epoch."""
    kind: str
    """`stage`, `share`, `paused`, `resumed`, `rolled_back`, `failed`, `retried` or `finished`."""
    stage: str
    """The stage after it."""
    share: int = 0
    """Of 10,000 visitors, how many get the new board after it."""
    reason: str = ""
    """A key of the reasons in `transition.toml`; empty if there is nothing to say."""


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """Where the move is."""

    at: float
    """When this was written, in seconds since the epoch."""
    stage: str
    """`planned`, `parallel`, `guided`, `shifting`, `cutover` or `settled`."""
    mode: str = "running"
    """`running`, `paused`, `rolled_back`, `failed` or `finished`."""
    share: int = 0
    """Of 10,000 visitors, how many get the new board."""
    shares: tuple[int, ...] = ()
    """The shares of the plan, in order."""
    reason: str = ""
    """Why the mode is not `running`, as a key of the reasons in `transition.toml`."""
    history: tuple[Milestone, ...] = ()
    """Newest first."""


def transition_file(folder: Path) -> Path:
    """Where the file is, in the folder of a gateway."""
    return folder / "transition.json"


def read_transition(folder: Path) -> Transition | None:
    """What the take-over wrote; None if no move is planned or the file cannot be read."""
    try:
        return msgspec.json.decode(transition_file(folder).read_bytes(), type=Transition)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def current_transition(folder: Path) -> Transition | None:
    """What the take-over wrote, or else what the gateway's state says of a move by hand."""
    written = read_transition(folder)
    if written is not None or transition_file(folder).exists():
        return written
    try:
        return transition_of(load_state(folder), (folder / "state.json").stat().st_mtime)
    except (OSError, GatewayError):
        return None


def transition_of(state: GatewayState, at: float) -> Transition | None:
    """The stage that a state of the gateway amounts to; None while it shows nothing of a move.

    `at` is when the state was written, in seconds since the epoch.
    """
    stages = (
        ("settled", state.settled),
        ("cutover", state.share == 10_000),
        ("shifting", state.share > 0),
        ("guided", state.banner),
        ("parallel", state.shadow > 0),
    )
    stage = next((name for name, holds in stages if holds), None)
    return None if stage is None else Transition(at=at, stage=stage, share=state.share)


def write_transition(folder: Path, transition: Transition) -> None:
    """Replace the file. Raises OSError if it cannot be written; the old one is then unchanged."""
    make_folder(folder)
    kept = msgspec.structs.replace(transition, history=transition.history[:LONGEST_HISTORY])
    write_file(transition_file(folder), msgspec.json.encode(kept), follow=False)
