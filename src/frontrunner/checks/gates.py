"""Verdicts for the take-over: measured values against limits that are data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from frontrunner.base.errors import LegacyError


class Outcome(StrEnum):
    """A gate's verdict."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    """Too little evidence, or no number: never a pass."""
    ERROR = "error"
    """The gate asks for something that is not measured."""


class Measured(NamedTuple):
    """A measured value, and how many things it was measured on."""

    value: float | None
    sample: int


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One limit."""

    name: str
    measure: str
    at_least: float | None = None
    at_most: float | None = None
    minimum_sample: int
    reason: str


class GateVerdict(msgspec.Struct, frozen=True):
    """What one gate came to."""

    gate: Gate
    outcome: Outcome
    value: float | None
    sample: int


class _GateFile(msgspec.Struct, forbid_unknown_fields=True):
    gate: list[Gate]


def load_gates(path: Path | None = None) -> list[Gate]:
    """The limits in a file, or ours; raises LegacyError where the file is wrong."""
    source = path or files("frontrunner.checks").joinpath("gates.toml")
    try:
        return msgspec.toml.decode(source.read_bytes(), type=_GateFile).gate
    except (OSError, ValueError) as error:
        raise LegacyError(f"The gates in {source} cannot be read: {error}.") from error


def judge(gate: Gate, measured: Mapping[str, Measured]) -> GateVerdict:
    """Hold a measured value against its limit."""
    found = measured.get(gate.measure)
    if found is None:
        return GateVerdict(gate, Outcome.ERROR, None, 0)
    return GateVerdict(gate, _outcome(gate, found), found.value, found.sample)


def _outcome(gate: Gate, found: Measured) -> Outcome:
    value = found.value
    if value is None or not math.isfinite(value) or found.sample < gate.minimum_sample:
        return Outcome.INCONCLUSIVE
    too_low = gate.at_least is not None and value < gate.at_least
    too_high = gate.at_most is not None and value > gate.at_most
    return Outcome.FAILED if too_low or too_high else Outcome.PASSED
