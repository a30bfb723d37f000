"""Run git so that it ends: what it may wait for without end is noticed, named, and ends it.

Git opens some files by their names, and waits if one is a named pipe. It also waits for a server
that no longer sends. No limit of the whole time fits: a large repository is fetched for hours, and
its files are written for minutes. So git may take any time in which it says
something, and a pipe is looked for only once git has said nothing for a second.
"""

from __future__ import annotations

import os
import selectors
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from frontrunner.base.errors import SourceError, StoppedGitError
from frontrunner.results.credentials import without_password
from frontrunner.results.git_errors import reason_of

_FIRST_LOOK = 1.0
"""Seconds of silence until pipes are looked for; then twice as long each time."""
_TICK = 0.5
_MOST_HEARD = 64 * 1024
_TO_END = 5.0
"""Seconds that git has to remove its locks."""
_SILENT_SERVER = 300.0
_SILENT_DISK = 3600.0
"""Seconds to write all files: git says nothing meanwhile."""
_QUIETLY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "LC_ALL": "C",
}
_OF_A_CALLER = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"}
    | {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"}
    | {"GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_IMPLICIT_WORK_TREE"}
)
"""Variables that a hook of git sets: with them, `git -C clone` changes the hook's repository."""
# `core.symlinks=false` writes links as plain files, so nothing in a clone leads out of it.
# The user's attributes could have git write files in another form than the commit's.
_SAFELY = (
    "-c", "core.symlinks=false", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false",
    # Where this process was killed, nobody else ends what git has started. Twice as long, so that
    # otherwise the silence is told from other failures here.
    "-c", "http.lowSpeedLimit=1", "-c", f"http.lowSpeedTime={2 * _SILENT_SERVER:.0f}",
)  # fmt: skip


class Wait(NamedTuple):
    """How long git may say nothing, and where pipes may be that it waits for then."""

    seconds: float
    what: str
    """What is said to have stopped."""
    git: Path | None = None
    """The folder of the repository: git opens all its files."""
    tree: Path | None = None
    """The work tree, in each of whose folders git opens the files of these names."""
    names: Collection[str] = ()


def run_git(url: str, settings: Mapping[str, str], folder: Path, *words: str) -> None:
    """Run git in a repository that this program made. Raises SourceError, about `url`.

    Raises StoppedGitError if git waits for a pipe, or for a server that sends nothing.
    """
    own = folder / ".git" if (folder / ".git").is_dir() else folder
    if words[0] == "fetch":
        words = ("fetch", "--progress", *words[1:])
        wait = Wait(_SILENT_SERVER, "the server", own)
    else:
        wait = Wait(_SILENT_DISK, f"git {words[0]}", own, folder, (".gitattributes",))
    inherited = {name: text for name, text in os.environ.items() if name not in _OF_A_CALLER}
    command = ("git", *_SAFELY, "-C", str(folder), *words)
    try:
        code, said = hear(command, wait, {**inherited, **_QUIETLY, **settings}, errors=True)
    except StoppedGitError as error:
        raise StoppedGitError(without_password(f"{url} cannot be fetched: {error}")) from None
    except FileNotFoundError:
        raise SourceError("git is not installed; it is needed to read a git repository.") from None
    if code != 0:
        reason = reason_of(said.decode("utf-8", "replace"))
        raise SourceError(without_password(f"{url} cannot be fetched: {reason}"))


def hear(
    command: tuple[str, ...],
    wait: Wait,
    environment: Mapping[str, str],
    *,
    folder: Path | None = None,
    errors: bool = False,
) -> tuple[int, bytes]:
    """Run a command without input: its exit code, and the end of what it printed.

    That is its standard output, or with `errors` its standard error. Raises StoppedGitError if it
    waits for what does not come, FileNotFoundError if it is not installed.
    """
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as stream, _ends_when_told():
        process = None
        try:
            with _signals_held():
                process = _begun(command, environment, folder, writing, errors)
            return _heard(process, stream, wait)
        finally:
            if process is not None:
                _stop(process)


def _begun(
    command: tuple[str, ...],
    environment: Mapping[str, str],
    folder: Path | None,
    writing: int,
    errors: bool,
) -> subprocess.Popen[bytes]:
    """Start a command that prints into a pipe, whose end is closed here."""
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if errors else writing,
            stderr=writing if errors else subprocess.DEVNULL,
            # What git starts, such as git-remote-https, can be ended with it, and no part of it
            # can wait for a person to type.
            start_new_session=True,
        )
    finally:
        os.close(writing)


def _heard(process: subprocess.Popen[bytes], stream: RawIOBase, wait: Wait) -> tuple[int, bytes]:
    said = bytearray()
    last, look = time.monotonic(), _FIRST_LOOK
    with selectors.DefaultSelector() as ready:
        ready.register(stream, selectors.EVENT_READ)
        while True:
            # Asked before the look: what it said until then is there to be seen.
            has_ended = process.poll() is not None
            if ready.select(0 if has_ended else _TICK):
                part = os.read(stream.fileno(), _MOST_HEARD)
                if not part:
                    return process.wait(), bytes(said)
                said = (said + part)[-_MOST_HEARD:]
                last, look = time.monotonic(), _FIRST_LOOK
            elif has_ended:  # what it started may go on, such as a shared ssh
                return process.returncode, bytes(said)
            silent = time.monotonic() - last
            if silent >= look:
                _refuse_pipes(wait)
                look = 2 * silent
            if silent >= wait.seconds:
                raise StoppedGitError(
                    f"{wait.what} said nothing for {wait.seconds / 60:g} minutes. Check the "
                    "network and the disk, then try again."
                )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a command that still runs, and what it started."""
    if process.poll() is not None:
        return
    _signal_all(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_TO_END)
    _signal_all(process, signal.SIGKILL)
    process.wait()


def _signal_all(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses where all have ended
        os.killpg(process.pid, number)


class _ToldToEndError(BaseException):
    """This process was told to end."""


@contextmanager
def _ends_when_told() -> Iterator[None]:
    """Leave the block as by Ctrl-C when this process is told to end, as a service is; then end."""
    if not _is_main() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, frame: object) -> None:
        raise _ToldToEndError

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    except _ToldToEndError:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back what ends this process until the block ends: what it starts would go on alone."""
    if not _is_main():
        yield
        return
    held: list[int] = []
    both = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.signal(one, lambda number, _: held.append(number)) for one in both}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
    for number in held:
        signal.raise_signal(number)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _refuse_pipes(wait: Wait) -> None:
    """Raise StoppedGitError for a named pipe that git may open."""
    for found in _pipes(wait):
        pipe = found.absolute()  # the log of a service does not say in which folder it runs
        raise StoppedGitError(
            f"git waits for {pipe}, which is a named pipe, not a file. Remove it, then try again: "
            f"rm {quote(str(pipe))}"
        )


def _pipes(wait: Wait) -> Iterator[Path]:
    for place, _, names in os.walk(wait.git) if wait.git else ():
        yield from filter(_is_pipe, (Path(place, name) for name in names))
    for place, folders, names in os.walk(wait.tree) if wait.tree else ():
        folders[:] = [one for one in folders if one != ".git"]
        yield from filter(_is_pipe, (Path(place, name) for name in names if name in wait.names))


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.lstat().st_mode)
    except OSError:
        return False
