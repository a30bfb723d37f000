"""How dark a cell is: a few steps, each a CSS class, so that no style needs to be inline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

STEPS = 8
_FULL = 0.05
"""A column whose scores are closer together than this stays paler, the more so the closer."""


class Scale(NamedTuple):
    """The range of one column.

    The lowest twentieth shares a shade, so that outliers hide no contrast. Shades grow with the
    square of the place in the range: readers compare the best with one another. Where all are close
    nothing is dark.
    """

    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Scale:
        """The scale of a column, missing values left out."""
        there = sorted(value for value in values if value is not None)
        return cls(there[len(there) // 20], there[-1]) if there else cls(0.0, 0.0)

    def step(self, value: float | None) -> int:
        """1 for the lowest to `STEPS` for the highest; 0 if there is nothing to compare."""
        if value is None or self.high <= self.low:
            return 0
        share = max(0.0, (value - self.low) / (self.high - self.low))
        return 1 + min(self._most - 1, int(share * share * self._most))

    @property
    def _most(self) -> int:
        """The darkest step."""
        spread = min(1.0, (self.high - self.low) / _FULL)
        # As JavaScript rounds.
        return max(1, int(STEPS * spread + 0.5))
