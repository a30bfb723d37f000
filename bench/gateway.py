"""The gateway beside its peers: nothing between, HAProxy, and the plainest Python proxy.

`python -m bench.gateway [--json] [--short]` measures all in turns in one run, with bodies of 1 KB
and 180 KB: CPU of the proxy per request and requests per second with 32 connections; median and
99th percentile at one connection, beside those of nginx alone. Then it says of each goal whether it
is met. Each proxy has one thread. It needs Debian's nginx, HAProxy and wrk.

`--short` takes half a minute, with one short turn for each: enough to see that all of it runs, too
little to judge by.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.harness import WORK, family, say
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.envoys import Envoys
from frontrunner.gateway.render import Place

SIZES = {"1 KB": 1_000, "180 KB": 180_000}
_TICKS = os.sysconf("SC_CLK_TCK")
DIRECT, OURS, HAPROXY, PYTHON = "nginx alone", "gateway (Envoy)", "HAProxy", "plain Python proxy"
PORTS = {DIRECT: 18_401, OURS: 18_402, HAPROXY: 18_403, PYTHON: 18_404}


class Length(NamedTuple):
    """How long is measured."""

    seconds: int
    """Of each load; there are two in a turn."""
    turns: int


LONG, SHORT = Length(4, 3), Length(1, 1)


class Measured(NamedTuple):
    """One proxy with one size of body."""

    rate: float
    """Requests a second with 32 connections."""
    cpu_us: float
    """CPU of the proxy for each of these requests, in microseconds."""
    p50_ms: float
    """Median at one connection."""
    p99_ms: float


NGINX = """
worker_processes 1; daemon off; pid {work}/gateway-nginx.pid; error_log {work}/gateway-nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000000;
  client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
  uwsgi_temp_path {work}; scgi_temp_path {work};
  server {{ listen 127.0.0.1:{port} backlog=1024; root {work}/gateway-static;
            default_type application/octet-stream; location = /health {{ return 200; }} }}
}}
"""
HAPROXY_CONFIG = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  option httplog
  log stdout format raw local0 err
frontend users
  bind 127.0.0.1:{port}
  default_backend boards
backend boards
  option redispatch
  retries 1
  http-reuse always
  server one 127.0.0.1:{upstream}
"""


def nginx_command() -> list[str | Path]:
    """nginx with a file of each size."""
    static = WORK / "gateway-static"
    static.mkdir(parents=True, exist_ok=True)
    for size in SIZES.values():
        (static / str(size)).write_bytes(os.urandom(size))
    config = WORK / "gateway-nginx.conf"
    config.write_text(NGINX.format(work=WORK, port=PORTS[DIRECT]))
    return ["nginx", "-c", config, "-e", WORK / "gateway-nginx.log"]


def haproxy_command() -> list[str | Path]:
    """HAProxy with one thread, and nothing beyond a proxy."""
    config = WORK / "gateway-haproxy.cfg"
    config.write_text(HAPROXY_CONFIG.format(port=PORTS[HAPROXY], upstream=PORTS[DIRECT]))
    return ["haproxy", "-f", config]


def python_command() -> list[str | Path]:
    """A proxy of raw bytes in Python: no limits, no policy, no log."""
    return [
        sys.executable, "-m", "bench.plain_proxy", str(PORTS[PYTHON]), str(PORTS[DIRECT]),
    ]  # fmt: skip


@contextmanager
def process(command: list[str | Path]) -> Iterator[list[int]]:
    """A process and its children, until the block ends."""
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as one:
        try:
            time.sleep(1.0)
            if one.poll() is not None:
                raise RuntimeError(f"{command[0]} did not start")
            yield list(family(one.pid))
        finally:
            one.terminate()


@contextmanager
def gateway() -> Iterator[list[int]]:
    """Envoy as the gateway renders it, with all visitors on the new side, and one thread."""
    folder = Path(tempfile.mkdtemp(prefix="gw"))
    upstream = f"http://127.0.0.1:{PORTS[DIRECT]}"
    settings = GatewaySettings(
        listen=f"127.0.0.1:{PORTS[OURS]}",
        old=upstream.replace("127.0.0.1", "localhost"),
        new=upstream,
        concurrency=1,
        metrics="",
    )
    envoys = Envoys(Place(folder))
    envoys.check(settings)
    envoys.begin(settings)
    try:
        time.sleep(1.0)
        yield [envoys.current.pid] if envoys.current else []
    finally:
        envoys.end()
        shutil.rmtree(folder)


