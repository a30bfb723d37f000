"""Three servers follow one object storage behind the gateway, under load.

One server is killed, a snapshot is published, the killed one returns with nothing, and the storage
goes down: no request fails, all servers send the same bytes, and no answer mixes two snapshots.
`FRONTRUNNER_MANY_REQUESTS` sets how many requests are sent at least; 8,000 if it is not set.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from frontrunner.remote.bucket import Bucket
from frontrunner.remote.plan import Policy
from frontrunner.remote.push import push
from frontrunner.snapshot.store import Store
from tests.acceptance.gateway.conftest import gateway_before, running
from tests.factories import small_snapshot
from tests.ports import free_port
from tests.remote.test_mirror import until
from tests.s3 import program
from tests.s3 import running as s3_running

pytestmark = pytest.mark.acceptance
REQUESTS = int(os.environ.get("FRONTRUNNER_MANY_REQUESTS", "8000"))
CLIENTS = 8
ADDRESS = "s3://boards/many"
PATHS = ("/v1/benchmarks/All/scores", "/v1/models", "/benchmark/All", "/v1/benchmarks/All")
HOST = {"host": "board"}
Answer = tuple[str, str, str]
"""Path, ETag, digest of the body."""


def one_server(home: Path, port: int) -> list[str]:
    command = [sys.executable, "-m", "frontrunner", "serve", "--home", str(home)]
    return [*command, "--port", str(port), "--store", ADDRESS]


def answer(client: httpx.Client, url: str, path: str) -> tuple[int, Answer]:
    got = client.get(url + path, headers=HOST)
    digest = hashlib.sha256(got.content).hexdigest()
    return got.status_code, (path, str(got.headers.get("etag")), digest)


@dataclass
class Seen:
    """What the clients got."""

    answers: Counter[Answer] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, found: list[tuple[int, Answer]], errors: list[str]) -> None:
        with self.lock:
            self.asked += len(found) + len(errors)
            self.answers.update(one for _, one in found)
            self.failed += errors
            self.failed += [f"{status} {one}" for status, one in found if status != 200]


@contextmanager
def load(url: str) -> Iterator[Seen]:
    """Clients that ask until the block ends."""
    seen, over = Seen(), threading.Event()

    def client() -> None:
        with httpx.Client(timeout=30) as one:
            while not over.is_set():
                found, errors = [], []
                for path in PATHS:
                    try:
                        found.append(answer(one, url, path))
                    except httpx.HTTPError as error:
                        errors.append(repr(error))
                seen.note(found, errors)

    with ThreadPoolExecutor(CLIENTS) as threads:
        running_clients = [threads.submit(client) for _ in range(CLIENTS)]
        try:
            yield seen
        finally:
            over.set()
    for one in running_clients:
        one.result()


class Servers:
    """Three servers, each with a home of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self.ports = [free_port() for _ in range(3)]
        self._stacks = [ExitStack() for _ in self.ports]
        self.processes = [self._start(number) for number in range(3)]

    def _start(self, number: int) -> int:
        home, said = self._folder / f"server-{number}", self._folder / f"said-{number}"
        command = one_server(home, self.ports[number])
        process = self._stacks[number].enter_context(running(command, said, self._environment))
        until(lambda: self.state(number) is not None, said.read_text)
        return process.pid

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}"

    def state(self, number: int) -> str | None:
        """The snapshot that a server serves, once it is ready."""
        try:
            got = httpx.get(f"{self.url(number)}/ready", timeout=10)
        except httpx.HTTPError:
            return None
        return str(got.json()["snapshot"]) if got.status_code == 200 else None

    def kill(self, number: int) -> None:
        os.kill(self.processes[number], signal.SIGKILL)

    def restart(self, number: int) -> float:
        """Start a server with an empty home; the seconds until it is ready."""
        self._stacks[number].close()
        shutil.rmtree(self._folder / f"server-{number}")
        began = time.monotonic()
        self.processes[number] = self._start(number)
        return time.monotonic() - began

    def all_serve(self, name: str | None) -> bool:
        return all(self.state(number) == name for number in range(3))

    def answers(self) -> list[set[Answer]]:
        """What each server says to each path, asked directly."""
        with httpx.Client(timeout=30) as client:
            return [
                {answer(client, self.url(number), path)[1] for path in PATHS} for number in range(3)
            ]

    def close(self) -> None:
        for stack in self._stacks:
            stack.close()


def test_no_request_fails_and_no_answer_is_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if program() is None:
        pytest.skip("no S3 server is installed: make setup-dev")
    with ExitStack() as stack:
        s3 = stack.enter_context(s3_running(tmp_path / "s3"))
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        bucket, publisher = Bucket(ADDRESS), Store(tmp_path / "home")
        bucket.write("bucket", b"")  # the server makes the bucket with the first object

        def publish(bonus: float) -> str:
            name = small_snapshot(tmp_path, bonus).id
            push(bucket, publisher, Policy(keep=3, grace=3600.0))
            return name

        first = publish(0.0)
        servers = Servers(tmp_path, {"FRONTRUNNER_STORE_EVERY": "1s"})
        stack.callback(servers.close)
        urls = [servers.url(number) for number in range(3)]
        more = "attempt_timeout = 5\n"
        # The last one answers a third, and all that the others do not.
        with gateway_before(urls[2], urls[:2], more) as move:
            move.share(67)
            allowed = expected(servers, first)
            with load(move.url) as seen:
                enough(seen, REQUESTS // 4)
                servers.kill(0)
                enough(seen, REQUESTS // 2)
                second = publish(0.01)
                wait_for(lambda: servers.state(1) == servers.state(2) == second)
                took = servers.restart(0)
                allowed |= expected(servers, second)
                assert s3.process is not None
                s3.process.kill()
                enough(seen, REQUESTS)
            assert servers.all_serve(second)
    print(  # noqa: T201
        f"{seen.asked:,} requests, {len(seen.failed)} failed, {len(seen.answers)} kinds of answers,"
        f" an empty server ready after {took:.1f} s"
    )
    assert seen.failed == []
    assert set(seen.answers) == allowed
    assert len(allowed) > len(PATHS)  # the scores changed, the list of models did not


def expected(servers: Servers, name: str) -> set[Answer]:
    """The answers of a snapshot: the same from each of the servers."""
    wait_for(lambda: servers.all_serve(name))
    one, two, three = servers.answers()
    assert one == two == three
    return one


def enough(seen: Seen, number: int) -> None:
    """Wait until so many were asked, however slow the machine is; it must go on, though."""
    while seen.asked <= number:
        before = seen.asked
        wait_for(lambda before=before: seen.asked > before)  # type: ignore[misc]


def wait_for(holds: Callable[[], bool]) -> None:
    until(holds, lambda: "")
