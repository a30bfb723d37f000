"""Rows 4 to 6: start, requests per second, and boards that were never asked for."""

from __future__ import annotations

import itertools
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench.harness import (
    BOARD,
    OURS,
    PEER,
    PEER_ENVIRONMENT,
    WORK,
    Row,
    ask,
    family,
    first_answer,
    median,
    memory_mb,
    ours,
    peer,
    run,
    say,
    server,
)
from bench.reading import HOME, prepare

PORTS = itertools.count(18_200)
TIMES = 5
LANGUAGES = (
    "English", "German", "French", "Danish", "Spanish", "Italian", "Polish", "Dutch", "Swedish",
    "Portuguese", "Finnish", "Czech", "Romanian", "Slovenian", "Hungarian",
)  # fmt: skip
WIDE = ("MTEB(Multilingual, v2)", "MTEB(Europe, v1)")


def prepare_peer(data: Path) -> None:
    """Let the peer keep its frames on disk, as it does between restarts."""
    if not (WORK / "peer-cache/leaderboard/manifest.json").exists():
        say("Preparing the peer's disk cache ...")
        run([PEER / "python", "-m", "bench.peer.build", data, "keep"], **PEER_ENVIRONMENT)


def started(command: list[str | Path], port: int, **environment: str) -> tuple[float, float]:
    """Seconds from the start of the process to its first answer, and its memory then."""
    began = time.perf_counter()
    with server(command, **environment) as process:
        body = first_answer(port, BOARD)
        seconds = time.perf_counter() - began
        if len(body) < 100_000:
            raise RuntimeError("the first answer is not the board")
        return seconds, sum(memory_mb(pid) for pid in family(process.pid))


def start() -> Row:
    """Row 4."""
    say("Row 4: start to the first answer")
    mine = [started(ours(HOME, port), port) for port in itertools.islice(PORTS, TIMES)]
    port = next(PORTS)
    seconds, memory = started(peer(port), port, **PEER_ENVIRONMENT)
    ours_seconds, ours_memory = median([s for s, _ in mine]), max(m for _, m in mine)
    return Row(
        "start to the first correct /scores answer",
        f"{seconds:.1f} s, {memory:,.0f} MB",
        f"{ours_seconds:.2f} s, {ours_memory:.0f} MB",
        "22x, 80 MB",
        seconds >= 22 * ours_seconds and ours_memory <= 80,
    )


UNIQUE = """
local count = 0
request = function()
  count = count + 1
  wrk.headers["x-request-id"] = string.format("%08x-%08x", count, count * 2654435761 % 4294967296)
  return wrk.format("GET")
end
"""
"""A request id that differs in every request, as a proxy in front adds it."""


def load(port: int, path: str, *, unique: bool) -> tuple[float, float]:
    """Requests per second and the median latency in ms, with 16 connections on one thread."""
    script = WORK / "unique.lua"
    script.write_text(UNIQUE)
    command = ["wrk", "-t1", "-c16", "-d4", "--latency", "-H", "Accept-Encoding: gzip"]
    command += ["-s", str(script)] if unique else []
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    )
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0])
    [(value, unit)] = re.findall(r"50%\s+([\d.]+)(us|ms|s)", done.stdout)
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


NGINX = """
worker_processes 1; daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; keepalive_requests 10000000;
  client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
  uwsgi_temp_path {work}; scgi_temp_path {work};
  server {{
    listen 127.0.0.1:{port}; root {work}/static; default_type application/json;
    add_header content-encoding gzip;
  }}
}}
"""


def nginx(port: int, body: bytes) -> list[str | Path]:
    """nginx with one worker, sending the same bytes as a file."""
    (WORK / "static").mkdir(parents=True, exist_ok=True)
    (WORK / "static/board").write_bytes(body)
    (WORK / "nginx.conf").write_text(NGINX.format(work=WORK, port=port))
    return ["nginx", "-c", WORK / "nginx.conf", "-e", WORK / "nginx.log"]


def bare(port: int) -> list[str | Path]:
    """A bare ASGI answer with the same bytes."""
    return [OURS / "uvicorn", "bench.bare:application", "--port", str(port), "--no-access-log"]


class Measured(NamedTuple):
    """Medians of one server: requests per second and latency in ms, by kind of request."""

    identical: float
    unique: float
    p50: float
    """Of unique requests."""


