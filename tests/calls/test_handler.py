"""The old calls over HTTP, from adopting an old board to what a queue says."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontrunner.calls.entry import Calls
from frontrunner.calls.pack import find_calls, has_calls
from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.calls.talking import FILTER_B, HEADERS, Client, joined, messages, run, talk
from tests.factories import small_snapshot
from tests.legacy.factory import write_board


def test_the_configuration_holds_fresh_numbers(home: Path) -> None:
    async def steps(client: Client) -> None:
        answer = await client.get("/config", headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        config = answer.json()
        assert (config["version"], config["protocol"]) == ("4.20.0", "sse_v2")
        tables = [one for one in config["components"] if one["type"] == "dataframe"]
        english = tables[0]["props"]["value"]
        assert english["headers"][6] == "Average (3 datasets)"
        assert (await client.get("/config/")).json() == config
        head = await client.head("/config")
        assert (head.status_code, head.content) == (200, b"")
        described = (await client.get("/info")).json()
        assert "/filter_data" in described["named_endpoints"]
        app_id = (await client.get("/app_id")).json()["app_id"]
        assert app_id == config["app_id"]

    talk(home, steps)


def test_answers_to_calls_have_the_date_of_the_snapshot(home: Path) -> None:
    async def steps(client: Client) -> None:
        date = (await client.get("/v1/snapshot")).headers["last-modified"]
        posted = await client.post("/call/set_tabs_on_load", json={"data": []})
        found = [
            await client.get("/config"),
            await client.get("/app_id"),
            posted,
            await client.get(f"/call/set_tabs_on_load/{posted.json()['event_id']}"),
            await client.post("/api/set_tabs_on_load", json={"data": []}),
        ]
        await joined(client, [], 0)
        found.append(await client.get("/queue/data", params={"session_hash": "s"}))
        assert [one.status_code for one in found] == [200] * 6
        assert [one.headers.get("last-modified") for one in found] == [date] * 6
        assert found[-1].headers["cache-control"] == "no-store"
        for path in ("/queue/status", "/user", "/call/no/such"):
            assert "last-modified" not in (await client.get(path)).headers

    talk(home, steps)


def test_a_result_that_was_made_before_a_swap_keeps_its_date(home: Path, tmp_path: Path) -> None:
    application = Application(Store(home).current(), calls=Calls(home))

    async def talked() -> None:
        transport = httpx.ASGITransport(application)
        async with Client(transport=transport, base_url="http://board") as client:
            path = "/call/set_tabs_on_load"
            before = (await client.get("/v1/snapshot")).headers["last-modified"]
            event = (await client.post(path, json={"data": []})).json()["event_id"]
            second = small_snapshot(tmp_path, bonus=0.05)
            application.use(second, second.built_at + 3600)
            assert (await client.get("/v1/snapshot")).headers["last-modified"] != before
            result = await client.get(f"{path}/{event}")
            assert result.headers["last-modified"] == before
            # Its calls are not made yet, so the earlier snapshot answers.
            late = await client.post(path, json={"data": []})
            assert (late.status_code, "last-modified" in late.headers) == (200, False)

    asyncio.run(talked())


def test_a_call_and_its_result(home: Path) -> None:
    async def steps(client: Client) -> None:
        path = "/call/set_tabs_on_load"
        event = (await client.post(path, params={"task": "sts"}, json={"data": []})).json()
        result = await client.get(f"{path}/{event['event_id']}")
        assert result.headers["content-type"].startswith("text/event-stream")
        kind, data = result.text.strip().split("\n")
        assert kind == "event: complete"
        assert json.loads(data.removeprefix("data: "))[-1] == {"sts": "english"}
        # It is fetched once.
        assert (await client.get(f"{path}/{event['event_id']}")).status_code == 404

    application = talk(home, steps)
    assert b"<old calls>" in application.metrics.render()


@pytest.mark.parametrize("path", ["/api/filter_data", "/run/filter_data_1/", "/api/predict"])
def test_an_answer_at_once(home: Path, path: str) -> None:
    async def steps(client: Client) -> None:
        body = {"data": FILTER_B, "fn_index": 137}
        answer = (await client.post(path, json=body)).json()
        first, *others = answer["data"]
        assert first == {"headers": HEADERS, "data": [[2, "b", ""]], "metadata": None}
        assert {json.dumps(one["data"]) for one in others} == {"[[]]"}
        assert answer["is_generating"] is False

    talk(home, steps)


def test_a_session_reads_its_own_events_in_order(home: Path) -> None:
    async def steps(client: Client) -> None:
        first = await joined(client, FILTER_B, 137)
        await joined(client, [], 136, session="another")
        second = await joined(client, ["b("], 137)
        said = messages((await client.get("/queue/data", params={"session_hash": "s"})).text)
        assert [one["event_id"] for one in said] == [first] * 3 + [second] * 3
        kinds = ["estimation", "process_starts", "process_completed"]
        assert [one["msg"] for one in said] == kinds * 2
        assert (said[2]["success"], len(said[2]["output"]["data"])) == (True, 57)
        assert (said[5]["success"], said[5]["output"]) == (False, {"error": None})
        status = (await client.get("/queue/status")).json()
        assert (status["msg"], status["queue_size"]) == ("estimation", 1)

    talk(home, steps)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer"),
    [
        ("POST", "/call/nope", {"data": []}, 500, "Internal Server Error"),
        ("POST", "/call/js_fn", {"data": []}, 500, "Internal Server Error"),
        ("POST", "/api/predict", {"fn_index": -1}, 500, "Internal Server Error"),
        ("POST", "/api/predict", {"fn_index": 140}, 500, "Internal Server Error"),
        ("POST", "/api/update_url_task", {"data": [{}, {}]}, 500, {"error": None}),
        ("POST", "/api/filter_data", {"data": [1, 2, 3]}, 500, {"error": None}),
        ("POST", "/queue/join", {"data": []}, 400, {"detail": "Session hash not found."}),
        ("GET", "/queue/data", None, 404, {"detail": "Session not found."}),
        ("GET", "/call/filter_data/none", None, 404, {"detail": "Event not found."}),
        ("POST", "/queue/never", {}, 404, {"detail": "Not Found"}),
        ("GET", "/file=app.py", None, 403, {"detail": "File not allowed: app.py."}),
        ("GET", "/heartbeat/s", None, 404, {"detail": "Not Found"}),
        ("GET", "/proxy=https://x", None, 400, {"detail": "This URL cannot be proxied."}),
        ("DELETE", "/config", None, 405, {"detail": "Method Not Allowed"}),
        ("POST", "/reset", {}, 200, {"success": True}),
        ("GET", "/startup-events", None, 200, False),
    ],
)
def test_what_a_program_gets_wrong(
    home: Path, method: str, path: str, body: Any, status: int, answer: Any
) -> None:
    async def steps(client: Client) -> None:
        got = await client.request(method, path, json=body)
        assert got.status_code == status
        assert (got.text if isinstance(answer, str) else got.json()) == answer

    talk(home, steps)


def test_browsers_of_other_sites_may_call(home: Path) -> None:
    async def steps(client: Client) -> None:
        asked = await client.options("/queue/join")
        assert asked.status_code == 204
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert asked.headers["access-control-allow-origin"] == "*"
        assert (await client.get("/user")).headers["access-control-allow-origin"] == "*"

    talk(home, steps)


@pytest.mark.parametrize("path", ["/config", "/user", "/queue/status", "/queue/data", "/v1/tasks"])
def test_only_the_origins_of_the_settings_may_call(home: Path, path: str) -> None:
    mine = "https://mine.example"

    async def steps(client: Client) -> None:
        for method in ("GET", "OPTIONS", "POST"):
            answer = await client.request(method, path, headers={"origin": mine})
            assert answer.headers["access-control-allow-origin"] == mine
            assert "origin" in answer.headers["vary"]
            other = await client.request(method, path, headers={"origin": "https://o.example"})
            assert "access-control-allow-origin" not in other.headers
            assert "origin" in other.headers["vary"]

    talk(home, steps, origins=(mine,))


def test_without_an_old_board_there_are_no_calls(snapshot: Snapshot, tmp_path: Path) -> None:
    async def steps(client: Client) -> None:
        assert (await client.get("/config")).status_code == 404
        assert (await client.post("/queue/join", json={})).status_code == 404

    talk(tmp_path / "home", steps)


def test_a_server_takes_up_what_is_adopted_anew(home: Path, tmp_path: Path) -> None:
    async def steps(client: Client) -> None:
        def headers(config: Any) -> list[str]:
            tables = [one for one in config["components"] if one["type"] == "dataframe"]
            return list(tables[0]["props"]["value"]["headers"])

        before = headers((await client.get("/config")).json())
        config = {"tasks": {}, "boards": {"en": {"has_overall": True, "tasks": {"STS": ["T1"]}}}}
        other = write_board(tmp_path / "other", {"en": [], "en/STS": []}, config)
        run("legacy", "adopt", str(other), "--home", str(home))
        after = headers((await client.get("/config")).json())
        assert "Average (3 datasets)" in before
        assert "Average (1 datasets)" in after

    talk(home, steps)


def test_another_snapshot_is_answered_from_its_own_numbers(home: Path, tmp_path: Path) -> None:
    first = Store(home).current_id() or ""
    second = small_snapshot(tmp_path, bonus=0.05)  # published, its calls not yet made
    assert find_calls(home, second.id) == find_calls(home, first)
    run("prepare", "--home", str(home))
    assert has_calls(home, second.id)
    run("rollback", "--home", str(home))
    assert (find_calls(home, first) or tmp_path).name == first


def test_damaged_answers_leave_the_board_alone(home: Path) -> None:
    folder = find_calls(home, Store(home).current_id() or "")
    assert folder is not None
    (folder / "calls.index").write_bytes(b"\x00")

    async def steps(client: Client) -> None:
        assert (await client.get("/config")).status_code == 404
        assert (await client.get("/v1/benchmarks")).status_code == 200

    talk(home, steps)
    (home / "legacy" / "adopted.json").write_bytes(b"{")
    said = " ".join(run("prepare", "--again", "--home", str(home)).split())
    assert "Give the old board's folder again" in said
