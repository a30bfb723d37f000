"""A running gateway in front of two small boards."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from frontrunner.base.config import GatewaySettings
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.supervise import Supervisor
from tests.gateway.boards import Board


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Running:
    """A gateway, its boards, and a way to ask it."""

    old: Board
    new: Board
    settings: GatewaySettings
    supervisor: Supervisor
    control: Gateway
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str = "/", **options: Any) -> httpx.Response:
        """Ask without following redirects and without keeping cookies."""
        return httpx.get(f"{self.url}{path}", follow_redirects=False, timeout=15, **options)

    def share(self, percent: float) -> None:
        """Set the share and wait until it is so."""
        self.control.set_share(round(percent * 100))

    def reset(self) -> None:
        """Both boards well, all visitors on the old one."""
        for board in (self.old, self.new):
            board.mode, board.filler, board.chunks, board.answer_headers = "ok", "", 1, {}
            board.asked.clear()
        self.control.change(lambda state: type(state)(generation=state.generation, salt=state.salt))
        self.wait_until_healthy()
        self.old.asked.clear()
        self.new.asked.clear()

    def wait_until_healthy(self) -> None:
        """Wait until nothing is left out, on each of Envoy's threads."""
        for _ in range(300):
            hosts = self.control.admin().hosts()
            if hosts and all(host.healthy and not host.ejected for host in hosts):
                answers = [self.get("/x?board=new") for _ in range(8)]
                if {one.headers.get("x-frontrunner-side") for one in answers} == {"new"}:
                    return
            time.sleep(0.05)
        pytest.fail(f"a board did not become healthy: {hosts}")


def start_gateway(folder: Path, **options: Any) -> tuple[Running, threading.Thread]:
    """Start boards and a gateway; stop it with `stop_gateway`."""
    old, new = Board("old").start(), Board("new").start()
    port = free_port()
    settings = GatewaySettings(
        **{
            "listen": f"127.0.0.1:{port}",
            "old": old.url,
            "new": new.url,
            "metrics": "",
            "concurrency": 2,
            "attempt_timeout": 0.5,
            **options,
        }
    )
    supervisor = Supervisor(lambda: settings, folder, folder / "frontrunner.toml")
    ready = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    if not ready.wait(30):
        pytest.fail("the gateway did not start")
    running = Running(old, new, settings, supervisor, Gateway(settings, folder), port)
    return running, thread


def stop_gateway(running: Running, thread: threading.Thread) -> None:
    """Stop the gateway, then its boards."""
    running.supervisor.stop()
    thread.join(40)
    running.old.stop()
    running.new.stop()
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def _one_gateway() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        yield running
        stop_gateway(running, thread)


@pytest.fixture
def gateway(_one_gateway: Running) -> Running:
    """A gateway with all visitors on the old board and both boards well."""
    _one_gateway.reset()
    return _one_gateway
