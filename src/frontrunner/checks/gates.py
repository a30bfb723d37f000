"""Gates of the take-over: measured values against limits that are data.

A gate passes only on evidence: it has at least one limit, asks for a sample of at least 1, and is
inconclusive below its sample or without a finite number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.errors import LegacyError


class Verdict(StrEnum):
    """The verdict of a gate."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Too little evidence, or no number: never a pass."""
    ERROR = "error"
    """The gate asks for a measure that does not exist."""


class Measured(NamedTuple):
    """A measured value, and the number of things it was measured on."""

    value: float | None
    sample: int
    unjudged: tuple[str, ...] = ()
    """What had too little evidence to be measured, by name."""


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A measure with its limits. Raises ValueError if it could pass without evidence."""

    name: str
    measure: str
    at_least: float | None = None
    at_most: float | None = None
    minimum_sample: int
    reason: str

    def __post_init__(self) -> None:
        wrong = _mistake(self)
        if wrong:
            raise ValueError(f"the gate {self.name!r} {wrong}")

    @property
    def limit(self) -> str:
        """Its limits, for people."""
        limits = ((">=", self.at_least), ("<=", self.at_most))
        return " and ".join(f"{sign} {value}" for sign, value in limits if value is not None)


def _mistake(gate: Gate) -> str | None:
    limits = [one for one in (gate.at_least, gate.at_most) if one is not None]
    if not limits:
        return "needs a limit: at_least, at_most or both"
    if not all(math.isfinite(one) for one in limits):
        return "needs limits that are finite numbers"
    if gate.at_least is not None and gate.at_most is not None and gate.at_least > gate.at_most:
        return "can never pass: at_least is above at_most"
    if gate.minimum_sample < 1:
        return "needs a minimum_sample of at least 1"
    return None


class GateResult(msgspec.Struct, frozen=True):
    """The verdict of one gate, with the value behind it."""

    gate: Gate
    verdict: Verdict
    value: float | None
    sample: int
    unjudged: tuple[str, ...] = ()
    """What had too little evidence to be measured, by name."""


class _GateFile(msgspec.Struct, forbid_unknown_fields=True):
    gate: list[Gate]


def load_gates(path: Path | None = None) -> list[Gate]:
    """The gates of a file, or those of this package.

    Raises LegacyError if the file is wrong, has no gate, or has two gates of one name.
    """
    source = path or files("frontrunner.checks").joinpath("gates.toml")
    try:
        gates = msgspec.toml.decode(source.read_bytes(), type=_GateFile).gate
    except (OSError, ValueError) as error:
        raise LegacyError(f"The gates in {source} cannot be read: {error}.") from error
    if not gates:
        raise LegacyError(f"{source} has no gate, so nothing would be checked.")
    twice = [name for name, count in Counter(one.name for one in gates).items() if count > 1]
    if twice:
        raise LegacyError(f"{source} has two gates of the name {twice[0]!r}.")
    return gates


def judge(gate: Gate, measured: Mapping[str, Measured]) -> GateResult:
    """Compare a measured value with the limits of a gate."""
    found = measured.get(gate.measure)
    if found is None:
        return GateResult(gate, Verdict.ERROR, None, 0)
    return GateResult(gate, _verdict(gate, found), found.value, found.sample, found.unjudged)


def _verdict(gate: Gate, found: Measured) -> Verdict:
    value = found.value
    if value is None or not math.isfinite(value) or found.sample < gate.minimum_sample:
        return Verdict.INCONCLUSIVE
    too_low = gate.at_least is not None and value < gate.at_least
    too_high = gate.at_most is not None and value > gate.at_most
    return Verdict.FAILED if too_low or too_high else Verdict.PASSED
