"""The files that the rows of a score table came from, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
UNKNOWN = -1


class Texts(NamedTuple):
    """A column of texts that repeat: each is stored once."""

    texts: Sequence[str | None]
    numbers: Numbers
    """[rows] Index into `texts`."""


class Origins(NamedTuple):
    """The files that rows came from, and what they say of their making: a column each."""

    path: list[str]
    revision: Texts
    mteb_version: Texts
    dataset_revision: Texts
    other_data: NDArray[np.int8]
    """[files] Whether it was measured on another revision of the data set than the catalog names: 1
    or 0; UNKNOWN if either revision is."""
    evaluation_time: NDArray[np.float64]
    """[files] Seconds that the evaluation took, on whatever machine it ran; NaN if unknown."""

    def part(self, begin: int, end: int) -> Origins:
        """Those of some of the files."""
        return Origins._make(
            one._replace(numbers=one.numbers[begin:end])
            if isinstance(one, Texts)
            else one[begin:end]
            for one in self
        )
