"""A real server process: quick answers, keep-alive, hot swap under load, clean stop."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from frontrunner.http.guard import LINGER
from tests.factories import small_snapshot
from tests.ports import free_port
from tests.waiting import next_line

BOARD = "/v1/benchmarks/All/scores"


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server process, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "frontrunner", "serve", "--port", str(port), *options]
    process = subprocess.Popen([*command, "--home", str(home)])
    try:
        wait_for(port)
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.fixture(params=["1", "2"], ids=["one process", "two processes"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, int]]:
    """A folder with a home, and the port on which it is served."""
    small_snapshot(tmp_path)
    with serving(tmp_path / "home", "--workers", request.param) as (_, port):
        yield tmp_path, port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
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
    with closing(http.client.HTTPConnection("127.0.0.1", server[1], timeout=60)) as connection:
        answers = {ask(connection) for _ in range(20)}
        assert len(answers) == 1
        [(_, tag, _)] = answers
        assert ask(connection, **{"If-None-Match": tag})[0] == 304
        assert ask(connection)[0] == 200


def test_requests_in_pieces_and_in_bunches(server: tuple[Path, int]) -> None:
    request = f"GET {BOARD} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server[1]), timeout=60) as link:
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
        head += some(link, 1)
    found = re.search(rb"content-length: (\d+)", head)
    assert head.startswith(b"HTTP/1.1 ")
    assert found
    left = int(found[1])
    while left:
        left -= len(some(link, left))
    return head


def some(link: socket.socket, most: int) -> bytes:
    """Bytes from a connection, which must not have ended."""
    got = link.recv(most)
    assert got, "the connection ended"
    return got


def test_a_swap_under_load_fails_no_request_and_mixes_nothing(server: tuple[Path, int]) -> None:
    folder, port = server
    seen: list[tuple[int, str, bytes]] = []
    stop = threading.Event()

    def load() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while not stop.is_set():
                seen.append(ask(connection))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not seen:  # the server listens before it has opened the first snapshot
        time.sleep(0.01)
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
    assert f"Port {port} is already in use. Try --port" in " ".join(run.stderr.split())
    assert "Serving on" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_port_0_is_any_port_and_a_signal_is_a_clean_end(tmp_path: Path, number: int) -> None:
    small_snapshot(tmp_path)
    command = [sys.executable, "-m", "frontrunner", "serve", "--port", "0", "--home", "home"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        line = next_line(process)
        found = re.search(r"Serving on http://127\.0\.0\.1:([1-9]\d*) ", line)
        assert found, line
        assert get(int(found[1]), "/health")[0] == 200
        process.send_signal(number)
        assert (process.communicate(timeout=30)[1], process.returncode) == ("", 0)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(one) for one in found.split()]


def get(
    port: int,
    path: str = BOARD,
    host: str = "a",
    timeout: float = 20,
    sent: threading.Semaphore | None = None,
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        connection.putheader("Accept", "text/html")
        connection.endheaders()
        if sent:
            sent.release()
        answer = connection.getresponse()
        return answer.status, answer.read()


def counted(port: int) -> float:
    text = get(port, "/metrics")[1].decode()
    labels = 'handler="/v1/benchmarks/scores",method="GET",status="200"'
    found = re.search(rf"http_requests_total{{{labels}}} (\S+)", text)
    return float(found[1]) if found else 0.0


def test_metrics_are_right_across_processes_also_after_one_died(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    with serving(tmp_path / "home", "--workers", "2") as (process, port):
        for _ in range(40):
            assert get(port)[0] == 200
        assert [counted(port) for _ in range(6)] == [40.0] * 6
        first = children(process)
        os.kill(first[0], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(set(children(process)) - set(first)) < 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        for _ in range(10):
            assert get(port)[0] == 200
        assert [counted(port) for _ in range(6)] == [50.0] * 6
        assert len(children(process)) == 2


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_under_way_is_finished_when_the_server_stops(tmp_path: Path, workers: str) -> None:
    small_snapshot(tmp_path)
    with serving(tmp_path / "home", "--workers", workers) as (process, port):
        # The port takes connections before the processes answer: each must have begun. Which of
        # them answers is chance.
        for _ in range(40):
            assert get(port)[0] == 200
        with ThreadPoolExecutor(100) as pool:
            # Another host is another page: each is rendered.
            sent = threading.Semaphore(0)
            pages = [
                pool.submit(get, port, "/boards", f"h{n}.example", 60, sent) for n in range(100)
            ]
            for _ in pages:
                assert sent.acquire(timeout=30)
            process.send_signal(signal.SIGTERM)
            outcomes = [page.result() for page in pages]
        assert process.wait(timeout=30) == 0
    assert {status for status, _ in outcomes} == {200}
    assert all(body.rstrip().endswith(b"</html>") for _, body in outcomes)
    with pytest.raises(OSError, match="refused"):
        get(port)


def test_a_request_on_an_idle_connection_is_answered_though_the_server_stops(
    tmp_path: Path,
) -> None:
    small_snapshot(tmp_path)
    for _ in range(5):
        with (
            serving(tmp_path / "home") as (process, port),
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection,
        ):
            assert ask(connection)[0] == 200
            stopped = time.monotonic()
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            try:
                connection.request("GET", BOARD)
                answer = connection.getresponse()
            except ConnectionError:
                # Closed, which it may only be if this test stood still for so long: once more.
                assert time.monotonic() - stopped > LINGER
                continue
            assert answer.status == 200
            answer.read()
            assert connection.sock is None or connection.sock.recv(1) == b""  # it is closed now
            assert process.wait(timeout=30) == 0
            return
    pytest.fail("the machine stood still each time")


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "frontrunner", "serve", "--port", str(port)]
    home = ["--home", str(tmp_path / "home"), "--workers", "2"]
    with subprocess.Popen([*command, *home]) as process:
        wait_for(port)
        get(port)
        workers = children(process)
        process.kill()
    deadline = time.monotonic() + 20
    while any(_is_running(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_is_running(pid) for pid in workers)


def _is_running(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_idle_connections_are_kept_as_long_as_clients_expect() -> None:
    from frontrunner.http.server import _config

    async def nothing(*_: object) -> None:
        pass

    assert _config(nothing, 1).timeout_keep_alive == 75
