"""The plainest proxy in Python: bytes from one connection to another, with no policy at all.

`python -m bench.plain_proxy PORT UPSTREAM_PORT`. It knows nothing of HTTP, which makes it faster
than a proxy that could split, retry or log.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop


class Pipe(asyncio.Protocol):
    """One half of a connection; what it receives goes to the other half."""

    def __init__(self) -> None:
        self.other: asyncio.Transport | None = None
        self.waiting: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Send on, or keep until the other half is there."""
        if self.other is None:
            self.waiting.append(data)
        else:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other half."""
        if self.other is not None:
            self.other.close()


class Front(Pipe):
    """The half of a user."""

    upstream = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the other half."""
        self.mine = transport
        asyncio.get_running_loop().create_task(self.connect())

    async def connect(self) -> None:
        """Connect both halves."""
        loop = asyncio.get_running_loop()
        transport, back = await loop.create_connection(Pipe, "127.0.0.1", self.upstream)
        back.other = self.mine  # type: ignore[assignment]
        self.other = transport
        for data in self.waiting:
            transport.write(data)


async def main(port: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Front, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    Front.upstream = int(sys.argv[2])
    uvloop.run(main(int(sys.argv[1])))
