"""The settings of the scheduled update: `[refresh]`, and `[refresh.guards]` with its limits."""

from __future__ import annotations

from typing import Annotated

import msgspec

from frontrunner.base.durations import check_durations, seconds

_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
_Count = Annotated[int, msgspec.Meta(ge=0)]
GUARDS = ("models", "boards", "scores", "moved", "rejected", "coverage", "leaders")
"""The guards, in the order in which they are reported."""
SHORTEST = 60.0
"""Seconds; a schedule that is faster only asks the source more often."""


class GuardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a new snapshot may change before a person must accept it: `[refresh.guards]`."""

    off: tuple[str, ...] = ()
    """Guards that are not asked, such as `leaders`."""
    models: _Count = 5
    """Models that may vanish."""
    boards: _Count = 0
    """Boards that may vanish or lose their last row."""
    scores: _Percent = 0.5
    """Percentage of the scores that may vanish from models which stay."""
    moved: _Percent = 0.5
    """Percentage of the scores that may move by more than `points`."""
    points: _Percent = 5.0
    """How far a score moves before it counts as moved, on the scale to 100."""
    rejected: _Percent = 0.5
    """By how many percentage points the share of rejected files may grow."""
    coverage: _Percent = 10.0
    """Percentage of their scores on one board that the models which stay may lose."""
    leaders: _Percent = 30.0
    """Percentage of the boards that may get another first model which is not new."""

    def __post_init__(self) -> None:
        for name in self.off:
            if name not in GUARDS:
                raise ValueError(f"off: there is no guard {name!r}; guards: {', '.join(GUARDS)}")


class DeploySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where an update deploys what is published: `[refresh.deploy]`; nowhere without a Space."""

    space: str = ""
    """The Space that serves the board, `owner/name`. It is made if there is none."""
    dataset: str = ""
    """Data set that the snapshot is kept in, `owner/name`; the Space fetches it at its start."""
    card: str = ""
    """README.md whose title, emoji and colours the Space has; otherwise it keeps its own."""
    within: str = "30m"
    """How long the Space may take until its live address serves the snapshot."""

    def __post_init__(self) -> None:
        check_durations(self, ("within",))
        for name in ("space", "dataset"):
            given = getattr(self, name)
            if given and (given.count("/") != 1 or given.startswith("/") or given.endswith("/")):
                raise ValueError(f"{name} must be OWNER/NAME, got {given!r}")
        if self.dataset and not self.space:
            raise ValueError("dataset needs space, the Space that fetches the snapshot")


class RefreshSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The scheduled update: `[refresh]`."""

    results: tuple[str, ...] | str = ()
    """The source, or sources, of results: folder, archive, git repository or its URL."""
    catalog: tuple[str, ...] | str = ()
    """Own catalog.toml files."""
    without_mteb: bool = False
    """Use these catalogs alone."""
    every: str = "6h"
    """Time between two runs of `refresh --every`, if it names none."""
    live: str = ""
    """URL of the live board; a run then waits until it answers with the new snapshot."""
    live_within: str = "2m"
    """How long that may take."""
    guards: GuardSettings = GuardSettings()
    """Limits on what one update may change."""
    deploy: DeploySettings = DeploySettings()
    """Where what is published is deployed."""

    def __post_init__(self) -> None:
        check_durations(self, ("every", "live_within"))
        if seconds(self.every) < SHORTEST:
            raise ValueError("every must be at least 1m")
