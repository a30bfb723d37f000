"""The processes beside Envoy: kept running, one of each, and ended with the gateway."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway import helpers
from frontrunner.gateway.helpers import Helpers
from frontrunner.gateway.process import EnvoyProcess
from frontrunner.gateway.supervise import Supervisor
from tests.gateway.conftest import until

SLEEP = {"one": ("/bin/sh", "-c", "sleep 61 & wait"), "two": ("/bin/sh", "-c", "sleep 62 & wait")}


@pytest.fixture
def some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Helpers]:
    monkeypatch.setattr(helpers, "_AGAIN", 0.0)
    found = Helpers(SLEEP, tmp_path)
    found.keep()
    yield found
    found.end()


def pid(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text())


def is_alive(number: int) -> bool:
    try:
        return EnvoyProcess(number).is_alive()
    except ProcessLookupError:
        return False


def test_each_runs_once(some: Helpers, tmp_path: Path) -> None:
    before = [pid(tmp_path, name) for name in SLEEP]
    some.keep()
    assert [pid(tmp_path, name) for name in SLEEP] == before
    assert all(map(is_alive, before))
    some.end()
    assert not any(map(is_alive, before))
    assert list(tmp_path.iterdir()) == []


def test_one_that_ended_is_started_again(
    some: Helpers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = pid(tmp_path, "one"), pid(tmp_path, "two")
    os.kill(one, signal.SIGKILL)

    def started_again() -> bool:
        some.keep()
        return pid(tmp_path, "one") != one

    until(started_again)
    assert pid(tmp_path, "two") == two
    assert "one ended with -9 and is restarted" in caplog.text


def test_those_of_a_killed_supervisor_are_ended(some: Helpers, tmp_path: Path) -> None:
    before = [pid(tmp_path, name) for name in SLEEP]
    following = Helpers(SLEEP, tmp_path)
    following.keep()
    after = [pid(tmp_path, name) for name in SLEEP]
    until(lambda: not any(map(is_alive, before)))
    assert all(map(is_alive, after))
    following.end()


def test_a_process_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "one.pid").write_text(str(os.getpid()))
    found = Helpers(SLEEP, tmp_path)
    found.keep()
    found.end()


def test_one_that_cannot_be_started_does_not_stop_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    none = {"none": ("/no/such/program",)}
    supervisor = Supervisor(GatewaySettings, tmp_path, tmp_path / "frontrunner.toml", none)
    monkeypatch.setattr(supervisor._envoys, "is_alive", lambda: True)
    supervisor.stop()  # or it would wait for a second
    supervisor._look_around()
    assert "continues after an error" in caplog.text
    assert "/no/such/program" in caplog.text
