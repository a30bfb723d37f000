"""The old board's calls: ours beside the seconds that were recorded of the first board.

    python -m bench.calls [HOME]

The first board's application is gone, so its figures are those of the recording (2 cores,
loopback). HOME holds a published snapshot of the real results; the old board is adopted there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import socket
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import zstandard
from rich.console import Console
from rich.table import Table

from bench.harness import (
    OURS,
    ROOT,
    WORK,
    family,
    first_answer,
    median,
    memory_mb,
    ours,
    run,
    server,
)

SHARED = ROOT.parent / "shared"
TIMES = 7
SLOWEST_FILTER = 1.0
QUICKEST_FILTER = 0.28
"""Seconds that `filter_data` took on the first board, over the recorded calls."""


class Measured(NamedTuple):
    """A kind of call."""

    what: str
    recorded: float
    """Seconds."""
    ours: float

    @property
    def times(self) -> float:
        """How often ours fits into theirs."""
        return self.recorded / self.ours


def free_port() -> int:
    """A port that nobody listens on: what answers must be ours."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def unpack(name: str, folder: Path) -> Path:
    """An archive of the real data, unpacked; exits where there is none."""
    archive = SHARED / name
    if not archive.exists():
        sys.exit(f"The real data is not there: shared/{name} is looked for")
    with archive.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            tar.extractall(folder, filter="data")
    return folder


def exchanges(recorded: Path, client: httpx.Client) -> Iterator[Measured]:
    """Every recorded request that is whole in the recording and answered by both."""
    seen = set()
    for one in json.loads((recorded / "raw_http.json").read_bytes()):
        path = one["path"]
        plain = not isinstance(one["request"], str) and "_result" not in one["name"]
        if not plain or path in seen or path == "/queue/data" or "session_hash" in path:
            continue
        body = None if one["method"] == "GET" else one["request"]
        answer = client.request(one["method"], path, json=body)
        if answer.status_code == one["status"]:
            seen.add(path)
            yield Measured(path, one["seconds"], timed(client, one["method"], path, body))


def timed(client: httpx.Client, method: str, path: str, body: Any) -> float:
    """The median of some requests, in seconds."""
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.request(method, path, json=body)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def filters(recorded: Path, client: httpx.Client) -> Iterator[Measured]:
    """The recorded calls of `filter_data` through the queue, with all 57 tables."""
    for path in sorted((recorded / "calls").glob("*join.req.json.gz")):
        body = gzip.decompress(path.read_bytes())
        if b'"data":[]' in body[:20]:
            continue
        session = json.loads(body)["session_hash"]
        seconds = []
        for _ in range(TIMES):
            began = time.perf_counter()
            headers = {"content-type": "application/json"}
            taken_on = client.post("/queue/join", content=body, headers=headers)
            result = client.get("/queue/data", params={"session_hash": session})
            seconds.append(time.perf_counter() - began)
            taken_on.raise_for_status()
            result.raise_for_status()
        yield Measured(f"filter_data: {path.name.split('.')[0]}", QUICKEST_FILTER, median(seconds))


def show(rows: list[Measured], before: float, after: float) -> None:
    """Print the table."""
    table = Table("call", "recorded, ms", "ours, ms", "times as quick", title="The old calls")
    for row in rows:
        table.add_row(
            row.what, f"{row.recorded * 1e3:.1f}", f"{row.ours * 1e3:.1f}", f"{row.times:.1f}"
        )
    console = Console(width=120)
    console.print(table)
    console.print(
        f"filter_data took {QUICKEST_FILTER} to {SLOWEST_FILTER} s then; the quickest stands in "
        f"the table. Memory of our server: {before:.0f} MB before the first call, {after:.0f} MB "
        "after all."
    )


def main() -> None:
    """Measure, and print as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", nargs="?", type=Path, default=WORK / "home")
    home = parser.parse_args().home
    with tempfile.TemporaryDirectory() as name:
        old = unpack("data/legacy-boards.tar.zst", Path(name) / "old")
        config = next(old.rglob("config.yaml"))
        run([OURS / "frontrunner", "legacy", "adopt", config.parent, "--home", home])
        folder = unpack("contract/legacy-gradio.tar.zst", Path(name) / "recorded")
        recorded = next(folder.rglob("raw_http.json")).parent
        port = free_port()
        with server(ours(home, port)) as process:
            first_answer(port, "/v1/benchmarks")
            before = sum(memory_mb(pid) for pid in family(process.pid))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                rows = [*exchanges(recorded, client), *filters(recorded, client)]
            show(rows, before, sum(memory_mb(pid) for pid in family(process.pid)))


if __name__ == "__main__":
    main()
