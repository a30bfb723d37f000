"""Each item of a record gets a verdict and a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import folder_fetcher
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    File,
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
