"""What doctor says of ports: free, used as they should be, or taken by another program."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.ops.examine_ports import examine_ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens, which says nothing that we understand."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        done = threading.Event()

        def refuse() -> None:
            while not done.is_set():
                connection, _ = one.accept()
                connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        port = one.getsockname()[1]
        yield port
        done.set()
        socket.create_connection(("127.0.0.1", port)).close()
        thread.join()


@pytest.fixture
def board() -> Iterator[int]:
    """A port on which a board answers."""

    class Board(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("x-frontrunner-version", "1")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Board) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def found(home: Path, port: int = 0, **gateway: str) -> list[Finding]:
    settings = load_settings(home, {}, server={"port": port}, gateway=gateway)
    return list(examine_ports(settings))


def test_a_port_of_another_program(tmp_path: Path, taken: int) -> None:
    [one] = found(tmp_path, taken)
    assert (one.what, one.state) == ("port of serve", "wrong")
    assert f"127.0.0.1 port {taken} cannot be used" in one.text
    assert "ss -ltnp" in one.text
    assert 'change "port" under [server]' in one.text


def test_a_port_on_which_the_board_answers(tmp_path: Path, board: int) -> None:
    [one] = found(tmp_path, board)
    assert (one.state, "answers" in one.text) == ("ok", True)


def test_a_free_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    [one] = found(tmp_path, port)
    assert (one.state, one.text) == ("ok", f"127.0.0.1 port {port} is free")


def test_any_free_port_needs_no_look(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize("runs", [True, False])
def test_the_port_of_the_gateway(tmp_path: Path, taken: int, runs: bool) -> None:
    settings: Settings = load_settings(tmp_path, {})
    folder = Home(settings.home).gateway
    folder.mkdir(parents=True)
    listen = f"127.0.0.1:{taken}"
    if runs:
        with locked(folder / "run.lock"):
            one, _ = found(tmp_path, listen=listen, old="http://127.0.0.1:9")
    else:
        one, _ = found(tmp_path, listen=listen, old="http://127.0.0.1:9")
    assert (one.what, one.state) == ("port of gateway", "ok" if runs else "wrong")
