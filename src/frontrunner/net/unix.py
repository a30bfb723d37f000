"""HTTP over a socket in the file system, for a program of this machine such as Envoy."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.errors import NetworkError


class SocketAnswer(NamedTuple):
    """What a program answered."""

    status: int
    body: bytes


def ask_socket(path: Path, method: str, target: str, *, seconds: float, size: int) -> SocketAnswer:
    """Ask the program that listens on a socket; each step has `seconds`, the body `size` bytes.

    Raises NetworkError if it does not answer.
    """
    connection = _OverSocket(path, seconds)
    try:
        connection.request(method, target)
        answer = connection.getresponse()
        return SocketAnswer(answer.status, answer.read(size))
    except (OSError, http.client.HTTPException) as error:
        raise NetworkError(f"no program answers on {path}: {error or repr(error)}") from error
    finally:
        connection.close()


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Open the socket. Raises OSError if no program listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
