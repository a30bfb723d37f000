"""Which licences allow commercial use: the map of `licences.toml`, which `/data` shows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

USES = ("yes", "conditions", "no", "unknown")
"""Whether commercial use is allowed."""


class Reviewed(NamedTuple):
    """Licences that treat commercial use alike, and why."""

    names: tuple[str, ...]
    use: str
    why: str


@cache
def reviewed() -> tuple[Reviewed, ...]:
    """The licences that are listed."""
    text = resources.files(__package__).joinpath("licences.toml").read_text(encoding="utf-8")
    return tuple(
        Reviewed(tuple(one["names"]), one["use"], one["why"])
        for one in tomllib.loads(text)["licence"]
    )


@cache
def _by_name() -> dict[str, str]:
    return {name: one.use for one in reviewed() for name in one.names}


def commercial_use(licence: str | None) -> str:
    """One of `USES` for a licence as a catalog names it."""
    return _by_name().get((licence or "").strip().lower(), "unknown")
