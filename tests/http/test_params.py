"""Query parameters: what they accept, and the words in which they are rejected."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http import params
from frontrunner.http.params import BadQueryError
from frontrunner.http.query import Query


def query(**given_: str) -> Query:
    return Query(urlencode(given_).encode())


def rejected(call: Any) -> Any:
    with pytest.raises(BadQueryError) as raised:
        call()
    return raised.value.detail


@given(st.lists(st.sampled_from(["a", "b c", "", "d"]), max_size=6), st.booleans())
def test_lists_are_repeated_or_comma_separated(values: list[str], repeated: bool) -> None:
    text = (
        "&".join(f"x={quote(one)}" for one in values)
        if repeated
        else f"x={quote(','.join(values))}"
    )
    assert params.names(Query(text.encode()), "x") == tuple(one for one in values if one)


def test_lists_and_texts_are_limited() -> None:
    many = ",".join(["a"] * (params.MAX_NAMES + 1))
    assert rejected(lambda: params.names(query(x=many), "x"))[0]["type"] == "too_long"
    assert params.text(query(x="a" * params.MAX_TEXT), "x") == "a" * params.MAX_TEXT
    long = query(x="a" * (params.MAX_TEXT + 1))
    assert rejected(lambda: params.text(long, "x"))[0]["type"] == "string_too_long"
    assert params.text(query(x=""), "x") is None


@pytest.mark.parametrize(
    ("value", "flag"),
    [("1", True), ("TRUE", True), ("on", True), ("0", False), ("No", False), ("off", False)],
)
def test_flags(value: str, flag: bool) -> None:
    assert params.flag(query(x=value), "x") is flag
    assert params.flag(query(), "x") is None


@pytest.mark.parametrize("value", ["2", "", "maybe"])
def test_a_flag_of_another_value_is_rejected(value: str) -> None:
    [wrong] = rejected(lambda: params.flag(query(x=value), "x"))
    assert (wrong["type"], wrong["loc"], wrong["input"]) == ("bool_parsing", ["query", "x"], value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(value: float) -> None:
    assert params.number(query(x=repr(value)), "x") == value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("x", "float_parsing"),
        ("nan", "finite_number"),
        ("inf", "finite_number"),
        ("1e999", "finite_number"),
    ],
)
def test_a_number_of_another_kind_is_rejected(value: str, kind: str) -> None:
    assert rejected(lambda: params.number(query(x=value), "x"))[0]["type"] == kind


@pytest.mark.parametrize(
    ("text", "buckets"),
    [
        ("[[0,500],[500,null]]", [(0.0, 500.0), (500.0, None)]),
        ("[[1]]", [(1.0, None)]),
        ("[[0,1e23]]", [(0.0, 1e23)]),
    ],
)
def test_buckets(text: str, buckets: list[Any]) -> None:
    assert params.buckets(query(buckets=text)) == buckets


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Invalid `buckets` JSON"),
        ("[[true, 500]]", "`buckets[0][0]` must be a number"),
        ("[[0, true]]", "`buckets[0][1]` must be a number or null"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "non-empty"),
        ("5", "non-empty"),
        ("[[0,1,2]]", "1- or 2-element"),
        ("[5]", "1- or 2-element"),
        ("[[-1]]", "must be ≥ 0"),
        ("[[2,1]]", "must be > min"),
        ("[[NaN]]", "must be a number"),
        ('[["a"]]', "must be a number"),
        ("[[0,Infinity]]", "a number or null"),
        ("[[0]" + ",[0]" * 8 + "]", "capped at 8"),
    ],
)
def test_wrong_buckets_say_what_is_wrong(text: str, says: str) -> None:
    assert says in rejected(lambda: params.buckets(query(buckets=text)))


def test_buckets_are_required() -> None:
    assert rejected(lambda: params.buckets(query()))[0]["type"] == "missing"


def test_a_request_to_rank_reads_all_of_its_parameters() -> None:
    found = params.rank_request(
        query(tasks="A,B", languages="eng", policy="lenient", data_revision="any", name="x")
    )
    assert (found.tasks, found.languages, found.policy) == (("A", "B"), ("eng",), "lenient")
    assert (found.data_revision, found.models.name) == ("any", "x")
    assert params.rank_request(query()).policy == "strict"
    assert params.task_filter(query()).is_empty
    assert params.model_filter(query()).is_empty


def test_a_request_for_a_source_names_a_model_and_a_task() -> None:
    found = params.source_request(query(model="o/m", task="T", benchmark="B", experiments="{}"))
    assert found == ("o/m", "T", "B", "{}")
    assert params.source_request(query(model="o/m", task="T")) == ("o/m", "T", None, None)
    assert rejected(lambda: params.source_request(query(model="o/m")))[0]["loc"] == [
        "query",
        "task",
    ]
