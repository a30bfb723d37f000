"""A running gateway in front of two small boards."""

from __future__ import annotations

import http.client
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.render import version
from frontrunner.gateway.state import GatewayState
from frontrunner.gateway.supervise import Supervisor
from tests.gateway.boards import Board
from tests.ports import free_port

PLAIN: dict[str, Any] = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "trust_env": False}
"""Options of httpx for plain HTTP: reading the list of authorities takes 20 ms a client."""

END = b"Connection: close\r\n\r\n"


def ask(method: str, url: str, **options: Any) -> httpx.Response:
    """One request on a connection of its own, without following redirects."""
    return httpx.request(method, url, **{"timeout": 30, **PLAIN, **options})


def side_of(port: int, path: str) -> str | None:
    """The board that answers a path, by a connection of its own; httpx takes ten times as long."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().headers["x-frontrunner-side"]
    finally:
        connection.close()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds; a gateway that cannot be asked yet is asked again."""
    end, problem = time.monotonic() + seconds, "it did not come to hold"
    while time.monotonic() < end:
        try:
            if holds():
                return
        except GatewayError as error:
            problem = str(error)
        time.sleep(0.02)
    pytest.fail(problem)


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
        return ask("GET", f"{self.url}{path}", **options)

    def share(self, percent: float) -> None:
        """Set the share and wait until it is so."""
        self.control.set_share(round(percent * 100))

    def reset(self) -> None:
        """Both boards well, all visitors on the old one."""
        for board in (self.old, self.new):
            board.mode, board.is_well, board.is_held = "ok", True, False
            board.filler, board.chunks, board.answer_headers = "", 1, {}
            board.asked.clear()
        is_hasty = self.control.settings is not self.settings
        self.control = Gateway(self.settings, self.control.place.folder)
        if is_hasty or _at_rest(self.control.kept()) != self.control.kept() or not self._follows():
            until(lambda: self.control.change(_at_rest))
        self.wait_until_healthy()
        self.old.asked.clear()
        self.new.asked.clear()

    def hurry(self, seconds: float = 0.5) -> None:
        """Give the new board so long to begin an answer, until the next `reset`."""
        hasty = msgspec.structs.replace(self.settings, attempt_timeout=seconds)
        self.control = Gateway(hasty, self.control.place.folder)
        self.control.reconcile()

    def _follows(self) -> bool:
        """Whether Envoy has the routes of the kept state."""
        try:
            return self.control.admin().routes_version() == version(self.control.kept())
        except GatewayError:
            return False  # it starts again

    def wait_until_healthy(self) -> None:
        """Wait until nothing is left out, on each of Envoy's threads."""

        def holds() -> bool:
            hosts = self.control.admin().hosts()
            if not hosts or any(host.health != "healthy" for host in hosts):
                return False
            # Pages of the new board alone have a health of their own.
            paths = ("/x?board=new", "/benchmark/x") * 8
            return {side_of(self.port, path) for path in paths} == {"new"}

        until(holds)

    def envoy(self) -> str:
        """The number of the process of the Envoy that was started last."""
        notes = self.control.place.folder.glob("envoy-*.pid")
        return max(notes, key=written).read_text()

    def said(self) -> str:
        """What Envoy logged and printed last."""
        logs = (self.control.place.folder / name for name in ("envoy.log", "envoy.err"))
        return "\n".join(one.read_text("utf-8", "replace")[-4000:] for one in logs if one.exists())

    def lua_errors(self) -> list[str]:
        """What Envoy logged of mistakes in our Lua: such a request went on without its split."""
        log = self.control.place.folder / "envoy.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return [line for line in lines if "[lua]" in line]


def written(note: Path) -> float:
    """When a file was written; 0 if it has been removed meanwhile."""
    try:
        return note.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _at_rest(state: GatewayState) -> GatewayState:
    return GatewayState(generation=state.generation, salt=state.salt)


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
            # A new board that stands still for a moment keeps its visitors; see `hurry`.
            "attempt_timeout": 20,
            "health_interval": 1.0,
            "ejection_time": 0.1,
            **options,
        }
    )
    supervisor = Supervisor(lambda: settings, folder, folder / "frontrunner.toml")
    ready = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    if not ready.wait(60):
        supervisor.stop()  # or else its Envoy would go on, whenever it starts
        thread.join(60)
        old.stop()
        new.stop()
        pytest.fail("the gateway did not start")
    running = Running(old, new, settings, supervisor, Gateway(settings, folder), port)
    return running, thread


def stop_gateway(running: Running, thread: threading.Thread) -> None:
    """Stop the gateway, then its boards."""
    running.supervisor.stop()
    thread.join(60)
    is_stuck = thread.is_alive()
    running.supervisor._envoys.end()  # also if its thread is stuck or has failed
    running.old.stop()
    running.new.stop()
    assert not is_stuck


@pytest.fixture(scope="session")
def _one_gateway() -> Iterator[Running]:
    # In memory where there is such a folder: each change waits for the disk twice.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="gw", dir=memory) as name:
        running, thread = start_gateway(Path(name))
        try:
            yield running
        finally:
            stop_gateway(running, thread)


@pytest.fixture
def gateway(_one_gateway: Running) -> Iterator[Running]:
    """A gateway with all visitors on the old board and both boards well."""
    _one_gateway.reset()
    before = _one_gateway.envoy()
    known = len(_one_gateway.lua_errors())
    yield _one_gateway
    if _one_gateway.envoy() != before:
        pytest.fail(f"Envoy ended during the test: {_one_gateway.said()}")
    if errors := _one_gateway.lua_errors()[known:]:
        pytest.fail(f"Lua failed during the test: {errors}")


def raw(gateway: Running, data: bytes, ends: bytes = b"\r\n\r\n") -> bytes:
    """The answer to bytes as they are, as far as `ends`; Envoy closes a second after a refusal."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while ends not in answer and (block := connection.recv(65536)):
                answer += block
        except TimeoutError:
            pass
    return answer
