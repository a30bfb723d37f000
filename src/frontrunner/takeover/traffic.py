"""How much the board is asked, from the gateway's log of requests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place

_SHORTEST = 60.0
"""Seconds; a log over less time says nothing about a day."""
_DAY = 86400.0
_SIDES = ("old", "new")


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of users in some time."""

    requests: int
    seconds: float
    """From the first of them to the last."""

    @property
    def per_day(self) -> float:
        """Requests a day at the same rate."""
        return self.requests * _DAY / self.seconds


def measure_traffic(folder: Path) -> Traffic | None:
    """Requests of users in the logs of the gateway in `folder`, rotated ones too.

    None if there are none, or less than a minute of them. Raises OSError if one cannot be read.
    """
    decoder = msgspec.json.Decoder(RequestLine)
    requests = 0
    times: list[str] = []
    for path in _logs(folder):
        with path.open("rb") as file:
            for line in file:
                try:
                    found = decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
                if found.asked in _SIDES and found.at:
                    requests += 1
                    times = [times[0] if times else found.at, found.at]
    if not times:
        return None
    length = _seconds(times[-1]) - _seconds(times[0])
    return Traffic(requests=requests, seconds=length) if length >= _SHORTEST else None


def _logs(folder: Path) -> list[Path]:
    """Oldest first."""
    log = Place(folder).requests
    older = sorted(log.parent.glob(f"{log.name}.[0-9]"), reverse=True)
    return [*older, *([log] if log.exists() else [])]


def _seconds(at: str) -> float:
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0
