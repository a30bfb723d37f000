"""Fast clients and boards on bare connections, so that the gateway is what takes the time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_BATCH = 64
"""Requests that a client writes before it reads their answers."""
_PATIENCE = 3.0
"""Seconds for which a client tries to connect."""


# --- a board that answers every request with 2 bytes ---------------------------------------------


class _Answering(asyncio.Protocol):
    def __init__(self, open_links: set[asyncio.BaseTransport]) -> None:
        self._open, self._rest = open_links, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._open.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        heads = (self._rest + data).split(b"\r\n\r\n")
        self._rest = heads.pop()
        answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        self.transport.write(answer * len(heads))  # type: ignore[attr-defined]


@contextmanager
def quick_boards() -> Iterator[tuple[str, str]]:
    """The addresses of two boards that answer at once."""
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), []
    links: set[asyncio.BaseTransport] = set()
    servers: list[asyncio.Server] = []

    async def listen() -> None:
        for _ in range(2):
            server = await loop.create_server(lambda: _Answering(links), "127.0.0.1", 0)
            servers.append(server)
            ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        loop.run_until_complete(listen())
        loop.run_forever()
        for server in servers:
            server.close()
        for link in list(links):
            link.close()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


# --- many users on a few connections -------------------------------------------------------------


def sides(url: str, users: list[bytes], connections: int = 4) -> str:
    """For each user's headers the board that answered `GET /`: one letter each, n or o.

    Raises ValueError if an answer is not 200.
    """
    size = -(-len(users) // connections)
    parts = [users[at : at + size] for at in range(0, len(users), size)]

    async def ask_all() -> list[str]:
        return await asyncio.gather(*(_sides_of(url, part) for part in parts))

    return "".join(asyncio.run(ask_all()))


async def _sides_of(url: str, users: list[bytes]) -> str:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    found: list[str] = []
    begin = b"GET /x HTTP/1.1\r\nhost: board\r\n"
    for at in range(0, len(users), _BATCH):
        batch = users[at : at + _BATCH]
        writer.write(b"".join(begin + headers + b"\r\n" for headers in batch))
        left = len(batch)
        text = b""
        while left:
            text += await reader.read(65536)
            *answers, text = text.split(b"\r\n\r\nok")
            found.extend(_side(answer) for answer in answers)
            left -= len(answers)
    writer.close()
    return "".join(found)


def _side(answer: bytes) -> str:
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ValueError(answer.decode("latin-1"))
    at = answer.index(b"x-frontrunner-side: ") + 20
    return chr(answer[at])


# --- requests that are counted -------------------------------------------------------------------


@dataclass
class Outcome:
    """What became of the requests of one client or of all."""

    asked: int = 0
    repeated: int = 0
    """Requests that were sent a second time, because the connection was cut."""
    failed: list[str] = field(default_factory=list)
    by_side: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    """Seconds."""


def load(
    url: str, total: int, clients: int, going: Callable[[], bool] = lambda: False
) -> tuple[Outcome, Callable[[], Outcome]]:
    """Start clients that send `total` GETs, and more while `going`; the second value waits."""
    outcome = Outcome()
    pool = ThreadPoolExecutor(1)
    left = iter(range(total))
    running = pool.submit(lambda: asyncio.run(_clients(url, left, clients, going, outcome)))

    def wait() -> Outcome:
        running.result()
        pool.shutdown()
        return outcome

    return outcome, wait


async def _clients(
    url: str, left: Iterable[int], clients: int, going: Callable[[], bool], outcome: Outcome
) -> None:
    where = urlsplit(url)
    address = (where.hostname or "", where.port or 80)
    numbers = iter(left)
    await asyncio.gather(
        *(_client(address, number, numbers, going, outcome) for number in range(clients))
    )


class _CutError(Exception):
    """The connection ended before the answer did."""


async def _client(
    address: tuple[str, int],
    number: int,
    numbers: Iterator[int],
    going: Callable[[], bool],
    outcome: Outcome,
) -> None:
    link = _Link(address)
    cookie = f"cookie: frontrunner_bucket={number * 9973 % 10_000}\r\n"
    request = f"GET /{number} HTTP/1.1\r\nhost: board\r\n{cookie}\r\n".encode()
    while next(numbers, None) is not None or going():
        began = time.monotonic()
        outcome.asked += 1
        try:
            status, side = await _repeatable(link, request, outcome)
        except (_CutError, OSError, TimeoutError) as error:
            outcome.failed.append(repr(error))
            link.close()
            continue
        outcome.slowest = max(outcome.slowest, time.monotonic() - began)
        outcome.by_side[side] = outcome.by_side.get(side, 0) + 1
        if status != 200:
            outcome.failed.append(f"{status} from {side or 'the gateway'}")
    link.close()


async def _repeatable(link: _Link, request: bytes, outcome: Outcome) -> tuple[int, str]:
    """A GET whose connection was cut is sent again, at most twice.

    While a killed Envoy ends, the system still takes connections for it and cuts them, so the
    second attempt of a request can be cut by the same kill.
    """
    for _ in range(2):
        try:
            return await link.ask(request)
        except (_CutError, OSError):
            outcome.repeated += 1
            link.close()
            await asyncio.sleep(0.05)
    return await link.ask(request)


class _Link:
    """One connection that is kept, and opened again if it was closed."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def close(self) -> None:
        if self._streams:
            self._streams[1].transport.abort()
        self._streams = None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return await asyncio.open_connection(*self._address)
            except OSError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.02)

    async def ask(self, request: bytes) -> tuple[int, str]:
        """The status, and the side that answered. Raises _CutError or OSError."""
        if self._streams is None:
            self._streams = await self._connect()
        reader, writer = self._streams
        writer.write(request)
        async with asyncio.timeout(30):
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                _, _, length = head.partition("content-length: ")
                await reader.readexactly(int(length.partition("\r\n")[0] or 0))
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise _CutError(str(error)) from error
        if "connection: close" in head:
            self.close()
        side = head.partition("x-frontrunner-side: ")[2].partition("\r\n")[0]
        return int(head[9:12]), side
