"""Git ends: it is stopped where it waits for a pipe or a silent server, and not where it works."""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.errors import SourceError, StoppedGitError
from frontrunner.results import git_process as module
from frontrunner.results.fetch import _clone_name, fetch
from frontrunner.results.git_process import Wait, hear, run_git
from tests.results.followed import Followed, facts
from tests.results.git_folder import commit, git
from tests.waiting import is_gone, is_running, text_through

PATIENT = Wait(60, "it")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TICK", 0.02)
    monkeypatch.setattr(module, "_FIRST_LOOK", 0.2)


def shell(script: str, wait: Wait = PATIENT) -> tuple[int, bytes]:
    return hear(("sh", "-c", script), wait, os.environ)


@pytest.mark.parametrize(
    "place",
    [
        ".gitattributes", "results/.gitattributes", "results/org__a/r1/.gitattributes",
        ".git/info/attributes", ".git/FETCH_HEAD", ".git/config", ".git/shallow",
    ],
)  # fmt: skip
def test_an_update_names_the_pipe_that_git_waits_for(followed: Followed, place: str) -> None:
    clone = followed.fetch().path
    head = commit(followed.repository, 0.25)
    pipe = clone / place
    pipe.parent.mkdir(exist_ok=True)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    number = clone.stat().st_ino
    with pytest.raises(StoppedGitError) as caught:
        followed.fetch()
    said = str(caught.value)
    assert said.startswith(
        f"{followed.repository.as_uri()} cannot be fetched: git waits for {pipe}"
    )
    assert said.endswith(f"Remove it, then try again: rm {shlex.quote(str(pipe))}")
    assert clone.stat().st_ino == number  # what a person put there is not removed with the clone
    pipe.unlink()
    near = followed.fetch()
    assert near.checkout is not None
    assert near.checkout.commit == head
    assert not list(clone.rglob("*.lock"))


@pytest.mark.parametrize("place", ["docs", "results", "results/org__a/r1"])
def test_a_pipe_that_only_a_question_waits_for_stops_no_update(
    followed: Followed, place: str
) -> None:
    pipe = followed.fetch().path / place / ".gitignore"
    pipe.parent.mkdir(exist_ok=True)
    os.mkfifo(pipe)
    head = commit(followed.repository, 0.25)
    near = followed.fetch()
    assert near.checkout is None
    read = followed.read(near=near)
    assert read.table.score.tolist() == [0.25]
    assert read.origin.commit == f"{head}+"
    assert facts(read) == facts(followed.read(near=near, anew=True))


