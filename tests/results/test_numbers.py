"""Numbers that name entries of a list, without sorting them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from frontrunner.results.numbers import occurring, picked


@pytest.mark.parametrize("numbers", [[], [3], [4, 1, 4, 0, 1], [9, 8, 7]])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_what_occurs_is_numbered_as_by_sorting(numbers: list[int], kind: type) -> None:
    given: NDArray[Any] = np.array(numbers, dtype=kind)
    used, place = occurring(given, 10)
    expected, places = np.unique(given, return_inverse=True)
    assert (used.tolist(), place.tolist()) == (expected.tolist(), places.tolist())


def test_entries_are_the_same_objects() -> None:
    values: list[str | None] = ["a" * 20, None, "b"]
    found = picked(values, np.array([2, 0, 1, 0]))
    assert found == ["b", values[0], None, values[0]]
    assert found[1] is values[0]
    assert picked(list[str](), np.array([], dtype=np.int32)) == []
