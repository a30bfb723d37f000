"""The bytes of connections: what a client may send, and what it may not get away with."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from itertools import zip_longest
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from frontrunner.http import guard
from frontrunner.http.app import Application
from frontrunner.http.guard import GuardedProtocol
from tests.factories import small_snapshot

BOARD = "/v1/benchmarks/All/scores"
ENDED, OPEN = b"<ended>", b"<open>"
PATIENCE = 20.0
"""Seconds to wait for what must come."""


@pytest.fixture
def application(tmp_path: Path) -> Application:
    return Application(small_snapshot(tmp_path))


def request(*headers: str, method: str = "GET") -> bytes:
    lines = (f"{method} {BOARD} HTTP/1.1", "Host: a", *headers, "", "")
    return "\r\n".join(lines).encode()


PLAIN = request()


async def talk(port: int, pieces: tuple[bytes, ...], open_after: int | None) -> bytes:
    """All that comes back on one connection, and whether it ended.

    It is waited for the end or, if it should stay open after some answers, for these; then a
    moment longer, in which an answer too many or an end would come.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)
        while True:
            has_all = open_after is not None and answer.count(b"HTTP/1.1 ") >= open_after
            got = await asyncio.wait_for(reader.read(1 << 16), 0.2 if has_all else PATIENCE)
            answer += got
            if not got:
                return answer + ENDED
    except TimeoutError:
        return answer + OPEN
    except ConnectionError:
        return answer + ENDED
    finally:
        writer.close()


