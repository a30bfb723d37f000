"""The settings of what is kept of the past: `[snapshots]`."""

from __future__ import annotations

import msgspec

from frontrunner.base.durations import check_durations


class SnapshotSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which snapshots `prune` keeps beside the newest `[build] keep`: `[snapshots]`."""

    every: str = "7d"
    """For how long every snapshot is kept."""
    weekly: str = "365d"
    """For how long the last snapshot of each week is kept."""
    monthly: str = "36500d"
    """For how long the last snapshot of each month is kept."""

    def __post_init__(self) -> None:
        check_durations(self, ("every", "weekly", "monthly"))
