"""A real server process: quick answers, keep-alive, hot swap under load, clean stop."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import small_snapshot

BOARD = "/v1/benchmarks/All/scores"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A home, and the port on which it is served."""
    small_snapshot(tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "frontrunner", "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--home", str(tmp_path / "home")])
    try:
        wait_for(port)
        yield tmp_path, port
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) in (0, 130)


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.025)
    raise TimeoutError("the server did not start")


def ask(connection: http.client.HTTPConnection, **headers: str) -> tuple[int, str, bytes]:
    connection.request("GET", BOARD, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers["ETag"], answer.read()


def test_the_same_request_on_one_connection(server: tuple[Path, int]) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server[1], timeout=10)) as connection:
        answers = {ask(connection) for _ in range(20)}
        assert len(answers) == 1
        [(_, tag, _)] = answers
        assert ask(connection, **{"If-None-Match": tag})[0] == 304
        assert ask(connection)[0] == 200


def test_requests_in_pieces_and_in_bunches(server: tuple[Path, int]) -> None:
    request = f"GET {BOARD} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server[1]), timeout=10) as link:
        for pieces in ([request], [request], [request[:9], request[9:]], [request * 3]):
            for piece in pieces:
                link.sendall(piece)
                time.sleep(0.05)
            for _ in range(len(b"".join(pieces)) // len(request)):
                read_answer(link)
        # Bytes that are known, but belong to the body of another request.
        post = f"POST {BOARD} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(request)}\r\n\r\n"
        link.sendall(post.encode())
        time.sleep(0.05)
        link.sendall(request)
        assert read_answer(link).startswith(b"HTTP/1.1 405")


def read_answer(link: socket.socket) -> bytes:
    """One whole answer; it must not come in the middle of another."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += link.recv(1)
    found = re.search(rb"content-length: (\d+)", head)
    assert head.startswith(b"HTTP/1.1 ")
    assert found
    left = int(found[1])
    while left:
        left -= len(link.recv(left))
    return head


def test_a_swap_under_load_fails_no_request_and_mixes_nothing(server: tuple[Path, int]) -> None:
    folder, port = server
    seen: list[tuple[int, str, bytes]] = []
    stop = threading.Event()

    def load() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            while not stop.is_set():
                seen.append(ask(connection))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    swapped = small_snapshot(folder, bonus=0.05)
    deadline = time.monotonic() + 30
    while len({tag for _, tag, _ in list(seen)}) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for status, _, _ in seen} == {200}
    bodies = {tag: body for _, tag, body in seen}
    assert len(bodies) == 2
    assert all(bodies[tag] == body for _, tag, body in seen)
    assert any(b"0.95" in body for body in bodies.values())
    assert swapped.id


def test_a_board_without_snapshot_says_what_to_do(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "frontrunner", "serve", "--home", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert "frontrunner build --results PATH" in " ".join(run.stderr.split())
    assert run.stdout == ""


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "-m", "frontrunner", "serve", "--port", port, "--home", "home"],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
    assert run.returncode == 2
    assert f"Nobody can listen on 127.0.0.1 port {port}" in run.stderr
    assert "Serving on" not in run.stderr


def test_port_0_is_any_port_and_is_told(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    command = [sys.executable, "-m", "frontrunner", "serve", "--port", "0", "--home", "home"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline() if process.stderr else ""
        found = re.search(r"Serving on http://127\.0\.0\.1:([1-9]\d*) ", line)
        assert found, line
        socket.create_connection(("127.0.0.1", int(found[1])), timeout=5).close()
        process.send_signal(signal.SIGTERM)
