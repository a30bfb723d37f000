"""Evidence from the lines that a real Envoy writes, for every way in which a board can fail."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import pytest

from frontrunner.takeover.evidence.collect import Analysis, Collector
from frontrunner.takeover.evidence.facts import Evidence
from tests.gateway.conftest import Running, _one_gateway, ask, gateway, until
from tests.takeover.evidence.lines import at_once

__all__ = ["_one_gateway", "gateway"]


class Counting:
    """A gateway whose users are counted, on a clock that a test turns."""

    def __init__(self, running: Running, folder: Path) -> None:
        self.running = running
        file = folder / "evidence.json"
        self.collector = Collector(running.control.place, file, elapsed=at_once)

    def begin(self, percent: float) -> None:
        """Set the share, and count what is asked from now on."""
        self.running.share(percent)
        self.flush()
        self.collector.follow(Analysis(share=round(percent * 100), window=600.0))
        self.collector.look()
        self.collector._kept.windows.begun = 0.0  # Envoy's threads follow: `flush` has seen it

    def flush(self) -> None:
        """Wait until Envoy has written what was asked before."""
        log = self.running.control.place.requests
        for _ in range(2):  # Envoy's threads write in turns
            mark = f"/mark-{secrets.token_hex(8)}"
            self.ask(mark, bucket=9_999)
            until(lambda: mark in log.read_text())  # noqa: B023 -- waited for here

    def ask(self, path: str, bucket: int, method: str = "GET", query: str = "") -> int:
        """One request of a visitor who has a bucket; its status."""
        headers = {"accept": "text/html", "cookie": f"frontrunner_bucket={bucket}"}
        return ask(method, f"{self.running.url}{path}{query}", headers=headers).status_code

    def evidence(self) -> Evidence:
        """All that was counted, with the open window."""
        self.flush()
        self.collector.look()
        self.collector._kept.windows.end_before(4e9)
        return self.collector._evidence(0.0, "")


@pytest.fixture
def counting(gateway: Running, tmp_path: Path) -> Counting:
    return Counting(gateway, tmp_path)


def test_units_and_distinct_buckets_by_side(counting: Counting) -> None:
    counting.begin(50)
    for bucket in range(4_990, 5_010):
        assert counting.ask("/x", bucket) == 200
        assert counting.ask("/y", bucket) == 200
    found = counting.evidence()
    assert (found.new.units, found.old.units) == (10, 11)  # and the visitor of the marks
    assert (found.new.failed, found.old.failed) == (0, 0)
    assert (found.split.new, found.split.old, found.split.wrong) == (10, 11, 0)


@pytest.mark.parametrize("mode", ["500", "reset", "hang", "garbage"])
def test_what_the_new_side_fails_is_its_failure_although_the_visitor_got_an_answer(
    counting: Counting, mode: str
) -> None:
    if mode == "hang":
        counting.running.hurry()
    counting.begin(50)
    counting.running.new.mode = mode
    assert counting.ask("/x", 1) == 200
    counting.running.new.mode = "ok"
    assert counting.ask("/x", 2) == 200
    found = counting.evidence()
    assert (found.new.units, found.new.failed) == (2, 1)
    assert (found.old.units, found.old.failed, found.split.wrong) == (1, 0, 0)


@pytest.mark.parametrize(("bucket", "side"), [(1, "new"), (6_000, "old")])
def test_a_write_that_fails_is_the_failure_of_the_side_that_was_asked(
    counting: Counting, bucket: int, side: str
) -> None:
    counting.begin(50)
    getattr(counting.running, side).mode = "500"
    assert counting.ask("/x", bucket, method="POST") == 500
    getattr(counting.running, side).mode = "ok"
    found = counting.evidence()
    assert {"new": found.new.failed, "old": found.old.failed} == {"new": 0, "old": 0, side: 1}


def test_a_side_that_refuses_connections_fails_all(counting: Counting) -> None:
    counting.begin(50)
    counting.running.new.refuse()
    try:
        for bucket in range(8):  # the last ones while it is left out
            assert counting.ask("/x", bucket) == 200
    finally:
        counting.running.new.listen_again()
    found = counting.evidence()
    assert (found.new.units, found.new.failed, found.old.failed) == (8, 8, 0)


def test_choices_owned_paths_and_the_gateways_own_pages_are_left_out(counting: Counting) -> None:
    counting.begin(50)
    for path, query in (("/x", "?board=old"), ("/__frontrunner/banner.css", ""), ("/config", "")):
        counting.ask(path, 1, query=query)
    counting.ask("/x", 1, method="POST", query="?board=old")
    found = counting.evidence()
    assert (found.new.units, found.split.new, found.split.wrong) == (0, 0, 0)
    assert found.old.unfollowed == 2  # the write of a visitor who chose, and the owned path


def test_a_client_that_went_away_is_no_failure(counting: Counting) -> None:
    counting.begin(50)
    counting.running.old.mode = "slow"
    with socket.create_connection(("127.0.0.1", counting.running.port)) as link:
        cookie = b"cookie: frontrunner_bucket=6000"
        link.sendall(b"GET /gone HTTP/1.1\r\nhost: x\r\n" + cookie + b"\r\n\r\n")
        until(lambda: any(one.target == "/gone" for one in counting.running.old.asked))
    counting.running.old.mode = "ok"
    log = counting.running.control.place.requests
    until(lambda: "/gone" in log.read_text())
    found = counting.evidence()
    assert (found.old.units, found.old.failed) == (2, 0)