def measured(paths: dict[int, str]) -> dict[int, Measured]:
    """All servers in turns, so that they share whatever the machine does."""
    seen: dict[tuple[int, bool], list[tuple[float, float]]] = {}
    for _ in range(TIMES + 1):
        for port, path in paths.items():
            for unique in (False, True):
                seen.setdefault((port, unique), []).append(load(port, path, unique=unique))
    rate = {key: median([rate for rate, _ in some[1:]]) for key, some in seen.items()}
    return {
        port: Measured(
            rate[port, False], rate[port, True], median([p for _, p in seen[port, True][1:]])
        )
        for port in paths
    }


def throughput() -> list[Row]:
    """Row 5: one process and two, against the peer, nginx with the same bytes, and bare ASGI."""
    say("Row 5: requests per second")
    a, two, b, c, d = itertools.islice(PORTS, 5)
    with (
        server(ours(HOME, a)),
        server([*ours(HOME, two), "--workers", "2"]),
        server(peer(b), **PEER_ENVIRONMENT),
    ):
        body = first_answer(a, BOARD)
        for port in (two, b):
            first_answer(port, BOARD)
        with server(nginx(c, body)), server(bare(d)):
            first_answer(c, "/board")
            first_answer(d, "/")
            found = measured({a: BOARD, two: BOARD, b: BOARD, c: "/board", d: "/"})
    one, pair, theirs, files, asgi = (found[port] for port in (a, two, b, c, d))
    share, times = one.unique / files.unique, one.unique / theirs.unique
    what = "/scores of MTEB(eng, v2), gzip, 16 connections, unique headers"
    return [
        Row(
            what,
            f"{theirs.unique:,.0f}/s, p50 {theirs.p50:.2f} ms",
            f"{one.unique:,.0f}/s, p50 {one.p50:.2f} ms",
            "80% of nginx",
            share >= 0.8,
            f"{share:.0%} of nginx ({files.unique:,.0f}/s), {times:.1f}x peer; bare ASGI "
            f"{asgi.unique:,.0f}/s. Identical requests: {one.identical:,.0f}/s, nginx "
            f"{files.identical:,.0f}/s, peer {theirs.identical:,.0f}/s",
        ),
        Row(
            "the same with two processes",
            "",
            f"{pair.unique:,.0f}/s, p50 {pair.p50:.2f} ms",
            "1.6x one process",
            pair.unique >= 1.6 * one.unique,
            f"{pair.unique / one.unique:.2f}x; identical requests {pair.identical:,.0f}/s",
        ),
    ]


def latency(port: int, path: str) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter()
    status, _ = ask(port, path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return (time.perf_counter() - began) * 1000


def never_asked() -> list[Row]:
    """Row 6."""
    say("Row 6: boards that were never asked for")
    a, b = itertools.islice(PORTS, 2)
    paths = [
        f"/v1/benchmarks/{quote(name)}/scores?languages={language}"
        for name in WIDE
        for language in LANGUAGES
    ]
    with server(ours(HOME, a)), server(peer(b), **PEER_ENVIRONMENT):
        for port in (a, b):
            for name in WIDE:  # what is loaded on the first request of all is not what is meant
                first_answer(port, f"/v1/benchmarks/{quote(name)}/scores?languages=Latvian")
        mine = median([latency(a, path) for path in paths])
        theirs = median([latency(b, path) for path in paths])
        ranked = median([latency(a, path) for path in task_sets(a)])
    budget = "10 ms"
    return [
        Row("a board narrowed to a language", f"{theirs:.0f} ms", f"{mine:.1f} ms", budget,
            mine <= 10, "gzip included"),
        Row("any 10 tasks (/v1/rank)", "not offered", f"{ranked:.1f} ms", budget, ranked <= 10,
            "gzip included"),
    ]  # fmt: skip


def task_sets(port: int) -> list[str]:
    """Requests for sets of tasks that differ all."""
    tasks = json.loads(run_get(port, f"/v1/benchmarks/{quote(WIDE[0])}"))["tasks"]
    source = random.Random(6)
    return [f"/v1/rank?tasks={','.join(source.sample(tasks, 10))}" for _ in range(30)]


def run_get(port: int, path: str) -> bytes:
    """A body, unpacked."""
    import gzip

    body = ask(port, path)[1]
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def rows() -> list[Row]:
    """All rows of this script."""
    data = prepare()
    prepare_peer(data)
    return [start(), *throughput(), *never_asked()]


if __name__ == "__main__":
    for row in rows():
        print(*row, sep="\t")
    sys.exit(0)
