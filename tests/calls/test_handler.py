"""The old calls over HTTP, from adopting an old board to what a queue says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from frontrunner.calls import queue, wire
from frontrunner.calls.entry import Calls
from frontrunner.calls.handler import Gradio
from frontrunner.calls.pack import find_calls, has_calls
from frontrunner.calls.room import Room
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.http.app import Application
from frontrunner.legacy.gradio.filtering import SIZE_RANGES
from frontrunner.legacy.gradio.model_types import MODEL_TYPES
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.legacy.factory import row, write_board

HEADERS = ["Rank", "Model", "Model Size (Million Parameters)"]
FRAME = {"headers": HEADERS, "data": [[1, "a", 5], [2, "b", ""]], "metadata": None}
EVERYTHING = [list(MODEL_TYPES), list(SIZE_RANGES)]
FILTER_B = ["b", *EVERYTHING, FRAME, *[{"headers": HEADERS, "data": [[]]}] * 56]

Client = httpx.AsyncClient
Steps = Callable[[Client], Awaitable[None]]


def run(*words: str) -> str:
    load_commands(words)
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def old(tmp_path: Path) -> Path:
    tables = {name: [row("a", T1=1.0)] for name in ("en", "en/STS", "en/Retrieval", "no/STS")}
    return write_board(tmp_path / "old", tables)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return small_snapshot(tmp_path)


@pytest.fixture
def home(snapshot: Snapshot, old: Path, tmp_path: Path) -> Path:
    """The home of a published snapshot that has adopted an old board."""
    run("legacy", "adopt", str(old), "--home", str(tmp_path / "home"))
    return tmp_path / "home"


def current(client: Client) -> Gradio:
    """What answers a client's calls."""
    application = client._transport.app  # type: ignore[attr-defined]
    gradio: Gradio = application._calls._gradio
    return gradio


def talk(home: Path, steps: Steps, **options: Any) -> Application:
    """Let a client talk to a server over a home."""
    application = Application(Store(home).current(), calls=Calls(home), **options)

    async def talked() -> None:
        transport = httpx.ASGITransport(application)
        async with Client(transport=transport, base_url="http://board") as client:
            await steps(client)

    asyncio.run(talked())
    return application


def messages(stream: str) -> list[dict[str, Any]]:
    assert stream.endswith("\n\n")
    return [json.loads(one.removeprefix("data: ")) for one in stream.strip().split("\n\n")]


async def joined(client: Client, data: list[Any], fn_index: int, session: str = "s") -> str:
    body = {"data": data, "fn_index": fn_index, "session_hash": session}
    answer = await client.post("/queue/join", json=body)
    assert answer.status_code == 200
    return str(answer.json()["event_id"])


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


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b"[]", 422),
        (b'{"data": 1}', 422),
        (b'{"data": [NaN]}', 200),
        (b"[" * 10**5, 422),
    ],
)
def test_bodies_that_are_none(home: Path, content: bytes, status: int) -> None:
    async def steps(client: Client) -> None:
        assert (await client.post("/api/set_tabs_on_load", content=content)).status_code == status

    talk(home, steps)


def test_a_body_that_is_too_large_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontrunner.calls.wire.LARGEST", 10)

    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" "

    async def steps(client: Client) -> None:
        assert (await client.post("/api/filter_data", content=b" " * 11)).status_code == 413
        assert (await client.post("/api/filter_data", content=in_parts())).status_code == 413

    talk(home, steps)


