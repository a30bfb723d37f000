"""How users go back if the ledger cannot be used, by what moves them. Pure."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Protocol

from frontrunner.base.config import Settings


class Places(Protocol):
    """The Spaces of a take-over on the Hub, from the settings or from a plan."""

    @property
    def strategy(self) -> str:
        """`overwrite` or `rename`."""

    @property
    def space(self) -> str:
        """The name that users know."""

    @property
    def demo(self) -> str:
        """The new board's Space before it had the name."""

    @property
    def archive(self) -> str:
        """The old board's Space once it lost the name."""


def way_back(places: Places | None, home: Path | None = None, *, force: bool = True) -> str:
    """What to do, to end a sentence with; no `places` if users are behind a gateway.

    `force` is for a gateway whose take-over is under way.
    """
    of_home = f" --home {quote(str(home))}" if home else ""
    if places is None:
        return f"run: frontrunner gateway share 0{' --force' if force else ''}{of_home}"
    if places.strategy == "rename":
        return (
            f"rename on the Hub, by hand: {places.space} to {places.demo}, then {places.archive} "
            f"to {places.space}"
        )
    return f"run: frontrunner hub restore{of_home}"


def places_of(settings: Settings) -> Places | None:
    """The Spaces of the settings; None if users are behind a gateway."""
    return settings.hub if settings.takeover.plane == "hub" else None


def without_ledger(places: Places | None) -> str:
    """For errors about a ledger that does not answer."""
    return (
        "Users stay where they are. To move all of them back without the ledger, "
        f"{way_back(places)}"
    )
