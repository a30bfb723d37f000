"""Where a take-over is now, for people and programs: from its ledger and its last look. Pure."""

from __future__ import annotations

import msgspec

from frontrunner.takeover.fold import State
from frontrunner.takeover.held import Held, held_of, next_steps
from frontrunner.takeover.looks import Look, blockers_of
from frontrunner.takeover.records import Reading
from frontrunner.takeover.stages import Position, World


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A command that was not answered yet."""

    seq: int
    actor: str
    verb: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All that `frontrunner takeover status` shows."""

    position: Position
    since: float | None
    """When the stage, or the step of shifting, began; seconds since the epoch."""
    plan: str
    """Hash of the plan in force."""
    edited: str
    """Hash of the plan as it is now, if it was edited and not accepted."""
    wanted: World | None
    seen: World | None
    """What the data plane did at the last look; None if it could not be asked."""
    old_is_healthy: bool | None
    new_is_healthy: bool | None
    streams: int
    """Requests and streams that the old board has under way."""
    readings: tuple[Reading, ...]
    held: Held | None
    """Why it is paused, rolled back or failed; None if it is not."""
    holding: str
    """Why it does not go on now: all of `blockers`."""
    blockers: tuple[str, ...]
    """Everything that keeps it from going on, one by one."""
    next: tuple[str, ...]
    """What an operator can do now."""
    deadline: float | None
    """Seconds that are left at this step."""
    looked: float | None
    """When the last look was; None if no controller has looked yet."""
    controller: str
    """The holder of the lease; empty if no controller has it."""
    waiting: tuple[Waiting, ...]
    entries: int
    """Entries of the ledger."""
    dead_channels: tuple[str, ...] = ()
    """Ways to tell people that do not work, each with its last error."""


def overview(state: State, look: Look | None, controller: str) -> Overview:
    """Put together what is known."""
    reality = look.reality if look else None
    pending = (
        Waiting(seq=one.seq, actor=one.actor, verb=one.command.verb) for one in state.pending
    )
    return Overview(
        position=state.position,
        since=state.at or None,
        plan=state.plan,
        edited=state.offered,
        wanted=look.wanted if look else None,
        seen=reality.world if reality else None,
        old_is_healthy=reality.old.healthy if reality else None,
        new_is_healthy=reality.new.healthy if reality else None,
        streams=reality.streams if reality else 0,
        readings=look.readings if look else (),
        held=held_of(state),
        holding=look.holding if look else "",
        blockers=blockers_of(look),
        next=next_steps(state, look),
        deadline=look.deadline if look else None,
        looked=look.at if look else None,
        controller=controller,
        waiting=tuple(pending),
        entries=state.last,
    )