@pytest.mark.parametrize("value", [b"1", b"[]", b'{"":{}}', b"NaN"])
def test_a_body_of_many_values_is_refused_before_it_is_decoded(home: Path, value: bytes) -> None:
    content = b'{"data":[' + b",".join([value] * (15_000_000 // (len(value) + 1))) + b"]}"

    async def steps(client: Client) -> None:
        answer = await client.post("/api/filter_data", content=content)
        assert answer.status_code == 413

    talk(home, steps)


def test_an_announced_body_holds_no_memory_until_it_arrives() -> None:
    async def steps() -> None:
        room = Room(100)

        async def silent() -> dict[str, Any]:
            await asyncio.sleep(10)
            return {}

        async def whole() -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * 90}

        async def announce() -> None:
            async with wire.body_of(silent, room, b"100"):
                pass

        waiting = [asyncio.create_task(announce()) for _ in range(20)]
        await asyncio.sleep(0)
        async with wire.body_of(whole, room, b"90") as content:
            assert (len(content), room.free) == (90, 10)
        assert room.free == 100
        for task in waiting:
            task.cancel()

    asyncio.run(steps())


def test_memory_that_partial_bodies_hold_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_PART_PATIENCE", 0.05)

    async def steps() -> None:
        room = Room(100)

        def in_halves() -> Callable[[], Awaitable[dict[str, Any]]]:
            parts = iter([b"x" * 40, b"y" * 40])

            async def receive() -> dict[str, Any]:
                await asyncio.sleep(0)
                part = next(parts)
                return {"type": "http.request", "body": part, "more_body": part[:1] == b"x"}

            return receive

        async def read() -> int:
            async with wire.body_of(in_halves(), room, b"80") as content:
                return len(content)

        outcomes = await asyncio.gather(*(read() for _ in range(3)), return_exceptions=True)
        statuses = {one.status for one in outcomes if isinstance(one, wire.HttpError)}
        assert statuses <= {503}
        assert room.free == 100

    asyncio.run(steps())


def test_room_is_given_back_whatever_becomes_of_a_call(home: Path) -> None:
    async def steps(client: Client) -> None:
        await client.get("/info")
        found = current(client).queue
        good = {"data": FILTER_B}
        for path, body in (
            ("/api/filter_data", good),
            ("/api/filter_data", {"data": []}),
            ("/api/never", good),
            ("/never", good),
            ("/queue/join", good),
        ):
            await client.post(path, json=body)
            await client.post(path, content=b"{")
        joined_at = (await client.post("/call/filter_data", json=good)).json()["event_id"]
        assert (await client.get(f"/call/filter_data/{joined_at}")).status_code == 200
        assert (found.bodies.free, found.work.free) == (queue.BODIES, queue.WORK)

    talk(home, steps)


def test_without_room_a_call_waits_and_is_then_rejected(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.calls.handler.PATIENCE", 0.05)

    async def steps(client: Client) -> None:
        await client.get("/info")
        room = current(client).queue.work
        await room.take(queue.WORK, 1)
        answer = await client.post("/api/set_tabs_on_load", json={"data": []})
        assert answer.status_code == 503
        assert "Too many calls" in answer.json()["detail"]
        asyncio.get_running_loop().call_later(0.01, room.give, queue.WORK)
        answer = await client.post("/api/set_tabs_on_load", json={"data": []})
        assert answer.status_code == 200

    talk(home, steps)


def test_a_body_that_does_not_arrive_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.01)

    async def never() -> dict[str, Any]:
        await asyncio.sleep(10)
        return {}

    async def read() -> None:
        async with wire.body_of(never, Room(10), b"5"):
            pass

    with pytest.raises(wire.HttpError) as raised:
        asyncio.run(read())
    assert raised.value.status == 408


def test_without_a_session_nobody_elses_result_is_given_away(home: Path) -> None:
    async def steps(client: Client) -> None:
        path = "/call/set_tabs_on_load"
        event = (await client.post(path, json={"data": []})).json()["event_id"]
        for query in ("", "?session_hash=", "?session_hash=other"):
            answer = await client.get(f"/queue/data{query}")
            assert (answer.status_code, answer.json()["detail"]) == (404, "Session not found.")
        assert (await client.get(f"{path}/{event}")).status_code == 200

    talk(home, steps)


def test_what_is_nested_too_deep_is_an_error(home: Path) -> None:
    deep = b"[" * 100_000
    frames = b",".join([b'{"headers":["Model"],"data":[[' + deep + b"]]}"] * 57)

    async def steps(client: Client) -> None:
        for body in (deep, b'{"data":' + deep, b'{"data":["",[],[],' + frames + b"]}"):
            answer = await client.post("/api/filter_data", content=body)
            assert answer.status_code in (413, 422, 500)

    talk(home, steps)


def test_a_configuration_that_a_client_has_is_not_sent_again(home: Path) -> None:
    async def steps(client: Client) -> None:
        tag = (await client.get("/config")).headers["etag"]
        again = await client.get("/config", headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await client.get("/config", headers={"if-none-match": '"another"'})
        assert other.status_code == 200

    talk(home, steps)


def test_results_that_nobody_fetches_are_let_go(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_MOST_WAITING", 2)

    async def steps(client: Client) -> None:
        for _ in range(2):
            await joined(client, [], 136)
        body = {"data": [], "fn_index": 136, "session_hash": "late"}
        full = await client.post("/queue/join", json=body)
        assert (full.status_code, full.json()) == (
            503,
            {"detail": "Queue is full. Max size is 2 and size is 2."},
        )
        monkeypatch.setattr(queue, "_KEPT_SECONDS", -1.0)
        assert (await client.post("/queue/join", json=body)).status_code == 200

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


def test_who_fetches_nothing_keeps_others_out_for_seconds_only(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_MOST_WAITING", 2)

    async def steps(client: Client) -> None:
        names = [await joined(client, [], 136, f"flood {n}") for n in range(2)]
        await asyncio.gather(*(current(client).queue.find(name).outcome for name in names))  # type: ignore[union-attr]
        monkeypatch.setattr(queue, "_KEPT_WHEN_FULL", -1.0)
        await joined(client, [], 136, "honest")
        assert len(current(client).queue) == 1

    talk(home, steps)


def test_the_name_of_a_session_is_short(home: Path) -> None:
    async def steps(client: Client) -> None:
        body = {"data": [], "fn_index": 136, "session_hash": "s" * 257}
        answer = await client.post("/queue/join", json=body)
        assert (answer.status_code, answer.json()) == (
            422,
            {"detail": "The session hash is too long."},
        )

    talk(home, steps)
