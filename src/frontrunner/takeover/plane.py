"""Whatever moves users: Envoy today, a Space on a hub another day. Its main verbs: read and write.

The design named four methods (reconcile, set_share, get_share, finalize). A data plane that takes
share, banner, shadow and settlement in one write has no half-way state, so reconciling is writing
the same world again, and finalizing is one more world.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from frontrunner.takeover.stages import World


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about one board at one moment."""

    healthy: bool | None = None
    """None if it could not be asked."""
    code: str | None = None
    """Names the running program; None if the board does not say."""
    data: str | None = None
    """Names the data that it shows, such as a snapshot's id; None if the board does not say."""
    data_at: float | None = None
    """When that data was made, in seconds since the epoch."""


class Reality(msgspec.Struct, frozen=True, kw_only=True):
    """What the data plane does and how both boards are, as asked of them."""

    world: World
    old: Side
    new: Side
    streams: int = 0
    """Requests and streams of users that the old board has under way."""
    moving: World | None = None
    """What it is on its way to, if a change takes longer than a write, as a deployment does."""
    doing: str = ""
    """What it does on that way, in one sentence."""

    def rests_at(self, world: World) -> bool:
        """Whether it does this, and no change is under way that leads elsewhere."""
        return self.world == world and self.moving in (None, world)


class DataPlane(Protocol):
    """What the controller acts on."""

    def read(self) -> Reality:
        """Ask it. Raises GatewayError if it cannot be asked."""

    def old_side(self) -> Side:
        """Ask the old board itself, for when the data plane does not say how it is."""

    def old_is_healthy(self) -> bool | None:
        """Ask the old board itself whether it is healthy now; None if it cannot be asked."""

    def last_token(self) -> int:
        """The largest token that has written; 0 if that is not known."""

    def fence(self, token: int) -> None:
        """Refuse writes under earlier tokens from now on, without changing anything else.

        Raises StaleTokenError if a controller with a later lease has written, GatewayError if it
        is not known to be done.
        """

    def write(self, world: World, token: int) -> None:
        """Make it do this, and return when it does; writing the same again changes nothing.

        If it takes long, it returns earlier, and `read` says `moving` until it is done or fails;
        writing the same again then goes on with it.

        Raises StaleTokenError if a controller with a later lease has written, GatewayError if
        it is not known to be done.
        """
