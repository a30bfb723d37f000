"""Each item of a record gets a verdict and a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response, folder_fetcher
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    File,
    Link,
    Record,
    Route,
)
from frontrunner.checks.contract.shape import shape_of
from tests.checks.contract.made_up import Board, record, value, verdicts


def test_each_kind_of_item_gets_a_verdict_and_a_reason() -> None:
    made = record(
        routes=(Route("/a", ("x",), ()), Route("/b", (), ()), Route("/c/{n}", ("n",), ("n",))),
        answers=(
            Answer("/same", "/same", 200, "application/json", shape_of({"k": 1})),
            Answer("/more", "/more", 200, "application/json", shape_of({"k": 1})),
            Answer("/less", "/less", 200, "application/json", shape_of({"k": 1})),
            Answer("/gone", "/gone", 200, "application/json", shape_of({"k": 1})),
            Answer("/error", "/error", 404, "application/json", shape_of({"detail": "x"})),
        ),
        protocol="sse_v2",
        calls=(
            Call("/f", (value("Textbox"),), (value("Json"), value("Json"))),
            Call("/g", (value("Textbox"),), ()),
            Call("/h", (value("Textbox"),), ()),
        ),
        files=(File("boards/x.jsonl"),),
    )
    paths = {"/a": {"get": {"parameters": [{"name": "x"}, {"name": "y"}]}},
             "/c/{n}": {"get": {"parameters": [{"name": "n", "required": True},
                                               {"name": "must", "required": True}]}}}  # fmt: skip
    text, told = {"component": "Textbox"}, {"component": "Json"}
    info = {
        "named_endpoints": {
            "/f": {"parameters": [text], "returns": [told, told]},
            "/h": {"parameters": [told], "returns": []},
        }
    }
    answers = {"/openapi.json": {"paths": paths}, "/info": info, "/config": {"protocol": "sse_v3"},
               "/same": {"k": 2},
               "/more": {"k": 1, "l": 1}, "/less": {"l": 1}}  # fmt: skip
    assert verdicts(made, answers) == {
        "/a": Compatibility.ADDITIONS,
        "/b": Compatibility.MISSING,
        "/c/{n}": Compatibility.CHANGED,
        "/same": Compatibility.COMPATIBLE,
        "/more": Compatibility.ADDITIONS,
        "/less": Compatibility.CHANGED,
        "/gone": Compatibility.MISSING,
        "/error": Compatibility.COMPATIBLE,
        "/config": Compatibility.CHANGED,
        "/f": Compatibility.COMPATIBLE,
        "/g": Compatibility.MISSING,
        "/h": Compatibility.CHANGED,
        "boards/x.jsonl": Compatibility.MISSING,
    }
    assert all(one.reason for one in check(made, Board(answers)))


def test_answers_of_a_route_have_one_shape() -> None:
    """What one answer happened to lack or to have is told from what programs rely on."""
    made = record(
        answers=(
            Answer("/a/1", "/a/{n}", 200, "application/json", shape_of({"k": 1, "l": None})),
            Answer("/a/2", "/a/{n}", 200, "application/json", shape_of({"k": 1, "l": "x"})),
        )
    )
    answers = {"/a/1": {"k": 1, "l": "y"}, "/a/2": {"l": None}}
    assert verdicts(made, answers) == {
        "/a/1": Compatibility.COMPATIBLE,
        "/a/2": Compatibility.CHANGED,
    }


def test_raw_files_may_lie_elsewhere_and_keep_their_columns(tmp_path: Path) -> None:
    for name, row in (
        ("same", {"a": 1, "b": 2}),
        ("less", {"a": 1}),
        ("more", {"b": 1, "a": 1, "c": 1}),
    ):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "config.yaml").touch()
    names = ("same", "less", "more", "empty", "gone")
    files = [File(f"{name}.jsonl", ("a", "b")) for name in names]
    made = record(files=(*files, File("config.yaml"), File("../outside")))
    (tmp_path.parent / "outside").touch()
    found = list(check(made, Board({}), folder_fetcher(tmp_path)))
    assert {one.item.partition(".j")[0]: one.verdict for one in found} == {
        "same": Compatibility.COMPATIBLE,
        "less": Compatibility.CHANGED,
        "more": Compatibility.ADDITIONS,
        "empty": Compatibility.CHANGED,
        "gone": Compatibility.MISSING,
        "config.yaml": Compatibility.COMPATIBLE,
        "../outside": Compatibility.MISSING,
    }
    with pytest.raises(ContractError, match="not a folder"):
        folder_fetcher(tmp_path / "nowhere")


def found(made: Record, fetch: Any) -> list[tuple[str, str, Compatibility, str]]:
    return [(one.kind, one.item, one.verdict, one.reason) for one in check(made, fetch)]


def test_findings_name_the_kind_the_item_and_the_reason() -> None:
    made = record(
        routes=(Route("/a", ("x", "y"), ()), Route("/b", (), ()), Route("/same", ("x",), ())),
        protocol="sse_v2",
        calls=(Call("/f", (), ()),),
        files=(File("t.jsonl", ("a",)),),
    )
    told = {
        "/a": {"get": {"parameters": [{"name": "x"}, {"name": "z", "required": True}]}},
        "/same": {"get": {"parameters": [{"name": "x"}]}},
    }
    answers = {"/openapi.json": {"paths": told}, "/t.jsonl": Response(200, "", "", b'{"a": NaN}\n')}
    assert found(made, Board(answers)) == [
        (
            "route",
            "/a",
            Compatibility.CHANGED,
            "parameter y was removed; parameter z is now required",
        ),
        ("route", "/b", Compatibility.MISSING, "the OpenAPI description does not have it"),
        ("route", "/same", Compatibility.COMPATIBLE, "the same parameters"),
        ("call", "/config", Compatibility.MISSING, "it does not name a Gradio protocol"),
        ("call", "/f", Compatibility.MISSING, "the board's /info does not list it"),
        ("file", "t.jsonl", Compatibility.COMPATIBLE, "the same columns"),
    ]


def test_new_parameters_are_named() -> None:
    made = record(routes=(Route("/a", ("x",), ()),))
    paths = {"/a": {"get": {"parameters": [{"name": one} for one in ("x", "p", "q")]}}}
    assert found(made, Board({"/openapi.json": {"paths": paths}})) == [
        ("route", "/a", Compatibility.ADDITIONS, "new parameters: p, q")
    ]


def test_a_board_that_does_not_answer_is_an_error_for_each_item() -> None:
    def fetch(path: str) -> Response:
        raise ContractError("no answer")

    made = record(
        routes=(Route("/a", (), ()),),
        answers=(Answer("/a", "/a", 200, "", None),),
        protocol="ws",
        calls=(Call("/f", (), ()),),
    )
    stopped = "not asked: the board did not answer 3 requests in a row"
    assert found(made, fetch) == [
        ("route", "/a", Compatibility.ERROR, "no answer"),
        ("answer", "/a", Compatibility.ERROR, "no answer"),
        ("call", "/config", Compatibility.ERROR, "no answer"),
        ("call", "/f", Compatibility.ERROR, "no answer"),
    ]
    files = record(links=(Link("/l"),), routes=made.routes, files=(File("f"),))
    assert found(files, fetch)[-2:] == [
        ("link", "/l", Compatibility.ERROR, "no answer"),
        ("file", "f", Compatibility.ERROR, stopped),
    ]


JSON = "application/json"


@pytest.mark.parametrize(
    ("old", "new", "verdict", "reason"),
    [
        ((200, JSON, {"k": 1}), (200, JSON, b'{"k": 2}'), "compatible", "the same shape"),
        ((200, "a/b", None), (200, "a/b", b"x"), "compatible", "the same status and type"),
        ((200, JSON, {"k": 1}), (404, JSON, b"{}"), "missing", "the status was 200 and is now 404"),
        ((200, JSON, {"k": 1}), (405, JSON, b"{}"), "missing", "the status was 200 and is now 405"),
        ((200, JSON, {"k": 1}), (410, JSON, b"{}"), "missing", "the status was 200 and is now 410"),
        ((200, JSON, {"k": 1}), (403, JSON, b"{}"), "changed", "the status was 200 and is now 403"),
        ((399, JSON, {"k": 1}), (404, JSON, b"{}"), "missing", "the status was 399 and is now 404"),
        ((400, JSON, {"k": 1}), (404, JSON, b"{}"), "changed", "the status was 400 and is now 404"),
        (
            (200, JSON, {"k": 1}),
            (200, "", b'{"k": 1}'),
            "changed",
            "the type was application/json and is now not given",
        ),
        ((200, JSON, {"k": 1}), (200, JSON, b"{"), "changed", "the answer is no longer JSON"),
        (
            (200, JSON, None),
            (200, JSON, b"{}"),
            "changed",
            "the answer was not JSON before and is now",
        ),
        (
            (200, JSON, {"k": 1}),
            (200, JSON, b'{"k": 1, "l": 2, "m": 3}'),
            "compatible with additions",
            "new keys: l; m",
        ),
    ],
)
def test_an_answer_is_compared_by_status_type_and_shape(
    old: tuple[int, str, Any], new: tuple[int, str, bytes], verdict: str, reason: str
) -> None:
    shape = None if old[2] is None else shape_of(old[2])
    made = record(answers=(Answer("/a", "/a", old[0], old[1], shape),))
    board = Board({"/a": Response(new[0], new[1], "", new[2])})
    assert found(made, board) == [("answer", "/a", Compatibility(verdict), reason)]


@pytest.mark.parametrize(
    ("rows", "verdict", "reason"),
    [
        (b"", "changed", "the file has no rows"),
        (b"[1]", "changed", "the file has no rows"),
        (b'{"b": 1}', "changed", "column a is missing"),
        (b'{"a": 1, "b": 2, "c": 3}', "compatible with additions", "new columns: c"),
    ],
)
def test_a_table_is_compared_by_its_columns(rows: bytes, verdict: str, reason: str) -> None:
    board = Board({"/t": Response(200, "", "", rows)})
    made = record(files=(File("t", ("a", "b")),))
    assert found(made, board)[0][2:] == (Compatibility(verdict), reason)


def test_a_file_without_columns_need_only_exist() -> None:
    made = record(files=(File("t"), File("u")))
    board = Board({"/t": Response(200, "", "", b"x"), "/u": Response(403, "", "", b"")})
    assert [one[2:] for one in found(made, board)] == [
        (Compatibility.COMPATIBLE, "the file exists"),
        (Compatibility.MISSING, "the status is 403"),
    ]


def test_an_empty_record_is_an_error() -> None:
    with pytest.raises(ContractError, match="nothing to check"):
        list(check(record(), Board({})))
