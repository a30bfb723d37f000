"""Shapes: what they keep of an answer, and what counts as a loss."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.contract.shape import Shape, added, columns_of, few, lost, merged, shape_of

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


def nested(depth: int, leaf: Any, wrap: Any) -> Any:
    for _ in range(depth):
        leaf = wrap(leaf)
    return leaf


@pytest.mark.parametrize("wrap", [lambda one: [one], lambda one: {"k": one}])
def test_what_is_nested_deeper_than_forty_levels_is_not_looked_at(wrap: Any) -> None:
    deep = shape_of(nested(40, 1, wrap))
    assert lost(deep, shape_of(nested(40, "x", wrap))) != []
    too_deep = shape_of(nested(41, 1, wrap))
    assert lost(too_deep, shape_of(nested(41, "x", wrap))) == []
    assert too_deep.types in (("array",), ("object",))


def test_an_empty_array_has_no_items() -> None:
    assert shape_of([]).items is None
    assert shape_of([1, None]).items == Shape(("null", "number"))


def test_a_map_may_have_nulls_and_needs_twelve_entries() -> None:
    entries: dict[str, Any] = {f"k{n}": n for n in range(11)}
    assert shape_of(entries).values is None
    assert shape_of(entries | {"last": 1}).values == Shape(("number",))
    assert shape_of(entries | {"last": None}).values is None  # null alone is another shape
    mixed = {key: {"v": value} for key, value in (entries | {"last": None}).items()}
    assert shape_of(mixed).values == Shape(
        ("object",), {"v": Shape(("null", "number"))}, always=("v",)
    )
    assert shape_of(entries | {"last": "x"}).values is None


def test_a_map_in_one_answer_is_a_map_in_all() -> None:
    large, small = {f"k{n}": n for n in range(12)}, {"k": "x"}
    both = merged([shape_of(large), shape_of(small)])
    assert both == Shape(("object",), values=Shape(("number", "string")))
    assert lost(shape_of(large), shape_of(small)) == [LOST_MAP]
    assert added(shape_of(large), shape_of(small)) == []


LOST_MAP = ".* was number and can now be string"


def test_additions_are_found_in_keys_and_in_arrays() -> None:
    old, new = {"a": {"b": 1}, "c": [{}]}, {"a": {"b": 1, "x": 1}, "c": [{"y": 1}], "z": 1}
    assert added(shape_of(old), shape_of(new)) == ["a.x", "c[].y", "z"]
    assert added(shape_of([{"a": 1}]), shape_of([{"a": 1, "b": 1}])) == ["[].b"]


def test_few_lines_are_joined_and_many_are_counted() -> None:
    assert few([]) == ""
    assert few(["a", "b", "c", "d"]) == "a; b; c; d"
    assert few(["a", "b", "c", "d", "e", "f"]) == "a; b; c; d; and 2 more"
    assert few(["a", "b"], most=1) == "a; and 1 more"


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (b'{"a": 1, "b": 2}\n{"c": 1}', ("a", "b")),
        (b'{"a": NaN}\n', ("a",)),
        (b"", ()),
        (b"[1]\n", ()),
        (b"{", ()),
    ],
)
def test_the_columns_of_a_table_are_those_of_its_first_row(
    table: bytes, columns: tuple[str, ...]
) -> None:
    assert columns_of(table) == columns
