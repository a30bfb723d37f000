"""Old calls with several server processes: one queue, whichever process takes a request."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontrunner.calls.entry import Calls
from frontrunner.calls.relay import RelayedCalls
from frontrunner.http.request import Request, Response
from frontrunner.http.served import Served
from tests.calls.talking import FILTER_B, messages
from tests.http.test_server import serving


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """One request on a connection of its own: any of the processes may take it."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def called(port: int, number: int) -> list[str]:
    """What a session of its own is told of one call."""
    session = f"s{number}"
    body = {"data": FILTER_B, "fn_index": 137, "session_hash": session}
    status, text = ask(port, "POST", "/queue/join", body)
    assert status == 200, text
    status, text = ask(port, "GET", f"/queue/data?session_hash={session}")
    assert status == 200, text
    said = messages(text)
    assert {one["event_id"] for one in said} == {
        json.loads(said[0]["event_id"] and json.dumps(said[0]["event_id"]))
    }
    assert said[-1]["output"]["data"][0]["data"] == [[2, "b", ""]]
    return [one["msg"] for one in said]


def test_a_call_is_joined_in_one_process_and_fetched_from_another(home: Path) -> None:
    with serving(home, "--workers", "3") as (_, port):
        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(lambda n: called(port, n), range(24)))
        assert told == [["estimation", "process_starts", "process_completed"]] * 24
        for _ in range(12):
            _, text = ask(port, "POST", "/call/set_tabs_on_load", {"data": []})
            event = json.loads(text)["event_id"]
            path = f"/call/set_tabs_on_load/{event}"
            assert ask(port, "GET", path)[1].startswith("event: complete")
            assert ask(port, "GET", path)[0] == 404
        for _ in range(6):
            assert ask(port, "POST", "/api/filter_data", {"data": FILTER_B})[0] == 200
            assert ask(port, "GET", "/config")[0] == 200
            assert ask(port, "GET", "/queue/data")[0] == 404
            assert ask(port, "POST", "/call/never", {"data": []}) == (500, "Internal Server Error")
            assert json.loads(ask(port, "GET", "/queue/status")[1])["queue_size"] == 0
        text = ask(port, "GET", "/metrics")[1]
        labels = 'handler="<old calls>",method="POST",status="200"'
        assert f"http_requests_total{{{labels}}} 42.0" in text


# --- a worker that misbehaves ---------------------------------------------------------------------


SERVED = SimpleNamespace(
    service=SimpleNamespace(snapshot=SimpleNamespace(id="s")), policy=SimpleNamespace(dated=[])
)


class Adopted:
    """An old board that was adopted; its queue is always in another process."""

    def is_adopted(self, snapshot: str) -> bool:
        return True


class Worker:
    """A process that answers every request with the same bytes, and sees when it is left."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        self.asked.set()
        with suppress(ConnectionError):
            await reader.read()
        self.left.set()
        writer.close()


@asynccontextmanager
async def relayed(
    folder: Path, worker: Worker, method: str = "GET"
) -> AsyncIterator[Awaitable[Response | None]]:
    """The answer to one request that is passed on to `worker`."""
    socket = folder / "calls"
    scope = {"method": method, "path": "/queue/data", "query_string": b"", "headers": []}
    async with await asyncio.start_unix_server(worker, str(socket)):
        calls = RelayedCalls(cast(Calls, Adopted()), socket)
        yield calls.answer(Request(scope), cast(Served, SERVED))


def run(steps: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(steps(), 30)

    asyncio.run(limited())


@pytest.mark.parametrize("answer", [b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nx y: z\r\n\r\n"])
def test_an_answer_that_is_no_http_is_503_and_its_connection_is_closed(
    tmp_path: Path, answer: bytes
) -> None:
    async def steps() -> None:
        worker = Worker(answer)
        async with relayed(tmp_path, worker) as asked:
            response = await asked
            assert response is not None
            assert response.status == 503
            await worker.left.wait()

    run(steps)


def test_a_request_that_is_cancelled_closes_its_connection(tmp_path: Path) -> None:
    async def steps() -> None:
        worker = Worker(b"")
        async with relayed(tmp_path, worker) as asked:
            task = asyncio.ensure_future(asked)
            await worker.asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await worker.left.wait()

    run(steps)


def test_a_head_request_closes_its_connection(tmp_path: Path) -> None:
    async def steps() -> None:
        worker = Worker(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
        async with relayed(tmp_path, worker, "HEAD") as asked:
            response = await asked
            assert response is not None
            assert (response.status, response.stream) == (200, None)
            await worker.left.wait()

    run(steps)
