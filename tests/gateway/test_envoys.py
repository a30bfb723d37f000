"""Why an Envoy ended, and that it is started again whatever the disk says."""

from __future__ import annotations

import errno
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway import envoys
from frontrunner.gateway.binary import Envoy, refusal
from frontrunner.gateway.envoys import Envoys, check_free, last_words
from frontrunner.gateway.process import EnvoyProcess
from frontrunner.gateway.render import Place
from frontrunner.gateway.sides import Address
from frontrunner.gateway.supervise import Supervisor
from frontrunner.net.silence import is_silent
from tests.gateway.conftest import side_of, start_gateway, stop_gateway, until

START = "[12:00][7][warning][config] [config.cc:1] a field is deprecated\n"
CRASH = (
    "[12:01][7][critical][backtrace] [backtrace.h:173] Caught Segmentation fault, suspect 0x5\n"
    "[12:01][7][critical][backtrace] [backtrace.h:167] #0: [0x7fe]\n\n"
)
ASSERTION = "[12:01][7][critical][assert] [x.cc:1] assert failure: a == b. Details: x\n"


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (START + CRASH, "Caught Segmentation fault"),
        (START + ASSERTION + CRASH, "assert failure: a == b"),
        (START + "[12:01][7][warning][main] [server.cc:1] caught ENVOY_SIGTERM\n", "SIGTERM"),
        (START + "[12:01][7][critical][main] error initializing: no such file\n", "no such file"),
        (
            "[error][config] cannot bind '127.0.0.1:1': Address already in use\n"
            "[critical][main] error `cannot bind` initializing config 'proto\n  /envoy-1.yaml'\n",
            "cannot bind",
        ),
        (START, "its log has no reason"),
        ("", "its log has no reason"),
    ],
)
def test_the_reason_comes_before_the_stack(log: str, says: str) -> None:
    assert says in last_words(log)


def test_a_long_line_is_cut() -> None:
    assert len(last_words(f"[error] {'x' * 9999}")) == 500


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_in_use_is_refused_though_its_program_would_share_it(shared: bool) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(shared))
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = Address("127.0.0.1", other.getsockname()[1])
        with pytest.raises(GatewayError, match=f"is {address}, where .*: Address already in use"):
            check_free(address)
    check_free(address)


def test_a_gateway_that_cannot_write_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(envoys, "write_file", full)
    settings = GatewaySettings(
        listen="127.0.0.1:1", old="http://127.0.0.1:2", new="http://127.0.0.1:3", metrics=""
    )
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        refused = Supervisor(lambda: settings, Path(name), Path(name) / "frontrunner.toml")
        with pytest.raises(GatewayError, match=rf"{name} cannot be written: .*Free disk space"):
            refused.run()


def test_a_full_disk_without_the_files_of_a_last_start_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Envoy was started with a file that was gone, and said something about its configuration."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(envoys, "write_file", full)
    monkeypatch.setattr(EnvoyProcess, "start", lambda *_: pytest.fail("Envoy was started"))
    settings = GatewaySettings(listen="127.0.0.1:1", old="http://a:2", new="http://b:3", metrics="")
    with pytest.raises(GatewayError, match=r"envoy-0.yaml is gone and .* Free disk space"):
        Envoys(Place(tmp_path)).again(settings)


def test_a_lock_that_cannot_be_made_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def full(path: Path) -> Iterator[None]:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))
        yield

    monkeypatch.setattr("frontrunner.gateway.supervise.locked", full)
    settings = GatewaySettings(listen="127.0.0.1:1", old="http://a:2", new="http://b:3", metrics="")
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        refused = Supervisor(lambda: settings, Path(name), Path(name) / "frontrunner.toml")
        with pytest.raises(
            GatewayError, match=rf"{name} cannot be written: .*run.lock.*Free disk space"
        ):
            refused.run()


def test_two_gateways_do_not_share_a_port() -> None:
    with tempfile.TemporaryDirectory(prefix="gw") as one, tempfile.TemporaryDirectory() as two:
        running, thread = start_gateway(Path(one))
        try:
            other = Supervisor(lambda: running.settings, Path(two), Path(two) / "frontrunner.toml")
            with pytest.raises(GatewayError, match="Stop the program that listens there"):
                other.run()
        finally:
            stop_gateway(running, thread)


