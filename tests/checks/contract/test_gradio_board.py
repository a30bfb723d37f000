"""Gradio 3, 4, 5 and 6: `gradio_boards.json` holds what one small app of ours says under each.

The app has two functions: `scores` (a Textbox, a Dropdown, a Slider) and a second one without a
name (a CheckboxGroup). The answers are those of gradio 3.50.2, 4.20.0, 5.50.0 and 6.31.0.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.gradio_board import calls_of, gradio_board, protocol_of
from frontrunner.checks.contract.record import Call, Record, Value
from frontrunner.checks.contract.record_running import record_board
from tests.checks.contract.made_up import Board, verdicts

BOARDS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("gradio_boards.json").read_bytes()
)
VERSIONS = sorted(BOARDS)
PROTOCOLS = {"3.50.2": "ws", "4.20.0": "sse_v2", "5.50.0": "sse_v3", "6.31.0": "sse_v3"}
INFO = {version: next(path for path in BOARDS[version] if "info" in path) for version in VERSIONS}


def answers(version: str) -> dict[str, Any]:
    board = copy.deepcopy(BOARDS[version])
    paths = board.pop("paths")
    described: dict[str, Any] = {"paths": {path: {"get": {"parameters": []}} for path in paths}}
    front = Response(200, "text/html", "", b"<gradio-app>")
    return board | {"/openapi.json": described, "/": front}


def recorded(version: str) -> Record:
    return record_board("old", Board(answers(version)), [], 5).record


def info(board: dict[str, Any]) -> Any:
    return next(board[path] for path in board if path.endswith("/info"))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_functions_of_each_version_are_recorded(version: str) -> None:
    made = recorded(version)
    assert made.protocol == PROTOCOLS[version]
    names = ["/scores", "fn_index=1" if version.startswith("3") else "/table"]
    assert [call.name for call in made.calls] == names
    scores = made.calls[0]
    assert [one.component for one in scores.inputs] == ["Textbox", "Dropdown", "Slider"]
    assert [one.component for one in scores.outputs] == ["Json", "Textbox"]
    assert [one.type for one in scores.inputs] == ["string", "string", "number"]


@pytest.mark.parametrize("version", ["5.50.0", "6.31.0"])
def test_later_versions_say_how_inputs_are_called_and_which_are_optional(version: str) -> None:
    inputs = recorded(version).calls[0].inputs
    assert [one.name for one in inputs] == ["search", "kind", "size"]
    assert [one.optional for one in inputs] == [False, True, True]
    assert inputs[1].choices == ("open", "closed")
    assert recorded(version).calls[1].inputs[0].choices == ("x", "y")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_paths_of_gradio_itself_are_not_part_of_a_record(version: str) -> None:
    asked: list[str] = []
    board = Board(answers(version))

    def fetch(path: str) -> Response:
        asked.append(path)
        return board(path)

    prefix = INFO[version].removesuffix("/info")
    made = record_board("old", fetch, ["/theme.css", "/assets/x.js", f"{prefix}/app_id"], 5)
    assert made.record.routes == ()
    assert set(asked) <= {"/", "/openapi.json", "/config", "/info", "/gradio_api/info"}
    assert [link.path for link in made.record.links] == ["/"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_board_is_compatible_with_itself(version: str) -> None:
    found = list(check(recorded(version), Board(answers(version))))
    assert {one.verdict for one in found} == {Compatibility.COMPATIBLE}
    assert {one.item for one in found} >= {"/scores", "/config"}


def new_required(told: Any) -> None:
    told["parameters"].append({"component": "Textbox", "parameter_has_default": False})


def new_optional(told: Any) -> None:
    told["parameters"].append({"component": "Textbox", "parameter_has_default": True})


def one_less(told: Any) -> None:
    told["parameters"].pop()


def other_component(told: Any) -> None:
    told["parameters"][0]["component"] = "Number"


def other_output(told: Any) -> None:
    told["returns"].append({"component": "Textbox"})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (new_required, Compatibility.CHANGED),
        (new_optional, Compatibility.ADDITIONS),
        (one_less, Compatibility.CHANGED),
        (other_component, Compatibility.CHANGED),
        (other_output, Compatibility.CHANGED),
    ],
)
def test_a_changed_function_is_noticed(
    version: str, change: Callable[[Any], None], verdict: Compatibility
) -> None:
    board = answers(version)
    change(info(board)["named_endpoints"]["/scores"])
    assert verdicts(recorded(version), board)["/scores"] is verdict


@pytest.mark.parametrize("version", VERSIONS)
def test_a_function_that_is_gone_is_missing(version: str) -> None:
    board = answers(version)
    del info(board)["named_endpoints"]["/scores"]
    assert verdicts(recorded(version), board)["/scores"] is Compatibility.MISSING


def test_another_version_speaks_another_protocol_with_the_same_functions() -> None:
    found = verdicts(recorded("4.20.0"), answers("5.50.0"))
    assert found["/config"] is Compatibility.CHANGED
    assert found["/table"] is Compatibility.COMPATIBLE


def test_a_board_that_hides_its_functions_is_noted() -> None:
    board = answers("5.50.0")
    del board["/gradio_api/info"]
    made = record_board("old", Board(board), [], 5)
    assert made.record.calls == ()
    assert made.notes == (
        "This is a Gradio board, but its functions could not be recorded: "
        "/gradio_api/info does not list any.",
    )


def test_a_board_below_another_prefix_is_found() -> None:
    board = answers("5.50.0")
    board["/config"]["api_prefix"] = "/my_api"
    board["/my_api/info"] = board.pop("/gradio_api/info")
    assert len(gradio_board(board.get).calls) == 2


@pytest.mark.parametrize(
    "config",
    [
        None,
        [],
        {"protocol": 5},
        {"api_prefix": 7},
        {"api_prefix": "http://elsewhere"},
        {"api_prefix": "/../.."},
        {"api_prefix": "/" * 9000},
    ],
)
def test_an_odd_configuration_is_not_followed(config: Any) -> None:
    asked = []

    def ask(path: str) -> Any:
        asked.append(path)
        return config if path == "/config" else None

    assert gradio_board(ask) == ("", "", ())
    assert asked == ["/config", "/info", "/gradio_api/info"]


@pytest.mark.parametrize(
    ("info", "calls"),
    [
        (None, []),
        ([], []),
        ({"named_endpoints": 5}, []),
        ({"named_endpoints": {"/f": 1}}, []),
        ({"named_endpoints": {"/f": {"parameters": 5}}}, [Call("/f", (), ())]),
        (
            {"named_endpoints": {"/f": {"parameters": [7, {"type": 5}], "returns": [None]}}},
            [Call("/f", (Value(""), Value("")), (Value(""),))],
        ),
        (
            {"unnamed_endpoints": {"0": {"returns": [{"component": "Json", "type": {}}]}}},
            [Call("fn_index=0", (), (Value("Json"),))],
        ),
        (
            {"named_endpoints": {"/f": {"parameters": [{"type": {"enum": [1, "a", None]}}]}}},
            [Call("/f", (Value("", choices=("a",)),), ())],
        ),
    ],
)
def test_an_odd_description_is_read_as_far_as_it_goes(info: Any, calls: list[Call]) -> None:
    assert calls_of(info) == calls


def test_protocols() -> None:
    assert protocol_of({"protocol": "sse"}) == "sse"
    assert protocol_of({"version": "3", "components": [], "dependencies": []}) == "ws"
    assert protocol_of({"version": "3"}) == ""


def test_a_board_that_is_not_of_gradio_has_no_plumbing() -> None:
    assert not gradio_board(lambda _: None).is_plumbing("/static/x")
    board = gradio_board(answers("5.50.0").get)
    assert board.is_plumbing("/gradio_api/queue/status?x=1")
    assert board.is_plumbing("/theme.css")
    assert not board.is_plumbing("/gradio_api/file=data.csv")
    assert not board.is_plumbing("/v1/benchmarks")
