"""Why an Envoy ended, and that it is started again whatever the disk says."""

from __future__ import annotations

import errno
import os
import signal
import socket
import tempfile
from pathlib import Path

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.gateway import envoys
from frontrunner.gateway.envoys import check_free, last_words
from frontrunner.gateway.sides import Address
from frontrunner.gateway.supervise import Supervisor
from tests.gateway.conftest import start_gateway, stop_gateway, until

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
        with pytest.raises(GatewayError, match=f"listen on {address}: Address already in use"):
            check_free(address)
    check_free(address)


def test_two_gateways_do_not_share_a_port() -> None:
    with tempfile.TemporaryDirectory(prefix="gw") as one, tempfile.TemporaryDirectory() as two:
        running, thread = start_gateway(Path(one))
        try:
            other = Supervisor(lambda: running.settings, Path(two), Path(two) / "frontrunner.toml")
            with pytest.raises(GatewayError, match=r"Stop the program .* or set gateway\.listen"):
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
