"""What a Gradio function takes and returns, before and after."""

from __future__ import annotations

import pytest

from frontrunner.checks.contract.compare_calls import compared_call, compared_protocol
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import Call, Value

TEXT = Value("Textbox", "search", "string")
SIZE = Value("Slider", "size", "number", optional=True)
BOX = Value("Dropdown", "kind", "string", choices=("open", "closed"))
TABLE = Value("Dataframe")


def call(*inputs: Value, out: tuple[Value, ...] = (TABLE,)) -> Call:
    return Call("/f", inputs, out)


OLD = call(TEXT, SIZE, BOX)
CHANGES = [
    (call(TEXT, SIZE), "input kind was removed"),
    (call(), "input search was removed; input size was removed; input kind was removed"),
    (call(TEXT, SIZE, BOX, Value("Textbox", "must")), "input must is new and required"),
    (call(TEXT, SIZE, BOX, Value("Textbox")), "input 4 is new and required"),
    (
        call(Value("Number", "search", "number"), SIZE, BOX),
        "input search was a Textbox and is now a Number",
    ),
    (
        call(Value("Textbox", "query", "string"), SIZE, BOX),
        "input search is now called query",
    ),
    (
        call(Value("Textbox", "search", "number"), SIZE, BOX),
        "input search took string and now takes number",
    ),
    (call(TEXT, Value("Slider", "size", "number"), BOX), "input size is now required"),
    (
        call(TEXT, SIZE, Value("Dropdown", "kind", "string", choices=("open",))),
        "input kind no longer takes 'closed'",
    ),
    (
        call(TEXT, SIZE, BOX, out=(TABLE, TEXT)),
        "it returned 1 value (Dataframe) and now returns 2 values (Dataframe, Textbox)",
    ),
    (
        call(TEXT, SIZE, BOX, out=(Value("Json"),)),
        "it returned 1 value (Dataframe) and now returns 1 value (Json)",
    ),
]


@pytest.mark.parametrize(("new", "reason"), CHANGES)
def test_what_breaks_a_program_is_a_change(new: Call, reason: str) -> None:
    assert compared_call(OLD, new) == (Compatibility.CHANGED, reason)


def test_an_output_of_another_type_is_a_change() -> None:
    old, new = (call(out=(Value("Json", type=one),)) for one in ("string", "number"))
    assert compared_call(old, new) == (
        Compatibility.CHANGED,
        "output 1 was string and is now number",
    )
    assert compared_call(old, call(out=(Value("Json"),)))[0] is Compatibility.COMPATIBLE


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (
            call(TEXT, SIZE, BOX, Value("Textbox", "more", optional=True)),
            "input more is new and optional",
        ),
        (call(TEXT, SIZE, BOX, Value("Textbox", optional=True)), "input 4 is new and optional"),
        (
            call(TEXT, SIZE, Value("Dropdown", "kind", choices=("closed", "open", "x"))),
            "input kind takes more choices",
        ),
    ],
)
def test_what_programs_may_leave_out_is_an_addition(new: Call, reason: str) -> None:
    assert compared_call(OLD, new) == (Compatibility.ADDITIONS, reason)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        call(Value("Textbox"), SIZE, BOX),
        call(Value("Textbox", "search", "string", optional=True), SIZE, BOX),
        call(TEXT, SIZE, Value("Dropdown", "kind", "string")),
    ],
)
def test_what_accepts_every_old_program_is_compatible(new: Call) -> None:
    assert compared_call(OLD, new)[0] is Compatibility.COMPATIBLE


def test_a_call_that_is_gone_is_missing() -> None:
    assert compared_call(OLD, None)[0] is Compatibility.MISSING


def test_protocols() -> None:
    assert compared_protocol("ws", "ws")[0] is Compatibility.COMPATIBLE
    assert compared_protocol("ws", "sse_v3")[0] is Compatibility.CHANGED
    assert compared_protocol("ws", "")[0] is Compatibility.MISSING
