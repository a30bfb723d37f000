"""Two small boards that say who they are and misbehave when told to."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from dataclasses import dataclass, field

PAGE = (
    "<html><head><title>{name} <body></title></head><body class='a>b'>{name}{filler}</body></html>"
)


@dataclass
class Asked:
    """One request that a board got."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    head: bytes = b""
    """The bytes before the body."""


@dataclass
class Board:
    """A board in a thread of its own; `mode` says how it answers from the next request on."""

    name: str
    port: int = 0
    mode: str = "ok"
    is_well: bool = True
    """Whether `/health` is answered well in every mode."""
    filler: str = ""
    chunks: int = 1
    page: str = PAGE
    pages: tuple[str, ...] = ()
    """The paths that it answers; all of them if empty."""
    is_held: bool = False
    """Whether the last event of a stream waits."""
    answer_headers: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def start(self) -> Board:
        """Listen; the port is then in `port`."""
        ready = threading.Event()

        def run() -> None:
            loop = self._loop = asyncio.new_event_loop()
            loop.run_until_complete(self._listen())
            ready.set()
            loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.wait(left))
            loop.close()

        threading.Thread(target=run, daemon=True).start()
        assert ready.wait(60)
        return self

    def refuse(self) -> None:
        """Stop listening and cut what is open."""
        self._call(self._close())

    def listen_again(self) -> None:
        """Listen on the same port."""
        self._call(self._listen())

    def stop(self) -> None:
        """End for good."""
        self.refuse()
        if self._loop:
            self._loop.call_soon_threadsafe(self._loop.stop)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _call(self, work: object) -> None:
        if self._loop:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, backlog=512, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            # What was accepted just now is served three turns later; if the server ended before,
            # or the task, its socket would stay open.
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
            for _ in range(4):
                await asyncio.sleep(0)
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        serving = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in serving:
            one.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {}
        for line in lines:
            if line:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("transfer-encoding") == "chunked":
            body = await self._chunks(reader)
        if not target.startswith("/health"):
            self.asked.append(Asked(method, target, headers, body, head))
        if target.startswith("/stream"):
            return await self._stream(writer)
        return await self._answer(method, target, headers, writer)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body

    async def _answer(
        self, method: str, target: str, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        mode = self.mode
        if self.is_well and target == "/health":
            mode = "ok"  # or a check just then leaves the board out before the test asks
        status = "200 OK"
        if mode == "hang":
            await asyncio.sleep(3600)
        elif mode == "slow":
            await asyncio.sleep(0.7)
        elif mode == "reset":
            writer.transport.abort()
            return False
        elif mode == "500":
            status = "500 Internal Server Error"
        elif self.pages and target.partition("?")[0] not in (*self.pages, "/health"):
            status = "404 Not Found"
        elif mode == "garbage":
            writer.write(b"\x00\xffnot http at all\r\n\r\n")
            await writer.drain()
            return False
        html = "text/html" in headers.get("accept", "") or target.startswith("/html")
        if html:
            kind, body = (
                "text/html; charset=utf-8",
                self.page.format(name=self.name, filler=self.filler).encode(),
            )
        else:
            kind, body = (
                "application/json",
                json.dumps(
                    {"board": self.name, "target": target, "method": method, "headers": headers}
                ).encode(),
            )
        await self._send(writer, status, kind, b"" if method == "HEAD" else body)
        return True

    async def _send(
        self, writer: asyncio.StreamWriter, status: str, kind: str, body: bytes
    ) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in self.answer_headers.items())
        if self.chunks == 1:
            head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{more}"
            writer.write(head.encode() + b"content-length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()
            return
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n{more}\r\n"
        )
        writer.write(head.encode())
        size = max(1, len(body) // self.chunks)
        for at in range(0, len(body), size):
            part = body[at : at + size]
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
            await asyncio.sleep(0.001)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> bool:
        """Twenty events, a tenth of a second apart; the last one comes later if it is held."""
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        for number in range(20):
            while self.is_held and number == 19:
                await asyncio.sleep(0.02)
            event = f"data: {self.name} {number}\n\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()
            await asyncio.sleep(0.1)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True
