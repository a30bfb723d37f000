"""What all measurements share: the data, timed processes, medians, and a row of the table."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import zstandard

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".bench"
DATA = ROOT.parent / "shared/data"
OURS = ROOT / ".venv/bin"
PEER = ROOT / ".venv-peer/bin"
BOARD = "/v1/benchmarks/MTEB(eng,%20v2)/scores"


class Row(NamedTuple):
    """One line of the table."""

    what: str
    peer: str
    ours: str
    budget: str
    met: bool
    note: str = ""


def say(text: str) -> None:
    """Talk goes to stderr."""
    print(text, file=sys.stderr, flush=True)


def unpacked(name: str) -> Path:
    """One of the real archives, unpacked once into .bench/; exits where there is none."""
    folder = WORK / name
    if not (folder / ".complete").exists():
        archive = DATA / f"{name}.tar.zst"
        if not archive.exists():
            sys.exit(f"The real data is not there: shared/data/{archive.name} is looked for")
        say(f"Unpacking {archive.name} ...")
        with archive.open("rb") as raw:
            stream = zstandard.ZstdDecompressor(max_window_size=2**31).stream_reader(raw)
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                tar.extractall(folder, filter="data")
        (folder / ".complete").touch()
    return folder


def results() -> Path:
    """The real result files."""
    return unpacked("mteb-results")


def warm(folder: Path) -> None:
    """Read every file once, so that all find the page cache equally warm."""
    for path in folder.rglob("*.json"):
        path.read_bytes()


class Ran(NamedTuple):
    """A process that ended."""

    seconds: float
    peak_mb: float
    """Largest memory of the process and its children together."""
    out: str
    anonymous_mb: float = 0.0
    """The same without what is of files, which the system can take back."""
    pss_mb: float = 0.0
    """The same as `peak_mb`, with shared pages counted once; 0 if it was not measured."""


def run(command: Sequence[str | Path], **environment: str) -> Ran:
    """Run a command to its end, and watch its memory; raises where it fails."""
    return watched(command, environment)


def watched(
    command: Sequence[str | Path], environment: Mapping[str, str], *, pss: bool = False
) -> Ran:
    """The same; `pss` counts shared pages once, which takes a tenth of a processor."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    peak = [0.0, 0.0, 0.0]
    watching = threading.Thread(target=_watch, args=(process, peak, pss))
    watching.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - began
    watching.join()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Ran(seconds, peak[0], out, *peak[1:])


def _watch(process: subprocess.Popen[str], peak: list[float], pss: bool) -> None:
    while process.poll() is None:
        now = [memory_of(pid, pss) for pid in family(process.pid)]
        sums = [sum(column) for column in zip(*now, strict=True)]
        peak[:] = map(max, peak, sums or peak)
        time.sleep(0.1)


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def memory_mb(pid: int) -> float:
    """Resident memory of a process, pages that it shares with others included."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory_of(pid: int, pss: bool) -> tuple[float, float, float]:
    """MB of a process: resident, of its own (anonymous), and with shared pages in proportion."""
    own = _of_file(pid, "status", "RssAnon") + _of_file(pid, "status", "RssShmem")
    return memory_mb(pid), own, _of_file(pid, "smaps_rollup", "Pss") if pss else 0.0


def _of_file(pid: int, name: str, key: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{key}:"))


@contextmanager
def server(command: Sequence[str | Path], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that is stopped at the end."""
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def ours(home: Path, port: int) -> list[str | Path]:
    """The command that serves our board."""
    return [OURS / "frontrunner", "serve", "--home", home, "--port", str(port)]


def peer(port: int) -> list[str | Path]:
    """The command that serves mteb's board."""
    return [
        PEER / "uvicorn", "mteb.api.app:app", "--port", str(port), "--log-level", "warning",
        "--no-access-log",
    ]  # fmt: skip


PEER_ENVIRONMENT = {
    "MTEB_CACHE": str(WORK / "peer-cache"),
    "HF_HUB_OFFLINE": "1",
    "LOG_LEVEL": "ERROR",
}


def first_answer(port: int, path: str, patience: float = 180.0) -> bytes:
    """Ask until the server answers with 200; its body."""
    deadline = time.perf_counter() + patience
    while time.perf_counter() < deadline:
        try:
            status, body = ask(port, path)
        except OSError:
            time.sleep(0.003)
            continue
        if status == 200:
            return body
        raise RuntimeError(f"{path} answered {status}")
    raise TimeoutError(path)


def ask(port: int, path: str) -> tuple[int, bytes]:
    """One request for gzip on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)
