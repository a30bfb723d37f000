"""Why an Envoy ended, and that it is started again whatever the disk says."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from pathlib import Path

import pytest

from frontrunner.gateway import envoys
from frontrunner.gateway.envoys import last_words
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
        (START, "its log has no reason"),
        ("", "its log has no reason"),
    ],
)
def test_the_reason_comes_before_the_stack(log: str, says: str) -> None:
    assert says in last_words(log)


def test_a_long_line_is_cut() -> None:
    assert len(last_words(f"[error] {'x' * 9999}")) == 500


@pytest.mark.parametrize("trouble", ["a full disk", "a damaged state"])
def test_a_killed_envoy_comes_back_with_the_files_of_its_last_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with tempfile.TemporaryDirectory(prefix="gw") as name:
        running, thread = start_gateway(Path(name))
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
        stop_gateway(running, thread)
    assert "SIGKILL" in caplog.text or "its log has no reason" in caplog.text
