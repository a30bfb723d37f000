"""Durations as people write them (`90s`, `12h`, `1d12h`), and as they read them (`36 hours`)."""

from __future__ import annotations

import re

import msgspec

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_WORDS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def seconds(text: str) -> float:
    """`90s`, `30m`, `12h`, `7d` or `1d12h` in seconds. Raises ValueError for anything else."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"must be a duration such as 30m, 12h, 7d or 1d12h, got {text!r}")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def duration(length: float) -> str:
    """Seconds in words: `1 day`, `36 hours`, `1.5 minutes`.

    The unit is the largest that gives at least two, or exactly one.
    """
    for size, name in _WORDS:
        number = length / size
        if number >= 2 or (number >= 1 and number == int(number)):
            return f"{number:.3g} {name}{'' if number == 1 else 's'}"
    return f"{length:.3g} seconds" if length else "no time"


def check_durations(section: msgspec.Struct, names: tuple[str, ...]) -> None:
    """Raises ValueError, with its name, if a field of `section` is not a duration."""
    for name in names:
        text = getattr(section, name)
        try:
            seconds(text)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