@pytest.mark.parametrize("trouble", ["a full disk", "a damaged state"])
def test_a_killed_envoy_comes_back_with_the_files_of_its_last_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            running.share(37)
            killed = int(running.envoy())
            with monkeypatch.context() as patched:
                if trouble == "a full disk":
                    patched.setattr(envoys, "write_file", full)
                else:
                    Path(name, "state.json").write_text("{")
                os.kill(killed, signal.SIGKILL)
                until(lambda: "is started with the files of its last start" in caplog.text)
                until(lambda: running.control.get_share() == 3700)
                assert running.get("/x").status_code == 200
        finally:
            stop_gateway(running, thread)
    assert "SIGKILL" in caplog.text or "its log has no reason" in caplog.text


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="shared memory is elsewhere")  # noqa: S108
def test_envoys_shared_memory_is_removed_after_a_kill_and_at_the_end() -> None:
    def memory(folder: str) -> Path:
        number = int(Path(folder, "base-id").read_text())
        return Path(f"/dev/shm/envoy_shared_memory_{number * 10}")  # noqa: S108

    with tempfile.TemporaryDirectory(prefix="gw") as name, tempfile.TemporaryDirectory() as other:
        running, thread = start_gateway(Path(name))
        foreign, foreign_thread = start_gateway(Path(other))
        try:
            first, killed = memory(name), running.envoy()
            assert first.exists()
            os.kill(int(killed), signal.SIGKILL)
            until(lambda: running.envoy() != killed and running.control.admin().is_live())
            second = memory(name)
            assert (first.exists(), second.exists()) == (False, True)
            before = running.envoy()
            running.supervisor.reload()
            until(lambda: running.envoy() != before and running.control.admin().is_live())
            assert (memory(name), second.exists()) == (second, True)
            running.supervisor.stop()
            thread.join(60)
            assert not second.exists()
            assert memory(other).exists(), "that of another gateway"
        finally:
            stop_gateway(running, thread)
            stop_gateway(foreign, foreign_thread)


def test_a_share_that_is_set_while_envoy_checks_a_reload_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            running.share(80)

            def rolled_back_meanwhile(envoy: Envoy, config: Path) -> str | None:
                running.share(0)
                return refusal(envoy, config)

            monkeypatch.setattr(envoys, "refusal", rolled_back_meanwhile)
            running.supervisor.reload()
            until(lambda: "restarted with the current settings" in caplog.text)
            assert running.control.get_share() == 0
            assert side_of(running.port, "/x") == "old"
        finally:
            stop_gateway(running, thread)


def test_routes_of_settings_that_did_not_start_are_taken_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise GatewayError("it did not start")

    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            before = running.control.place.routes.read_text()
            wanted = msgspec.structs.replace(running.settings, old_paths=("/mine",))
            monkeypatch.setattr(running.supervisor, "_load", lambda: wanted)
            monkeypatch.setattr(EnvoyProcess, "start", fails)
            running.supervisor.reload()
            until(lambda: "the gateway continues unchanged: it did not start" in caplog.text)
            until(lambda: running.control.place.routes.read_text() == before)
            assert running.get("/x").status_code == 200
        finally:
            stop_gateway(running, thread)


def test_a_second_gateway_of_a_folder_changes_no_file_of_the_first() -> None:
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            files = [running.control.place.routes, *Path(name).glob("envoy-*.yaml")]
            before = [one.read_bytes() for one in files]
            other = msgspec.structs.replace(running.settings, old_paths=("/mine",), timeout=7)
            second = Supervisor(lambda: other, Path(name), Path(name) / "frontrunner.toml")
            with pytest.raises(GatewayError, match="Another gateway runs"):
                second.run()
            assert [one.read_bytes() for one in files] == before
        finally:
            stop_gateway(running, thread)


def test_an_envoy_that_hangs_is_replaced_and_no_command_takes_it_for_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stopped process lives and keeps its port; its users waited for ever."""
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            running.share(37)
            hung = int(running.envoy())
            with monkeypatch.context() as impatient:
                impatient.setattr("frontrunner.gateway.admin._PATIENCE", 0.5)
                impatient.setattr("frontrunner.gateway.control._PATIENCE", 0.1)
                os.kill(hung, signal.SIGSTOP)
                with pytest.raises(GatewayError, match="runs, but does not answer"):
                    running.share(38)
                impatient.setattr("frontrunner.gateway.supervise._HUNG", 0.5)
                impatient.setattr("frontrunner.gateway.supervise._PROBE", 0.5)
                until(lambda: "has answered nothing" in caplog.text)
            until(lambda: int(running.envoy()) != hung and running.control.get_share() == 3800)
            assert running.get("/x").status_code == 200
        finally:
            stop_gateway(running, thread)


def test_an_envoy_that_answers_users_is_not_killed_though_its_socket_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("frontrunner.gateway.supervise._HUNG", 0.0)
    looks = threading.Semaphore(0)

    def counted(host: str, port: int, *, seconds: float) -> bool:
        looks.release()
        return is_silent(host, port, seconds=seconds)

    monkeypatch.setattr("frontrunner.gateway.supervise.is_silent", counted)
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
        try:
            before = running.envoy()
            for socket_file in Path(name).glob("admin-*.sock"):
                socket_file.unlink()
            for _ in range(2):
                assert looks.acquire(timeout=60)
            assert running.envoy() == before
            assert running.get("/x").status_code == 200
        finally:
            stop_gateway(running, thread)
