"""JSON that other programs write: NaN is read; what no encoder takes back is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.json import loads, loads_or_none, refuse_unstorable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_writes_is_read_back(value: Any) -> None:
    data = json.dumps(value).encode()
    assert loads(data) == value
    assert loads(b"\xef\xbb\xbf" + data) == value


@pytest.mark.parametrize("read", [loads, loads_or_none])
def test_nan_and_infinity_are_read(read: Any) -> None:
    nan, infinite = read(b"[NaN, -Infinity]")
    assert math.isnan(nan)
    assert infinite == -math.inf


UNREADABLE = [
    b"",
    b"{",
    b"[1] [2]",
    b'["\xff"]',
    b'["\\ud800"]',
    b'["\xed\xa0\x80"]',
    "[1]".encode("utf-16"),
    "[1]".encode("utf-32-le"),
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_what_is_not_utf_8_json_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(data)
    assert loads_or_none(data) is None


def test_deep_nesting_is_no_value() -> None:
    assert loads_or_none(b"[" * 100_000) is None


def test_numbers_of_more_than_64_bits_and_deep_values_are_refused() -> None:
    refuse_unstorable({"a": [2**63 - 1, 1.0, "x", None]}, 2)
    for value, depth in ((2**63, 1), ({"a": [-(2**63)]}, 2), ([[1]], 1)):
        with pytest.raises(ValueError, match=r"64 bits|deeply"):
            refuse_unstorable(value, depth)
