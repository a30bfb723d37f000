"""Dates and durations of measurements, as mteb writes them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

_LATEST = 1e11
"""Seconds since the epoch in the year 5138: beyond it, a date is in another unit."""


def seconds_of(date: object) -> float:
    """A date as mteb writes it, seconds since the epoch or ISO 8601, as seconds; NaN for others."""
    if isinstance(date, str):
        try:
            moment = datetime.fromisoformat(date)
        except ValueError:
            return math.nan
        date = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if isinstance(date, bool) or not isinstance(date, (int, float)):
        return math.nan
    return float(date) if 0 < date < _LATEST else math.nan


def duration_of(value: object) -> float:
    """A number of seconds that an evaluation took; NaN for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    return float(value) if 0 < value < _LATEST else math.nan