def test_a_server_that_sends_nothing_is_asked_once(
    followed: Followed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SILENT_SERVER", 3.0)  # git needs some of it to start
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        url = f"git://127.0.0.1:{server.getsockname()[1]}/results"
        clone = followed.fetch().path.with_name(_clone_name(url))
        for is_followed in (False, True):
            if is_followed:
                git(tmp_path, "init", "-q", str(clone))
            with pytest.raises(StoppedGitError) as caught:
                fetch(url, tmp_path / "sources")
            server.accept()[0].close()
            server.setblocking(False)
            with pytest.raises(BlockingIOError):
                server.accept()
            server.settimeout(20)
    said = str(caught.value)
    assert said.startswith(f"{url} cannot be fetched: the server said nothing for 0.05 minutes.")


def test_a_command_that_speaks_may_take_any_time() -> None:
    script = "for n in 1 2 3 4 5 6 7 8 9; do sleep 0.5; echo $n; done"
    assert shell(script, Wait(4.0, "it")) == (0, b"1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    with pytest.raises(StoppedGitError, match="it said nothing for"):
        shell("echo 1; exec sleep 60", Wait(1.0, "it"))


def test_a_pipe_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(".gitattributes")
    wait = Wait(60, "it", tree=Path(), names=(".gitattributes",))
    with pytest.raises(StoppedGitError, match=f"rm {tmp_path}/.gitattributes$"):
        shell("exec sleep 60", wait)


def test_a_pipe_is_looked_for_again(tmp_path: Path) -> None:
    wait = Wait(10, "it", tree=tmp_path, names=(".gitattributes",))
    with pytest.raises(StoppedGitError, match="which is a named pipe"):
        shell(f"sleep 0.5; mkfifo {shlex.quote(str(tmp_path))}/.gitattributes; exec sleep 60", wait)


def test_pipes_that_git_does_not_open_are_no_reason(tmp_path: Path) -> None:
    for name in ("T1.json", ".gitignore", ".git/hooks/.gitattributes"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(tmp_path / name)
    wait = Wait(60, "it", tree=tmp_path, names=(".gitattributes",))
    assert shell("sleep 0.5", wait) == (0, b"")


def test_what_a_command_leaves_running_is_not_waited_for() -> None:
    began = time.monotonic()
    code, pid = shell("sleep 30 & echo $!; exit 3")
    assert time.monotonic() - began < 20
    os.kill(int(pid), signal.SIGTERM)
    assert code == 3


def test_what_a_command_says_last_is_heard_if_another_thread_held_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Held(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            found = super().select(timeout)
            if timeout and not found:
                time.sleep(1)  # meanwhile the command says all, and ends
            return found

    monkeypatch.setattr(selectors, "DefaultSelector", Held)
    assert shell("sleep 0.3; head -c 30000 /dev/zero; exit 3") == (3, bytes(30_000))
    code, pid = shell("sleep 0.3; sleep 30 & echo $!")
    os.kill(int(pid), signal.SIGTERM)
    assert code == 0


def test_only_the_end_of_what_is_said_is_kept() -> None:
    code, said = shell("head -c 300000 /dev/zero | tr '\\0' x; echo end")
    assert (code, said[-5:], len(said) <= 64 * 1024) == (0, b"xend\n", True)


def text_of(path: Path) -> str:
    """What has been written to a file, if it has been made."""
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("deaf", ["", "trap '' TERM; "])
def test_a_command_ends_with_the_one_that_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str
) -> None:
    def interrupted(_: Wait) -> None:
        if text_of(tmp_path / "pid"):
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "_refuse_pipes", interrupted)
    monkeypatch.setattr(module, "_TO_END", 0.5)
    with pytest.raises(KeyboardInterrupt):
        shell(f"{deaf}echo $$ > {tmp_path}/pid; while :; do sleep 0.1; done")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_command_ends_if_ctrl_c_comes_while_it_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[int] = []
    begin = module._begun

    def interrupted(*given: Any) -> Any:
        process = begin(*given)
        started.append(process.pid)
        signal.raise_signal(signal.SIGINT)
        return process

    monkeypatch.setattr(module, "_begun", interrupted)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            shell("exec sleep 60")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert not is_running(started[0])


@pytest.mark.parametrize("deaf", ["", "trap '' TERM; "])
def test_what_a_command_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str
) -> None:
    monkeypatch.setattr(module, "_TO_END", 0.5)
    pid = tmp_path / "pid"
    for seconds in (0.5, 5, 50):  # a shell that has not begun after half a second gets more
        with pytest.raises(StoppedGitError, match="it said nothing for"):
            shell(f"({deaf}sleep 60; sleep 60) & echo $! > {pid}; wait", Wait(seconds, "it"))
        if text_of(pid):
            break
    assert is_gone(int(pid.read_text()))


_SERVICE = """
import os, sys
from frontrunner.results.git_process import Wait, hear
hear(("sh", "-c", f"sleep 60 & echo $! > {sys.argv[1]}; wait"), Wait(60, "it"), os.environ)
"""


def test_a_command_ends_with_a_service_that_is_stopped(tmp_path: Path) -> None:
    pipe = tmp_path / "pid"
    os.mkfifo(pipe)
    with subprocess.Popen((sys.executable, "-c", _SERVICE, str(pipe))) as service:
        started = int(text_through(pipe))
        service.terminate()
        assert service.wait(20) == -signal.SIGTERM
    assert is_gone(started)


def test_what_a_killed_service_left_ends_after_the_silence_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "git"
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    run_git("url", {}, tmp_path, "init")
    words = (tmp_path / "words").read_text().split()
    [limit] = [one.partition("=")[2] for one in words if one.startswith("http.lowSpeedTime=")]
    assert "http.lowSpeedLimit=1" in words
    assert int(limit) > module._SILENT_SERVER


def test_git_speaks_the_language_that_its_errors_are_looked_for_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "git"
    stand_in.write_text('#!/bin/sh\necho "fatal: in $LC_ALL" >&2\nexit 1\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with pytest.raises(SourceError, match=r"fatal: in C\. "):
        run_git("url", {}, tmp_path, "init")


def test_without_git_it_is_said_that_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="git is not installed"):
        run_git("url", {}, tmp_path, "init")
