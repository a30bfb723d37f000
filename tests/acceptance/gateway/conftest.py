"""Real boards behind a running gateway: Gradio 3 to 6 as the old one, Frontrunner as the new."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import httpx
import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.base.config import load_settings
from frontrunner.catalog.store import load_catalog
from frontrunner.gateway.control import Gateway
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs, build_snapshot
from frontrunner.snapshot.store import Store
from tests.acceptance.conftest import SHARED
from tests.acceptance.conftest import unpacked as unpacked_archive
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = (3, 4, 5, 6)
REAL = (SHARED / "data" / "mteb-results.tar.zst").exists()
VIEW = "/?task=retrieval" if REAL else "/"
"""A link to a view of the old board; the starter board does not know the old board's links."""
CHANGES = 50
STARTING = 120.0


def environment(name: str, target: str) -> Path:
    """The Python of an environment that a target makes; without it tests skip, and in CI fail."""
    python = ROOT / name / "bin" / "python"
    if not (ROOT / name / ".done").exists():
        missing = f"{name} is not there; run: make {target}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return python


@contextmanager
def running(
    command: list[str], said: Path, env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process while the block runs; what it says is in a file."""
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | (env or {})
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, said: Path) -> None:
    """Wait until a board answers."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not start: {said.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def new_board(request: pytest.FixtureRequest) -> str:
    """Frontrunner: over the real results with the old board adopted, else with the starter board.

    `FRONTRUNNER_BROWSER_HOME` names a home with both, to save building one.
    """
    prepared = "prepared_board" if os.environ.get("FRONTRUNNER_BROWSER_HOME") else "url"
    found: str = request.getfixturevalue(prepared if REAL else "starter_board")
    return found


@pytest.fixture(scope="session")
def prepared_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Frontrunner over a home that is already there."""
    yield from serve(Path(os.environ["FRONTRUNNER_BROWSER_HOME"]), tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="session")
def starter_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Frontrunner with the starter board."""
    home = tmp_path_factory.mktemp("new")
    with as_file(files("frontrunner.starter")) as folder:
        catalog, statistics = load_catalog(home, (folder / "catalog.toml",), mteb=False)
        found = ingest(folder / "results", catalog, workers=1)
    built = build_snapshot(Store(home), Inputs(statistics, found))
    Store(home).publish(built.id)
    prepare(built)
    yield from serve(home, home)


def serve(home: Path, folder: Path) -> Iterator[str]:
    """The address of `frontrunner serve`, while it runs."""
    port = free_port()
    command = [sys.executable, "-m", "frontrunner", "serve", "--home", str(home), "--port"]
    said = folder / "said"
    with running([*command, str(port)], said):
        wait_for(f"http://127.0.0.1:{port}/health", said)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old board's tables; an empty folder where ../shared has none."""
    folder = tmp_path_factory.mktemp("tables")
    if not REAL:
        return folder
    unpacked_archive("data/legacy-boards.tar.zst", folder)
    return next(path.parent for path in folder.rglob("config.yaml"))


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"gradio{version}")
def version(request: pytest.FixtureRequest) -> int:
    """The version of Gradio that the old board runs on."""
    return int(request.param)


@pytest.fixture(scope="session")
def gradio_board(
    version: int, tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The old board."""
    python = environment(f".venv-gradio-{version}", "setup-gradio")
    port, folder = free_port(), tmp_path_factory.mktemp(f"gradio{version}")
    command = [str(python), str(Path(__file__).with_name("board.py")), str(port), str(tables)]
    quiet = {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_IS_E2E_TEST": "1",  # heartbeats four times a second instead of every 15 s
        "GRADIO_TEMP_DIR": str(folder),
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    said = folder / "said"
    with running(command, said, quiet):
        wait_for(f"http://127.0.0.1:{port}/config", said)
        yield f"http://127.0.0.1:{port}"


class Move:
    """A gateway, as `frontrunner gateway run` starts it, and what moves its users."""

    def __init__(self, home: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.home, self.url, self.process = home, f"http://127.0.0.1:{port}", process
        self.control = Gateway(load_settings(home).gateway, home / "gateway")
        self.changes = 0

    def said(self) -> str:
        """What the supervisor said so far."""
        return (self.home / "said").read_text()

    def share(self, percent: float) -> None:
        """Set the share; Envoy follows when this returns."""
        self.control.set_share(round(percent * 100))

    @contextmanager
    def moving(self, pause: float = 0.1) -> Iterator[Callable[[], bool]]:
        """Change the share 50 times meanwhile; yields whether it goes on."""
        ended, failed = threading.Event(), []

        def change() -> None:
            shares = random.Random(9)
            try:
                for number in range(CHANGES):
                    self.share(100 if number % 2 == 0 else shares.choice([0, 1, 5, 25, 50]))
                    self.changes += 1
                    time.sleep(pause)
            except Exception as error:  # noqa: BLE001 -- raised again in the test's own thread
                failed.append(error)
            finally:
                ended.set()

        self.changes = 0
        thread = threading.Thread(target=change)
        thread.start()
        try:
            yield lambda: not ended.is_set()
        finally:
            thread.join()
        assert not failed
        assert self.changes == CHANGES


@contextmanager
def gateway_before(old: str | list[str], new: str | list[str], more: str = "") -> Iterator[Move]:
    """A running gateway in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        home, port = Path(name), free_port()
        (home / "frontrunner.toml").write_text(
            f'[gateway]\nlisten = "127.0.0.1:{port}"\nold = {json.dumps(old)}\n'
            f"new = {json.dumps(new)}\n"
            f'metrics = ""\n{more}'
        )
        command = [sys.executable, "-m", "frontrunner", "gateway", "run", "--home", str(home)]
        said = home / "said"
        with running(command, said) as process:
            until = time.monotonic() + STARTING
            while b"Listening on" not in said.read_bytes():
                if time.monotonic() > until:
                    pytest.fail(said.read_text())
                time.sleep(0.05)
            yield Move(home, port, process)


@pytest.fixture(scope="session")
def move(gradio_board: str, new_board: str) -> Iterator[Move]:
    """The gateway before the old board of this version and Frontrunner."""
    with gateway_before(gradio_board, new_board) as started:
        yield started
