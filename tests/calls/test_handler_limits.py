"""The old calls over HTTP: wrong requests, and limits of memory, time and results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from frontrunner.calls import queue, wire
from frontrunner.calls.room import Room
from tests.calls.talking import FILTER_B, Client, current, joined, talk


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
        monkeypatch.setattr("frontrunner.calls.handler.PATIENCE", 20)
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
