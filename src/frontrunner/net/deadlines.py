"""One deadline for a whole exchange.

The time-out of a socket is for one byte alone, so a server that sends a byte now and then would
never meet it. Here a timer closes the connection.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Guard:
    """Closes a connection when its time is over."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._watched: socket.socket | None = None

    def watch(self, connection: socket.socket) -> None:
        """Close this connection when time is over. A copy of it, for TLS takes the original."""
        self._watched = socket.fromfd(connection.fileno(), connection.family, connection.type)

    def end(self) -> None:
        """Time is over."""
        self.is_over.set()
        if self._watched is not None:
            with suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the copy."""
        if self._watched is not None:
            self._watched.close()


@contextmanager
def deadline(until: float, seconds: float) -> Iterator[Guard]:
    """Raises TimeoutError at the end if time was over, even if the bytes look like an answer."""
    guard = Guard()
    timer = threading.Timer(max(until - time.monotonic(), 0), guard.end)
    timer.daemon = True
    timer.start()
    try:
        yield guard
    finally:
        timer.cancel()
        guard.release()
        # The connection's own time-out may come before the timer.
        if guard.is_over.is_set() or time.monotonic() >= until:
            raise TimeoutError(f"the answer did not end within {seconds:g} seconds")


def connect(addresses: list[str], port: int, until: float) -> socket.socket:
    """Connect to the first address that answers; raises OSError if none does in time."""
    problem: OSError = TimeoutError("the time is over")
    for number, address in enumerate(addresses):
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            # Each address gets its share, so that a dead one does not use up the time.
            link = socket.create_connection((address, port), left / (len(addresses) - number))
        except OSError as error:
            problem = error
            continue
        link.settimeout(max(until - time.monotonic(), 0.001))
        return link
    raise problem
