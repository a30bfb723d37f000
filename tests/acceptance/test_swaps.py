"""Snapshots are swapped 50 times under load: no request fails, and no answer mixes two of them.

Three servers with two workers each follow one home. `FRONTRUNNER_REQUESTS` sets how many requests
are made; `make swaps` makes 200,000.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.ops.completing import prepare_answers
from frontrunner.refresh.live import shown_at
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.gateway.conftest import until
from tests.listener import Listener
from tests.ports import free_port

pytestmark = pytest.mark.acceptance
SWAPS = 50
REQUESTS = int(os.environ.get("FRONTRUNNER_REQUESTS", "30000"))
SERVERS, WORKERS, CONNECTIONS = 3, 2, 4
PATHS = (
    "/v1/snapshot",
    "/v1/benchmarks/All/scores",
    "/v1/benchmarks",
    "/benchmark/All",
    "/v1/benchmarks/All/scores?tasks=T1",
)


class Answer(NamedTuple):
    """What is compared of an answer."""

    status: int
    etag: str
    body: bytes


@contextmanager
def server(home: Path) -> Iterator[int]:
    """A server; its port."""
    port = free_port()
    words = ["serve", "--port", str(port), "--workers", str(WORKERS), "--home", str(home)]
    command = [sys.executable, "-m", "frontrunner", *words]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()


class Connection:
    """A connection that is kept open, as browsers and proxies do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            await writer.wait_closed()

    async def ask(self, path: str) -> Answer:
        """The answer. Raises OSError or EOFError if the connection ends before it is whole."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nhost: board\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            await self.close()
        return Answer(int(head[0].split()[1]), headers.get("etag", ""), body)


class Load:
    """Readers who ask for all paths in turn, and compare each answer with what it must be."""

    def __init__(self, ports: list[int], right: dict[str, dict[str, Answer]]) -> None:
        self._ports, self._right = ports, right
        self.made = 0
        self.wrong: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        """By the snapshot that answered."""

    async def read(self, number: int) -> None:
        """Ask until enough was asked."""
        connection = Connection(self._ports[number % SERVERS])
        while self.made < REQUESTS:
            path = PATHS[self.made % len(PATHS)]
            self.made += 1
            try:
                answer = await connection.ask(path)
            except (OSError, EOFError) as error:
                self.wrong[f"{path}: {error!r}"] += 1
                connection = Connection(self._ports[number % SERVERS])
                continue
            of = next((name for name, all_ in self._right.items() if all_[path] == answer), None)
            if of is None:
                self.wrong[f"{path}: {answer.status} {answer.etag} {answer.body[:80]!r}"] += 1
            else:
                self.seen[of] += 1
        await connection.close()


async def right_answers(port: int) -> dict[str, Answer]:
    """What one snapshot answers while no other one is published."""
    connection = Connection(port)
    found = {path: await connection.ask(path) for path in PATHS}
    await connection.close()
    return found


async def swapped(store: Store, names: list[str], load: Load) -> int:
    """Publish the two snapshots in turn until the load ends; how often."""
    readers = [asyncio.create_task(load.read(n)) for n in range(SERVERS * CONNECTIONS)]
    done = 0
    while not all(one.done() for one in readers):
        if load.made >= (done + 1) * REQUESTS // (SWAPS + 1) and done < SWAPS:
            await asyncio.to_thread(store.publish, names[done % 2])
            done += 1
        await asyncio.sleep(0.005)
    await asyncio.gather(*readers)
    return done


def test_no_request_fails_and_none_is_mixed(tmp_path: Path) -> None:
    first, second = small_snapshot(tmp_path), small_snapshot(tmp_path, 0.05)
    store = Store(tmp_path / "home")
    for one in (first, second):
        prepare_answers(store, one, Listener())
    right = {}
    with ExitStack() as stack:
        ports = [stack.enter_context(server(store.home)) for _ in range(SERVERS)]
        for one in (first, second):
            store.publish(one.id)
            for port in ports:
                # Both workers: a few answers in a row come from each of them.
                until(partial(everywhere, port, one.id))
            right[one.id] = asyncio.run(right_answers(ports[0]))
        for path in PATHS:
            both = [right[one][path] for one in right]
            assert all(one.status == 200 and one.etag for one in both), (path, both)
            assert both[0] != both[1] or path == "/v1/benchmarks", path
        load = Load(ports, right)
        done = asyncio.run(swapped(store, [first.id, second.id], load))
    assert (done, load.wrong) == (SWAPS, Counter())
    assert sum(load.seen.values()) == load.made >= REQUESTS
    assert min(load.seen.values()) > REQUESTS // 10, load.seen
    said = f"{load.made:,} requests, {done} swaps, by snapshot {dict(load.seen)}\n"
    sys.stderr.write(said)  # shown by `pytest -s`


def answers(port: int) -> bool:
    """Whether a server answers at all."""
    try:
        return bool(shown_at(f"http://127.0.0.1:{port}"))
    except NetworkError:
        return False


def everywhere(port: int, snapshot: str) -> bool:
    """Whether each of several new connections is answered with a snapshot."""
    return all(shown_at(f"http://127.0.0.1:{port}") == snapshot for _ in range(30))
