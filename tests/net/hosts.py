"""Servers that answer as a test says, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def host(
    answer: bytes | Callable[[socket.socket], None], asked: list[bytes] | None = None
) -> Iterator[str]:
    """A host that answers every connection alike; its address. `asked` takes the requests."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(link: socket.socket) -> None:
            with link, suppress(OSError):
                (asked if asked is not None else []).append(link.recv(65536))
                if callable(answer):
                    answer(link)
                else:
                    link.sendall(answer)

        def accept() -> None:
            while True:
                try:
                    link, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(link,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def ok(body: bytes, media_type: str = "text/plain") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def redirect(to: str) -> bytes:
    """An answer that leads elsewhere."""
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
