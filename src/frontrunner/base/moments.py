"""A moment as feeds, site maps and `time` elements want it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(at: float) -> str:
    """Seconds since the epoch as a whole second in UTC, such as `2025-01-31T12:00:00Z`."""
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")
