"""How much evidence a gate needs to pass if nothing is wrong: for plans, made before any count.

The estimate assumes that both sides fail 0.5 % of their units and are slow on 5 % of their pages.
"""

from __future__ import annotations

from collections.abc import Callable

from frontrunner.base.gate_settings import (
    FeedbackGate,
    GateSettings,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
)
from frontrunner.takeover.evidence.sequential import bounds, difference
from frontrunner.takeover.gates.judges import PASS_ALPHA
from frontrunner.takeover.stages import FULL

_FAILS, _IS_SLOW = 0.005, 0.05
_NEVER = 10**9
"""Units of a gate that no evidence can bring to pass."""


def enough(gate: GateSettings, share: int) -> int:
    """Units that a gate needs at a share of 10,000; 0 if its evidence does not grow with traffic.

    Units of the new side for gates on its visitors, distinct buckets of both sides for the split,
    compared reads for shadows.
    """
    match gate:
        case SuccessGate():
            return _compared(gate, share, _FAILS)
        case SlownessGate():
            return _compared(gate, share, _IS_SLOW)
        case ShadowGate() | FeedbackGate():
            return _least(gate.minimum_sample, lambda n: _upper(0, n) < gate.at_most)
        case ShareGate():
            return gate.minimum_sample
    return 0


def _compared(gate: SuccessGate | SlownessGate, share: int, rate: float) -> int:
    if share >= FULL:
        return _least(gate.minimum_sample, lambda n: _upper(round(rate * n), n) < gate.at_most)
    if share <= 0:
        return _NEVER
    others = (FULL - share) / share

    def passes(new: int) -> bool:
        old = round(new * others)
        hits = (round(rate * new), new), (round(rate * old), old)
        enough_old = old >= gate.minimum_sample
        return enough_old and difference(*hits, PASS_ALPHA).upper < gate.margin

    return _least(gate.minimum_sample, passes)


def _upper(hits: int, of: int) -> float:
    return bounds(hits, of, PASS_ALPHA).upper


def _least(minimum: int, passes: Callable[[int], bool]) -> int:
    """The smallest number from `minimum` on that passes; more evidence passes too."""
    low = high = minimum
    while not passes(high):
        low, high = high + 1, 2 * high
        if high > _NEVER:
            return _NEVER
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle + 1, high)
    return high
