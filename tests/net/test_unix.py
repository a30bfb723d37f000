"""HTTP over a socket in the file system."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.net.unix import ask_socket


def listen(path: Path, answer: bytes) -> list[bytes]:
    """Answer one request; what was asked is then in the list."""
    asked: list[bytes] = []
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, server:
            asked.append(connection.recv(4096))
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return asked


def test_an_answer_comes_whole_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "s"
    asked = listen(path, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde")
    assert ask_socket(path, "GET", "/x?y", seconds=5, size=3) == (200, b"abc")
    assert asked[0].startswith(b"GET /x?y HTTP/1.1\r\n")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
def test_no_answer_is_an_error_that_names_the_socket(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "s"
    listen(path, answer)
    with pytest.raises(NetworkError, match=str(path)):
        ask_socket(path, "GET", "/", seconds=1, size=10)


def test_no_program_listens(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no program answers"):
        ask_socket(tmp_path / "none", "GET", "/", seconds=1, size=10)
