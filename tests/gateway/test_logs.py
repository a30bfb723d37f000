"""Logs: read as they grow, across rotations, whatever is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.gateway.counts import Counts
from frontrunner.gateway.logs import AttemptLine, RequestLine, Tail, rotate


class Reopens:
    """An Envoy that opens its logs anew when told to."""

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, path.open("ab")

    def write(self, text: str) -> None:
        self.file.write(text.encode())
        self.file.flush()

    def post(self, path: str) -> bytes:
        assert path == "/reopen_logs"
        self.write('{"path": "/late"}\n')  # what it still had in memory
        self.file.close()
        self.file = self.path.open("ab")
        return b""


def test_no_line_is_lost_or_read_twice_across_rotations(tmp_path: Path) -> None:
    log = tmp_path / "requests.log"
    envoy, tail = Reopens(log), Tail(log, from_start=True)
    seen: list[str | None] = []
    for number in range(30):
        envoy.write(f'{{"path": "/{number}"}}\n{{"path": "/half')
        seen += [line.path for line in tail.decoded(RequestLine)]
        envoy.write('"}\n')
        if number % 7 == 6:
            rotate([log], envoy, limit=10)  # type: ignore[arg-type]
    seen += [line.path for line in tail.decoded(RequestLine)]
    seen += [line.path for line in tail.decoded(RequestLine)]
    tail.close()
    envoy.file.close()
    assert [one for one in seen if one not in ("/half", "/late")] == [f"/{n}" for n in range(30)]
    assert seen.count("/half") == 30
    assert seen.count("/late") == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "requests.log", "requests.log.1", "requests.log.2", "requests.log.3",
    ]  # fmt: skip


def test_what_envoy_did_not_reopen_is_asked_for_again(tmp_path: Path) -> None:
    """Its answer was lost after the log was moved: it would write to the moved file for ever."""
    log = tmp_path / "requests.log"
    asked: list[str] = []
    log.write_bytes(b"x" * 20)

    class Envoy:
        def post(self, path: str) -> bytes:
            asked.append(path)
            if len(asked) == 1:
                raise GatewayError("Envoy does not answer.")
            log.touch()
            return b""

    envoy: Any = Envoy()
    with pytest.raises(GatewayError):
        rotate([log], envoy, limit=10)
    for _ in range(3):
        assert rotate([log], envoy, limit=10) == []
    assert asked == ["/reopen_logs"] * 2


def test_small_logs_are_left(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert rotate([tmp_path / "a", tmp_path / "none"], None, limit=10) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["{", "[]", '{"status": "x"}', "\xff", '{"status": 1e99}', "null"])
def test_a_line_that_cannot_be_read_is_counted(tmp_path: Path, line: str) -> None:
    log = tmp_path / "log"
    log.write_bytes(line.encode("latin-1") + b'\n{"status": 200}\n')
    tail = Tail(log, from_start=True)
    assert [one.status for one in tail.decoded(RequestLine)] == [200]
    assert tail.unreadable == 1
    tail.close()


def test_a_log_that_begins_later_is_read_from_its_start(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "log")
    assert list(tail.lines()) == []
    (tmp_path / "log").write_bytes(b"{}\n")
    assert list(tail.lines()) == [b"{}"]
    tail.close()


def test_a_log_that_was_there_is_read_from_its_end(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"{}\n")
    tail = Tail(tmp_path / "log")
    assert list(tail.lines()) == []
    tail.close()


@pytest.mark.parametrize(
    ("line", "failed"),
    [
        (AttemptLine(status=200), False),
        (AttemptLine(status=404), False),
        (AttemptLine(status=500), True),
        (AttemptLine(status=0, flags="UC"), True),
        (AttemptLine(status=None, flags="UT"), True),
        (AttemptLine(status=0, flags="DC"), False),
        (AttemptLine(status=503, flags="UF,URX"), True),
    ],
)
def test_what_counts_as_a_failed_attempt(line: AttemptLine, failed: bool) -> None:
    assert line.failed is failed


def test_counts_by_side() -> None:
    counts = Counts()
    for line in (
        RequestLine(route="new.safe", side="new", status=200, ms=5),
        RequestLine(route="new.safe", side="old", status=200, attempts=2),
        RequestLine(route="new.other", side="new", status=503),
        RequestLine(route="old.page", side="old", status=0, flags="DC"),
        RequestLine(route="old.page", side=None, status=503, flags="UH"),
        RequestLine(route="own.style", status=200),
        RequestLine(route=None, status=400),
    ):
        counts.request(line)
    for attempt in (
        AttemptLine(side="new", status=200),
        AttemptLine(side="new", status=0, flags="UC"),
        AttemptLine(side="old", status=200),
        AttemptLine(side=None, status=0),
    ):
        counts.attempt(attempt)
    totals = counts.totals()
    assert totals.requests == {"new": 3, "old": 2, "own": 2}
    assert totals.attempts == {"new": 2, "old": 1}
    assert totals.failures == {"new": 1, "old": 0}
    assert (totals.fallbacks, totals.failed) == (1, 2)


@pytest.mark.parametrize(
    ("status", "flags", "failed"),
    [
        (200, "-", False),
        (404, None, False),
        (200, "UT", False),  # slow, but the first to answer
        (500, "-", True),
        (0, "UF", True),
        (0, "UT,UC", True),
        (0, "UPE", True),
        (0, "DC", False),
        (503, "DC", False),
        (0, "DR", False),
        (0, "-", False),  # given up, since the other board answered first
        (None, None, False),
    ],
)
def test_which_attempts_a_board_failed(status: int | None, flags: str | None, failed: bool) -> None:
    assert AttemptLine(status=status, flags=flags).failed is failed


@pytest.mark.parametrize(
    ("flags", "gone"), [(None, False), ("-", False), ("UC", False), ("DC", True), ("UT,DR", True)]
)
def test_a_client_that_went_away(flags: str | None, gone: bool) -> None:
    assert RequestLine(flags=flags).gone is gone
