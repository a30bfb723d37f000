"""Shapes: what they keep of an answer, and what counts as a loss."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.contract.shape import added, lost, merged, shape_of

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(JSON)
def test_an_answer_has_its_own_shape(value: Any) -> None:
    shape = shape_of(value)
    assert lost(shape, shape) == []
    assert added(shape, shape) == []
    assert merged([shape, shape]) == shape


@given(JSON, JSON)
def test_what_was_seen_before_is_never_a_loss(one: Any, other: Any) -> None:
    both = merged([shape_of(one), shape_of(other)])
    for value in (one, other):
        assert [line for line in lost(both, shape_of(value)) if "missing" not in line] == []


@pytest.mark.parametrize(
    ("old", "new", "loss", "more"),
    [
        ({"a": 1}, {"a": 2.5}, [], []),
        ({"a": 1}, {"a": 1, "b": 2}, [], ["b"]),
        ({"a": 1}, {}, ["a is missing"], []),
        ({"a": 1}, {"a": "1"}, ["a was number and can now be string"], []),
        ({"a": 1}, {"a": None}, ["a was number and can now be null"], []),
        ({"a": [{"b": 1}]}, {"a": [{"c": 1}]}, ["a[].b is missing"], ["a[].c"]),
        ({"a": [{"b": 1}]}, {"a": []}, [], []),
        ([1], {"0": 1}, ["the answer was array and can now be object"], ["0"]),
        (
            {"rows": [{"x": 1}, {"x": 2}]},
            {"rows": [{"x": 1}, {}]},
            ["rows[].x was always present and can now be missing"],
            [],
        ),
    ],
)
def test_losses_and_additions(old: Any, new: Any, loss: list[str], more: list[str]) -> None:
    before, after = shape_of(old), shape_of(new)
    assert lost(before, after) == loss
    assert added(before, after) == more


def test_a_map_from_names_is_told_from_fields() -> None:
    scores = {f"Task{n}": n / 100 for n in range(30)}
    shape = shape_of({"scores": scores})
    assert shape.keys["scores"].values is not None
    assert lost(shape, shape_of({"scores": {"Another": 0.5}})) == []
    assert lost(shape, shape_of({"scores": {"Another": "x"}})) != []
