"""Queries: the last value of a parameter, all of its values, and a limit on their number."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http.query import MAX_FIELDS, Query

PAIRS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.text(max_size=8)), max_size=8)


@given(PAIRS)
def test_values_are_kept_in_their_order(pairs: list[tuple[str, str]]) -> None:
    query = Query(urlencode(pairs).encode())
    for name in "abc":
        values = [value for key, value in pairs if key == name]
        assert query.get_all(name) == values
        assert query.get(name) == (values[-1] if values else None)


def test_an_empty_value_is_a_value() -> None:
    assert Query(b"a=&b").get("a") == ""
    assert Query(b"").get("a") is None


def test_too_many_parameters_are_an_error() -> None:
    assert Query(b"&".join([b"a=1"] * MAX_FIELDS)).get("a") == "1"
    with pytest.raises(ValueError, match="fields"):
        Query(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))
