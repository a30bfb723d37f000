"""Real servers that follow a store: from nothing, on news, and while the store is down."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from frontrunner.base.config import load_settings
from frontrunner.ops.store_check import examine_store
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.push import push
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.remote.conftest import POLICY
from tests.s3 import SECRET

PATHS = ("/v1/benchmarks/All/scores", "/", "/v1/snapshot", "/benchmark/All", "/v1/models")


class Serving:
    """A server that follows a store."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process = process
        self._said = said
        self.url = ""
        until(lambda: re.search(r"http://\S+", self.said()), self.said)
        self.url = re.findall(r"http://[^\s)]+", self.said())[0]

    def said(self) -> str:
        return self._said.read_text()

    def get(self, path: str) -> tuple[str, bytes]:
        # The same Host for all: pages name their own address.
        answer = httpx.get(self.url + path, headers={"host": "board"}, timeout=60)
        assert answer.status_code == 200, answer.text
        return str(answer.headers.get("etag")), answer.content

    def ready(self) -> dict[str, object]:
        return dict(json.loads(self.get("/ready")[1]))

    @property
    def snapshot(self) -> str:
        return str(json.loads(self.get("/v1/snapshot")[1])["id"])

    def metric(self, name: str) -> float | None:
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics")[1].decode(), re.MULTILINE)
        return float(found[1]) if found else None


def until(holds: Callable[[], object], said: Callable[[], str]) -> None:
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"it did not come to hold: {said()[-2000:]}")
        time.sleep(0.05)


def children_of(process: int) -> list[int]:
    """The processes that any thread of a process has started and that live."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(one) for thread in threads for one in thread.read_text().split()]


def command(home: Path, *options: str) -> list[str]:
    program = [sys.executable, "-m", "frontrunner", "serve", "--home", str(home), "--port", "0"]
    return [*program, *options]


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Serving]:
    """A server of `home`, until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    said = home.parent / f"{home.name}.said"
    environment = os.environ | {"FRONTRUNNER_STORE_EVERY": "1s"}
    with said.open("wb") as log:
        process = subprocess.Popen(command(home, *options), stderr=log, env=environment)
    try:
        yield Serving(process, said)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def published(folder: Path, bonus: float = 0.0) -> Store:
    small_snapshot(folder, bonus)
    return Store(folder / "home")


# One process of a server follows, whatever the store.
@pytest.mark.parametrize(("bucket", "workers"), [("file", "2"), ("s3", "1")], indirect=["bucket"])
def test_servers_follow_from_nothing_and_all_answer_the_same(
    bucket: Bucket, tmp_path: Path, workers: str
) -> None:
    publisher = published(tmp_path)
    push(bucket, publisher, POLICY)
    follow = ("--store", bucket.address, "--workers", workers)
    with (
        serving(tmp_path / "one", *follow) as one,
        serving(tmp_path / "two", *follow) as two,
        serving(publisher.home) as own,
    ):
        for path in PATHS:
            assert one.get(path) == two.get(path) == own.get(path)
        published(tmp_path, bonus=0.01)
        push(bucket, publisher, POLICY)
        name = publisher.current_id()
        for server in (one, two, own):
            # Each process takes it up by itself, and any of them answers.
            until(
                lambda server=server: {server.snapshot for _ in range(20)} == {name},  # type: ignore[misc]
                one.said,
            )
        for path in PATHS:
            assert one.get(path) == two.get(path) == own.get(path)
        assert one.metric("frontrunner_store_problem") == 0
        assert own.metric("frontrunner_store_problem") is None
        assert f"snapshot {name} came from {bucket.address}" in one.said()
        assert SECRET not in one.said()


def test_a_store_that_is_down_stops_nobody(tmp_path: Path) -> None:
    bucket = Bucket(f"file://{tmp_path / 'bucket'}")
    push(bucket, published(tmp_path), POLICY)
    home = tmp_path / "server"
    with serving(home, "--store", bucket.address) as server:
        before = server.get(PATHS[0])
        (tmp_path / "bucket").rename(tmp_path / "away")
        until(lambda: server.metric("frontrunner_store_problem") == 1, server.said)
        assert server.get(PATHS[0]) == before
        assert server.ready()["ready"] is True
        assert bucket.address in str(server.ready()["detail"])
    settings = load_settings(home, store={"follow": bucket.address})
    assert [(one.what, one.state) for one in examine_store(settings)] == [
        ("store (follow)", "wrong")
    ]
    # A server that starts meanwhile serves what the home has.
    with serving(home, "--store", bucket.address) as server:
        assert server.get(PATHS[0]) == before
        shutil.rmtree(tmp_path / "bucket", ignore_errors=True)
        (tmp_path / "away").rename(tmp_path / "bucket")
        until(lambda: server.metric("frontrunner_store_problem") == 0, server.said)
        assert server.ready()["detail"] == ""


def test_an_empty_home_without_a_store_says_so(tmp_path: Path) -> None:
    ran = subprocess.run(
        command(tmp_path / "home", "--store", "s3://bucket/board"),
        env=os.environ
        | {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ACCESS_KEY_ID": "key",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 11, ran.stderr
    assert "There is nothing to serve" in ran.stderr
    assert SECRET not in ran.stderr


def test_a_process_that_follows_and_dies_is_replaced(tmp_path: Path) -> None:
    bucket = Bucket(f"file://{tmp_path / 'bucket'}")
    publisher = published(tmp_path)
    push(bucket, publisher, POLICY)
    with serving(tmp_path / "server", "--store", bucket.address) as server:
        until(lambda: children_of(server.process.pid), server.said)
        for follower in children_of(server.process.pid):
            os.kill(follower, signal.SIGKILL)
        published(tmp_path, bonus=0.01)
        push(bucket, publisher, POLICY)
        until(lambda: server.snapshot == publisher.current_id(), server.said)
