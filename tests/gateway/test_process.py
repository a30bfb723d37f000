"""A process that is not a child: it outlives who started it, and how it ended is known."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.gateway.process import EnvoyProcess

SLEEP = ["/bin/sh", "-c", "echo said >&2; sleep 60 & wait"]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EnvoyProcess]:
    found = EnvoyProcess.start(SLEEP, tmp_path / "err")
    (tmp_path / "pid").write_text(str(found.pid))
    yield found
    with suppress(ProcessLookupError):
        os.killpg(found.pid, signal.SIGKILL)
    found.close()


def test_it_is_not_a_child_and_is_found_by_its_note(process: EnvoyProcess, tmp_path: Path) -> None:
    assert process.is_alive()
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    again = EnvoyProcess.adopt(tmp_path / "pid", "sleep 60")
    assert again is not None
    assert again.pid == process.pid
    again.close()
    assert EnvoyProcess.adopt(tmp_path / "pid", "another program") is None
    assert EnvoyProcess.adopt(tmp_path / "none", "") is None


def test_a_process_that_becomes_another_program_just_now_is_found(
    process: EnvoyProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its command line is empty for a moment. An Envoy that is not found is never ended."""
    lines, real = [b"", b"", b"sleep 60"], Path.read_bytes

    def read(path: Path) -> bytes:
        """Other files are read as usual: a gateway of other tests runs in a thread meanwhile."""
        return lines.pop(0) if path == Path(f"/proc/{process.pid}/cmdline") else real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    again = EnvoyProcess.adopt(tmp_path / "pid", "sleep 60")
    assert again is not None
    again.close()
    assert lines == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL])
def test_how_it_ended(process: EnvoyProcess, tmp_path: Path, number: signal.Signals) -> None:
    process.send(number)
    assert process.wait(20)
    assert not process.is_alive()
    # Linux before 6.15 does not say it of a process that its parent has collected.
    assert process.ending() in ("", number.name)
    assert EnvoyProcess.adopt(tmp_path / "pid", "") is None


def test_an_exit_code(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo no reason >&2; exit 7"]
    process = EnvoyProcess.start(command, tmp_path / "err")
    assert process.wait(20)
    assert process.ending() in ("", "exit code 7")
    assert (tmp_path / "err").read_text() == "no reason\n"
    process.close()


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    process = EnvoyProcess.start(["/no/such/program"], tmp_path / "err")
    assert process.wait(20)
    assert "FileNotFoundError" in (tmp_path / "err").read_text()
    process.close()


def test_a_python_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(GatewayError, match="cannot be started"):
        EnvoyProcess.start(["x"], tmp_path / "err")