def converse(
    application: Application, *conversations: tuple[bytes, ...], open_after: Sequence[int] = ()
) -> list[tuple[list[int], bool]]:
    """Of one connection after the other: the status of each answer, and whether it was ended.

    `open_after`: after how many answers each connection should stay open; without, all should end.
    """

    async def run() -> list[bytes]:
        config = uvicorn.Config(application, log_config=None, proxy_headers=False)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        made = lambda: GuardedProtocol(config=config, server_state=state, app_state={})  # noqa: E731
        async with await loop.create_server(made, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            spoken = zip_longest(conversations, open_after)
            return [await talk(port, pieces, answers) for pieces, answers in spoken]

    found = asyncio.run(run())
    return [
        ([int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", said)], said.endswith(ENDED))
        for said in found
    ]


def test_known_bytes_in_a_body_are_no_request(application: Application) -> None:
    post = request(f"Content-Length: {len(PLAIN)}", method="POST")
    conversations = ((PLAIN,) * 3, (post, PLAIN), (post + PLAIN, PLAIN))
    [_, smuggled, whole] = converse(application, *conversations, open_after=(3, 1, 2))
    assert smuggled == ([405], False)
    assert whole == ([405, 200], False)


@pytest.mark.parametrize(
    ("header", "body"),
    [("Content-Length: 5", b"HELLO"), ("Transfer-Encoding: chunked", b"5\r\nHELLO\r\n0\r\n\r\n")],
)
def test_a_body_that_comes_later_stays_one(
    application: Application, header: str, body: bytes
) -> None:
    spoken = (request(header), body, PLAIN)
    found = converse(application, (PLAIN, PLAIN), spoken, spoken, open_after=(2, 2, 2))
    assert found == [([200, 200], False)] * 3


@pytest.mark.parametrize(
    "header",
    ["Connection:close", "Connection:  close", "connection:\tCLOSE", "Connection: a,close"],
)
def test_who_asks_for_an_end_gets_it_however_often(application: Application, header: str) -> None:
    assert converse(application, *[(request(header),)] * 3) == [([200], True)] * 3


def test_another_protocol_is_not_spoken_and_the_connection_ends(application: Application) -> None:
    asked = request("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAA")
    assert converse(application, *[(asked,)] * 2) == [([200], True)] * 2


def test_a_head_without_end_is_refused(application: Application) -> None:
    pieces = (PLAIN[:-2] + b"X: ", *[b"a" * 40_000] * 2)
    assert converse(application, pieces) == [([431], True)]


def test_a_body_without_end_is_hung_up_on(application: Application) -> None:
    post = request("Content-Length: 99999999999", method="POST")
    [(statuses, ended)] = converse(application, (post, *[b"a" * 400_000] * 4))
    assert ended
    assert set(statuses) <= {405}


@pytest.mark.parametrize(
    "pieces",
    [(b"",), (PLAIN[:20],), (request("Content-Length: 9", method="POST"),), (PLAIN, PLAIN[:20])],
)
def test_who_falls_silent_is_hung_up_on(
    application: Application, pieces: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.2)
    [(_, ended)] = converse(application, pieces)
    assert ended


def test_who_never_reads_is_cut_off(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.2)
    large = b"x" * 20_000_000

    async def app(scope: object, receive: object, send: Callable[..., Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": large})

    async def run() -> tuple[int, int]:
        config = uvicorn.Config(app, log_config=None, proxy_headers=False)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        made = lambda: GuardedProtocol(config=config, server_state=state, app_state={})  # noqa: E731
        async with await loop.create_server(made, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            writers = []
            for _ in range(20):
                link = socket.create_connection(("127.0.0.1", port))
                link.sendall(PLAIN)
                writers.append(link)
            await asyncio.sleep(0.1)
            held = len(state.connections)
            for _ in range(100):
                await asyncio.sleep(0.05)
                if not state.connections:
                    break
            for link in writers:
                link.close()
            return held, len(state.connections)

    assert asyncio.run(run()) == (20, 0)


def test_who_reads_slowly_gets_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test itself looks after each 5,000 bytes or more that were read: no clock decides."""
    monkeypatch.setattr(guard, "PATIENCE", 1000.0)
    monkeypatch.setattr(guard, "SLOWEST", 10)
    large = b"x" * 20_000_000

    async def app(scope: object, receive: object, send: Callable[..., Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": large})

    async def run() -> tuple[int, int]:
        config = uvicorn.Config(app, log_config=None, proxy_headers=False)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        made = lambda: GuardedProtocol(config=config, server_state=state, app_state={})  # noqa: E731
        async with await loop.create_server(made, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65536)
            writer.write(PLAIN)
            got, looks, before = 0, 0, len(large)
            while got < len(large):
                part = await reader.read(200_000)
                if not part:
                    break
                got += len(part)
                for one in [one for one in state.connections if isinstance(one, GuardedProtocol)]:
                    unread = one.transport.get_write_buffer_size()
                    if unread <= before - 5_000:
                        one._look()
                        looks, before = looks + 1, unread
            writer.close()
            return got, looks

    got, looks = asyncio.run(run())
    assert got >= len(large)
    assert looks > 2


def test_beyond_the_limit_the_connection_that_was_idle_longest_goes(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "most_connections", lambda: 3)

    async def run() -> list[bool]:
        config = uvicorn.Config(application, log_config=None, proxy_headers=False)
        config.load()
        state, loop = ServerState(), asyncio.get_running_loop()
        made = lambda: GuardedProtocol(config=config, server_state=state, app_state={})  # noqa: E731
        async with await loop.create_server(made, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            links = []
            for _ in range(4):
                links.append(await asyncio.open_connection("127.0.0.1", port))
                await asyncio.sleep(0.05)
            ended: list[bool] = []
            for reader, writer in links:
                wait = 0.1 if ended else PATIENCE  # the first one should end, sooner or later
                try:
                    ended.append(await asyncio.wait_for(reader.read(1), wait) == b"")
                except TimeoutError:
                    ended.append(False)
                except ConnectionError:
                    ended.append(True)
                writer.close()
            return ended

    assert asyncio.run(run()) == [True, False, False, False]


def test_a_process_holds_as_many_connections_as_it_may_open_files() -> None:
    import resource

    most = guard.most_connections()
    assert 16 <= most <= guard.MAX_CONNECTIONS
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= most
