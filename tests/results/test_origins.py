"""The files that rows came from, in columns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frontrunner.results.origins import UNKNOWN, Origins, Texts
from tests.results.origin_lists import lists_of


def texts(*numbers: int) -> Texts:
    return Texts(("r", None, "2.0.0"), np.array(numbers, np.int32))


FOUND = Origins(
    ["a", "b", "c"],
    texts(0, 0, 0),
    texts(2, 1, 2),
    texts(1, 0, 1),
    np.array([1, 0, UNKNOWN], np.int8),
    np.array([1.5, math.nan, 0.0]),
)
ROWS = [
    ("a", "r", "2.0.0", None, True, 1.5),
    ("b", "r", None, "r", False, None),
    ("c", "r", "2.0.0", None, None, 0.0),
]


def rows(found: Origins) -> list[tuple[object, ...]]:
    return list(zip(*lists_of(found).values(), strict=True))


def test_columns_as_lists_have_none_for_what_is_unknown() -> None:
    assert rows(FOUND) == ROWS


@pytest.mark.parametrize(("begin", "end"), [(0, 3), (0, 0), (1, 2), (1, 3)])
def test_a_part_is_some_of_the_files(begin: int, end: int) -> None:
    assert rows(FOUND.part(begin, end)) == ROWS[begin:end]