def cpu_seconds(pids: list[int]) -> float:
    """CPU time that some processes have used so far."""
    total = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(words[11]) + int(words[12])
    return total / _TICKS


def load(name: str, size: int, connections: int, seconds: int) -> tuple[float, float, float, int]:
    """Requests a second, median and 99th percentile in ms, and the number of requests."""
    url = f"http://127.0.0.1:{PORTS[name]}/{size}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{name}: {out}")
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", out)[0])
    count = int(re.findall(r"(\d+) requests in", out)[0])
    return rate, percentile(out, "50"), percentile(out, "99"), count


def percentile(out: str, which: str) -> float:
    """A percentile that wrk printed, in ms."""
    [(value, unit)] = re.findall(rf"\b{which}%\s+([\d.]+)(us|ms|s)", out)
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(name: str, pids: list[int], size: int, seconds: int) -> Measured:
    """One turn."""
    before = cpu_seconds(pids)
    rate, _, _, count = load(name, size, 32, seconds)
    used = cpu_seconds(pids) - before
    _, p50, p99, _ = load(name, size, 1, seconds)
    return Measured(rate, used / count * 1e6, p50, p99)


def measured(length: Length) -> dict[str, dict[str, Measured]]:
    """Size -> proxy -> the median of all turns."""
    WORK.mkdir(exist_ok=True)
    with ExitStack() as stack:
        pids = {
            DIRECT: stack.enter_context(process(nginx_command())),
            OURS: stack.enter_context(gateway()),
            HAPROXY: stack.enter_context(process(haproxy_command())),
            PYTHON: stack.enter_context(process(python_command())),
        }
        found = {}
        for label, size in SIZES.items():
            say(f"{label} ...")
            turns: dict[str, list[Measured]] = {name: [] for name in PORTS}
            for _ in range(length.turns):
                for name in PORTS:
                    turns[name].append(measure(name, pids[name], size, length.seconds))
            found[label] = {name: _median(some) for name, some in turns.items()}
        return found


def _median(some: list[Measured]) -> Measured:
    return Measured(*(statistics.median(column) for column in zip(*some, strict=True)))


class Goal(NamedTuple):
    """What the gateway shall reach, and what it reached."""

    what: str
    value: float
    limit: float
    is_most: bool
    """Whether the limit is the most it may be, not the least."""

    @property
    def is_met(self) -> bool:
        """Whether it was reached; never by a value that is no number."""
        return self.value <= self.limit if self.is_most else self.value >= self.limit

    def __str__(self) -> str:
        bound = "at most" if self.is_most else "at least"
        verdict = "met" if self.is_met else "NOT MET"
        return f"{verdict}: {self.what}: {self.value:.3g}, goal {bound} {self.limit:g}"


def goals(found: dict[str, dict[str, Measured]]) -> list[Goal]:
    """The goals of the gateway, held against what was measured."""
    small, large = found["1 KB"], found["180 KB"]
    return [
        Goal("added p50 at 1 KB, ms", small[OURS].p50_ms - small[DIRECT].p50_ms, 0.15, True),
        Goal("CPU a request at 1 KB, us", small[OURS].cpu_us, 60, True),
        Goal("rate at 180 KB, of HAProxy's", large[OURS].rate / large[HAPROXY].rate, 0.5, False),
    ]


def main() -> None:
    """Print the table and the goals, or JSON."""
    is_short = "--short" in sys.argv
    found = measured(SHORT if is_short else LONG)
    if "--json" in sys.argv:
        shown: dict[str, object] = {
            size: {name: one._asdict() for name, one in some.items()}
            for size, some in found.items()
        }
        shown["goals"] = [{**one._asdict(), "is_met": one.is_met} for one in goals(found)]
        json.dump(shown, sys.stdout)
        return
    for label, some in found.items():
        direct, haproxy = some[DIRECT], some[HAPROXY]
        table = Table("", "req/s", "of HAProxy", "CPU us/req", "added p50 ms", "added p99 ms")
        table.title = f"{label}, one thread each"
        for name, one in some.items():
            table.add_row(
                name,
                f"{one.rate:,.0f}",
                f"{one.rate / haproxy.rate:.2f}",
                f"{one.cpu_us:.1f}",
                f"{one.p50_ms - direct.p50_ms:.3f}",
                f"{one.p99_ms - direct.p99_ms:.3f}",
            )
        Console().print(table)
    for goal in goals(found):
        print(goal)
    if is_short:
        say("One short turn each: too little to judge by. Run it without --short.")


if __name__ == "__main__":
    main()
