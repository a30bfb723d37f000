"""Answers are compared by meaning, and the old board's own noise does not count."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.gateway.shadow.canon import Answer, Canon, Row, canon, rows_of
from frontrunner.gateway.shadow.compare import compare, differences

V1 = {
    "rows": [
        {"rank": 1, "model": {"name": "org/A"}, "meanTask": 0.61114},
        {"rank": 2, "model": {"name": "org/B"}, "meanTask": None},
    ]
}
HEADS = ["Rank", "Model", "Average (56 datasets)"]
GRADIO = {"data": [{"headers": HEADS, "data": [[1, '<a href="x">A</a>', 61.11], [2, "B", ""]]}]}
CSV = b"rank,model,mean_task\n1,org/A,0.61112\n2,org/B,\n"
ROWS = {"a": Row(0.6111, 1), "b": Row(None, 2)}


def answer(value: Any, status: int = 200) -> Answer:
    return Answer(status, "application/json", json.dumps(value).encode())


@pytest.mark.parametrize(
    "given_answer",
    [answer(V1), answer(GRADIO), Answer(200, "text/csv", CSV), answer([None, GRADIO])],
)
def test_a_board_means_the_same_in_every_form(given_answer: Answer) -> None:
    assert canon(given_answer).rows == ROWS


@pytest.mark.parametrize(
    "value",
    [None, 1, "x", [], {}, {"rows": []}, {"rows": [1]}, {"rows": [{"model": 1}]}, {"data": [[]]},
     {"headers": ["Model"], "data": [["a"]]}, {"headers": [1, None], "data": 3}],
)  # fmt: skip
def test_what_is_no_board_has_no_rows(value: Any) -> None:
    assert rows_of(value) is None


def test_models_of_two_organisations_with_one_name_are_two_rows() -> None:
    both = [
        {"rank": n, "model": {"name": f"{org}/A"}, "meanTask": n / 10}
        for n, org in ((1, "x"), (2, "y"))
    ]
    assert canon(answer({"rows": both})).rows == {"a": Row(0.1, 1), "y/a": Row(0.2, 2)}


def test_a_low_percentage_is_one() -> None:
    table = {"headers": ["Model", "Average"], "data": [["A", 61.2], ["B", 1.2]]}
    assert canon(answer(table)).rows == {"a": Row(0.612, None), "b": Row(0.012, None)}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["rows", "data", "headers", "model", "rank", "x"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_answer_has_a_meaning_and_equals_itself(value: Any) -> None:
    one = canon(answer(value))
    assert differences(one, one) == []


@given(st.binary(max_size=80), st.sampled_from(["text/html", "text/csv", "application/json", ""]))
def test_bytes_that_are_not_what_they_say_equal_themselves_too(body: bytes, kind: str) -> None:
    assert differences(canon(Answer(200, kind, body)), canon(Answer(200, kind, body))) == []


def kinds(old: Canon, again: Canon, new: Canon) -> tuple[list[tuple[str, str]], bool]:
    found = compare(old, again, new)
    return [one.place for one in found.differences], found.noisy


def test_the_status_comes_first() -> None:
    """twitter-archive/diffy#75: a 404 against a 200 was not shown."""
    one, other = canon(answer(V1)), canon(answer({}, 404))
    assert kinds(one, one, other) == ([("status", "")], False)
    assert kinds(canon(answer({}, 404)), canon(answer({}, 404)), canon(answer(V1, 410))) == (
        [],
        False,
    )


def test_equal_pairs_are_the_same() -> None:
    """opendiffy/diffy#81: equal pairs were counted as failing."""
    one = canon(answer(GRADIO))
    assert kinds(one, one, canon(answer(V1))) == ([], False)


def rows(**scores: float | None) -> Canon:
    return Canon(200, rows={name: Row(score, None) for name, score in scores.items()})


def test_every_kind_of_difference_between_rows() -> None:
    old = rows(a=0.5, b=0.6, c=None)
    new = rows(b=0.6001, c=0.1, d=0.9)
    assert kinds(old, old, new)[0] == [
        ("missing", "a"),
        ("extra", "d"),
        ("score", "b"),
        ("score", "c"),
    ]
    one, other = Canon(200, rows={"a": Row(0.5, 1)}), Canon(200, rows={"a": Row(0.5, 2)})
    assert kinds(one, one, other)[0] == [("rank", "a")]


def test_half_a_printed_unit_is_no_difference() -> None:
    assert kinds(rows(a=0.61115), rows(a=0.61115), rows(a=0.6112))[0] == []
    assert kinds(rows(a=0.6111), rows(a=0.6111), rows(a=0.6112))[0] == [("score", "a")]


def test_what_the_old_board_shows_against_itself_does_not_count() -> None:
    old, again, new = rows(a=0.5, b=0.6), rows(a=0.7, b=0.6), rows(a=0.9, b=0.6)
    assert kinds(old, again, new) == ([], True)
    assert kinds(old, again, rows(a=0.9, b=0.1)) == ([("score", "b")], True)


def test_forms_shapes_and_pages() -> None:
    page = Answer(
        200, "text/html", b"<title> A  board</title><a href='/x#top'>x</a><a href=/y>y</a>"
    )
    other = Answer(200, "text/html", b"<title>A board</title><a href=/x>x</a>")
    assert kinds(canon(page), canon(page), canon(other))[0] == [("links", "")]
    assert kinds(canon(page), canon(page), canon(answer({"a": 1})))[0] == [("form", "")]
    one, same, other_keys = (canon(answer(value)) for value in ({"a": 1}, {"a": 2}, {"b": 1}))
    assert kinds(one, one, same)[0] == []
    assert {kind for kind, _ in kinds(one, one, other_keys)[0]} == {"shape"}
    banner = Answer(200, "text/html", page.body + b"<a href='/__frontrunner/dismiss'>x</a>")
    assert kinds(canon(page), canon(page), canon(banner))[0] == []
