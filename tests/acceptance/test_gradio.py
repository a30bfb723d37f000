"""Programs made for the first board: what was recorded of it, asked again of ours."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from frontrunner.legacy.files.tree import read_tree
from frontrunner.legacy.gradio.filtering import SIZE_RANGES, Filters, Frame, filter_frames
from frontrunner.legacy.gradio.model_types import MODEL_TYPES, old_types

pytestmark = pytest.mark.acceptance
ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ("0.11.0", "1.14.0", "2.7.2")
CALLS = (
    "01_set_tabs_on_load",
    "02_search_bge-m3",
    "05_type_proprietary",
    "08_size_lt100M",
    "11_search_bad_regex",
    "12_no_filter",
    "14_type_cross_encoders",
)
DIFFERENT = {
    "/openapi.json": "the old board could not describe itself; ours does",
    "/docs": "the documentation of the API",
    "/robots.txt": "the site's own rules",
    "/assets/": "a part of the old page, which is not served",
    "/favicon.ico": "the site's own icon",
    "/theme.css": "a part of the old page, which is not served",
    "/static/img/logo.svg": "a part of the old page, which is not served",
}
_CUT = 1500
"""So many characters were recorded of a long answer."""


def plain(text: str) -> str:
    """An answer without what is another every time: names of events, times; and without spaces."""
    text = re.sub(r"[0-9a-f]{32}", "ID", text.replace('": ', '":').replace(", ", ","))
    text = re.sub(r'"(duration|average_duration|rank_eta|eta)":[\d.e-]+', r'"\1":0', text)
    return re.sub(r'"app_id":\d+', '"app_id":0', text)


def unpacked(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


def recorded_calls(folder: Path) -> dict[str, Any]:
    return {one: unpacked(folder / "calls" / f"{one}.2.7.2.join.req.json.gz") for one in CALLS}


def recorded_result(folder: Path, call: str) -> Any:
    """What the recorded client returned; None where it failed."""
    path = folder / "calls" / f"{call}.2.7.2.result.json.gz"
    return unpacked(path) if path.exists() else None


# --- requests that were recorded -------------------------------------------------------------


def body_of(exchange: dict[str, Any], folder: Path) -> Any:
    """The body of a recorded request; a long one was described in words."""
    if not isinstance(exchange["request"], str):
        return exchange["request"]
    components = json.loads((folder / "config.json").read_bytes())["components"]
    english = next(one for one in components if one["type"] == "dataframe")["props"]["value"]
    stub = {"headers": ["Rank", "Model", "Model Size (Million Parameters)"], "data": []}
    return {"data": ["voyage", list(MODEL_TYPES), list(SIZE_RANGES), english, *[stub] * 56]}


def test_every_recorded_request_is_answered_as_it_was(url: str, recorded: Path) -> None:
    exchanges = json.loads((recorded / "raw_http.json").read_bytes())
    answered, event = 0, ""
    with httpx.Client(base_url=url) as client:
        for exchange in exchanges:
            path = exchange["path"]
            if path in DIFFERENT:
                continue
            if exchange["name"].endswith("_result"):
                path = path.rsplit("/", 1)[0] + "/" + event
            sent = None if exchange["method"] == "GET" else body_of(exchange, recorded)
            answer = client.request(exchange["method"], path, json=sent)
            if "event_id" in answer.text[:20]:
                event = answer.json()["event_id"]
            assert answer.status_code == exchange["status"], path
            if path == "/config/":
                continue  # other numbers; its shape is looked at below
            assert answer.headers["content-type"] == exchange["content_type"], path
            expected = exchange["response"]
            found, expected = plain(answer.text), plain(expected)
            cut = len(exchange["response"]) >= _CUT
            assert found.startswith(expected[:-40]) if cut else found == expected, path
            answered += 1
    assert answered == len(exchanges) - len(DIFFERENT) - 1


def test_recorded_events_come_again(url: str, recorded: Path) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for name, body in recorded_calls(recorded).items():
            assert list(client.post("/queue/join", json=body).json()) == ["event_id"]
            session = {"session_hash": body["session_hash"]}
            found = events(client.get("/queue/data", params=session).text)
            path = recorded / "calls" / f"{name}.2.7.2.data.sse.gz"
            expected = events(gzip.decompress(path.read_bytes()).decode())
            assert [list(one) for one in found] == [list(one) for one in expected], name
            output, wanted = found[-1]["output"], expected[-1]["output"]
            assert list(output) == list(wanted)
            if "data" in wanted:
                assert output["data"] == wanted["data"], name


def events(stream: str) -> list[dict[str, Any]]:
    return [json.loads(one.removeprefix("data: ")) for one in stream.strip().split("\n\n")]


def test_the_configuration_has_the_recorded_shape(url: str, recorded: Path) -> None:
    found = httpx.get(f"{url}/config", timeout=30).json()
    expected = json.loads((recorded / "config.json").read_bytes())
    assert {key: type(value) for key, value in found.items()} == {
        key: type(value) for key, value in expected.items()
    }
    assert found["layout"] == expected["layout"]
    for one, other in zip(found["components"], expected["components"], strict=True):
        assert one["id"] == other["id"]
        assert (set(one), set(one["props"])) == (set(other), set(other["props"]))
        assert one.get("api_info") == other.get("api_info")
        if one["type"] == "dataframe":
            assert one["props"]["value"]["headers"] == other["props"]["value"]["headers"]
    for one, other in zip(found["dependencies"], expected["dependencies"], strict=True):
        assert one | {"js": None} == other | {"js": None}  # a page's scripts are our own
    assert httpx.get(f"{url}/info").json() == json.loads((recorded / "info.json").read_bytes())


def test_more_at_once_than_the_old_queue_held(url: str, recorded: Path) -> None:
    many = len(json.loads((recorded / "queue_full.json").read_bytes()))
    body = recorded_calls(recorded)["12_no_filter"]

    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            sent = [{**body, "session_hash": f"many-{number}"} for number in range(many)]
            joined = await asyncio.gather(*(client.post("/queue/join", json=one) for one in sent))
            sessions = ({"session_hash": one["session_hash"]} for one in sent)
            await asyncio.gather(*(client.get("/queue/data", params=one) for one in sessions))
            return [answer.status_code for answer in joined]

    assert many > 10
    assert asyncio.run(ask()) == [200] * many


# --- boxes ---------------------------------------------------------------------------------------


def listed(model_meta: dict[str, Any], key: str) -> str:
    """The cell of a model in the old list, which the old board looked for in its tables."""
    about = model_meta["model_meta"].get(key) or {}
    link = about.get("link") or "https://huggingface.co/spaces/mteb/leaderboard"
    name = key.rsplit("/", maxsplit=1)[-1].rsplit("__", maxsplit=1)[-1]
    return f'<a target="_blank" style="text-decoration: underline" href="{link}">{name}</a>'


def old_rule(model_meta: dict[str, Any]) -> dict[str, Callable[[str], bool]]:
    """Box -> whether the old board found a cell by it. All but *Open* are sets of listed cells."""
    facts, cross = model_meta["model_meta"], model_meta["cross_encoders"]

    def cells(keys: Iterable[str]) -> Callable[[str], bool]:
        return frozenset(listed(model_meta, key) for key in keys).__contains__

    def having(fact: str) -> list[str]:
        return [key for key, about in facts.items() if about.get(fact)]

    proprietary = cells(having("is_proprietary"))
    return {
        "Open": lambda cell: not proprietary(cell),
        "Proprietary": proprietary,
        "Sentence Transformers": cells(having("is_sentence_transformers_compatible")),
        "Cross-Encoders": cells(cross),
        "Bi-Encoders": cells(key for key in facts if key not in (*cross, "bm25")),
        "Uses Instructions": cells(having("uses_instruct")),
        "No Instructions": cells(set(facts) - set(having("uses_instruct"))),
    }


def test_all_combinations_of_boxes_leave_the_rows_of_the_old_board(
    recorded: Path, old_board: Path
) -> None:
    tree = read_tree(old_board)
    old = old_types(tree.model_meta, [one for table in tree.tables for one in table.anchors])
    sent = recorded_calls(recorded)["12_no_filter"]["data"][3:]
    frames = msgspec.json.decode(msgspec.json.encode(sent), type=list[Frame])
    finds = old_rule(dict(tree.model_meta))
    assert tuple(finds) == MODEL_TYPES
    for count in range(len(MODEL_TYPES)):
        for types in combinations(MODEL_TYPES, count):
            found = filter_frames(Filters("", types, tuple(SIZE_RANGES)), frames, old)
            for one, frame in zip(found, frames, strict=True):
                rows = [
                    row for row in frame.data if row and any(finds[t](str(row[1])) for t in types)
                ]
                assert one.data == (rows or [[]]), types


def test_the_boxes_that_were_recorded_fit_the_old_rule(recorded: Path, old_board: Path) -> None:
    finds = old_rule(dict(read_tree(old_board).model_meta))
    for call, box in (
        ("05_type_proprietary", "Proprietary"),
        ("14_type_cross_encoders", "Cross-Encoders"),
    ):
        sent = recorded_calls(recorded)[call]["data"][3:]
        answered = recorded_result(recorded, call)
        for table, left in zip(sent, answered, strict=True):
            rows = [row for row in table["data"] if row and finds[box](row[1])]
            assert left["data"] == (rows or [[]])


# --- real clients ----------------------------------------------------------------------------


def interpreter(version: str) -> Path:
    """The environment of a client. Where there is none the test is skipped, and in CI it fails."""
    path = ROOT / f".venv-client-{version}/bin/python"
    if not path.exists():
        missing = f"gradio_client {version} is not installed; run: make setup-clients"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return path


@pytest.mark.parametrize("version", CLIENTS)
def test_unchanged_programs(url: str, recorded: Path, tmp_path: Path, version: str) -> None:
    calls = tmp_path / "calls.json"
    calls.write_text(json.dumps(recorded_calls(recorded)))
    program = Path(__file__).with_name("client_program.py")
    done = subprocess.run(
        [interpreter(version), program, url, calls],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert said["version"] == version
    listed = json.loads((recorded / "view_api_2.7.2.json").read_bytes())
    assert list(said["listed"]["named_endpoints"]) == list(listed["named_endpoints"])
    assert said["named"] == [{"task": "overall", "language": "english"}, {"overall": "english"}]
    for name, found in said["results"].items():
        expected = recorded_result(recorded, name)
        if expected is None:
            assert list(found) == ["error"], name
        else:
            assert found == expected, name
