"""What a gateway counts of its own traffic: rows that never change, of one share each."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.gateway import counting
from frontrunner.gateway.counting import Counting
from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.traffic_rows import MOST_TRAFFIC, Cursor, Traffic
from tests.takeover.evidence.lines import BEGIN, encoded, request


class Counted:
    """A gateway with a clock of its own, and its log."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "requests.log"
        self.log.write_bytes(b"")
        self.now = BEGIN
        self.counting = Counting(self.log, 60.0, lambda: self.now, lambda: self.now)
        self.generation, self.share = 1, 5000
        self.look()

    def look(self) -> None:
        self.counting.look(self.generation, self.share)

    def set_share(self, share: int) -> None:
        self.look()
        self.generation, self.share = self.generation + 1, share
        self.look()

    def write(self, *lines: RequestLine) -> None:
        with self.log.open("ab") as file:
            file.write(encoded(*lines))

    def at(self, seconds: float) -> Counted:
        self.now = BEGIN + seconds
        return self

    def told(self, cursor: Cursor | None = None) -> Traffic:
        self.look()
        return msgspec.json.decode(self.counting.after(cursor or Cursor()), type=Traffic)


def test_a_row_has_each_bucket_once_and_begins_when_its_window_did(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    there.at(60).write(
        request(5, 1), request(6, 1, status=500), request(7, 6000, ms=30), request(8, 2, choice="x")
    )
    assert there.told().rows == ()  # a window counts once it has ended
    (row,) = there.at(63).told().rows
    assert (row.number, row.share, row.at, row.read) == (1, 5000, BEGIN, 4)
    assert row.new.units == {1: (2 * 21 + 1, 5.0)}
    assert row.old.units == {6000: (2 * 31, 7.0)}
    assert (row.new.unfollowed, row.wrong) == (1, 0)


def test_rows_are_told_again_until_they_were_stored(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    for minute in range(4):
        there.at(60 * minute + 59).write(request(60 * minute + 5, 1))
    first = there.at(300).told()
    assert [row.number for row in first.rows] == [1, 2, 3, 4]
    assert there.told().rows == first.rows
    rest = there.told(Cursor(first.epoch, 3))
    assert ([row.number for row in rest.rows], rest.last) == ([4], 4)
    assert there.told(Cursor(first.epoch, 4)).rows == ()
    assert len(there.told(Cursor("another", 4)).rows) == 4


def test_requests_near_a_change_of_the_share_count_for_neither(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    there.at(20).write(request(10, 1))
    there.set_share(2500)
    there.at(30).write(
        request(19, 3000, ms=9000),  # began at the share of before, and ended now
        request(20.5, 3000, 10_000),  # Envoy's threads may still follow the old routes
        request(25, 1),
    )
    rows = there.at(200).told().rows
    assert [(row.share, row.generation, row.wrong) for row in rows] == [(5000, 1, 0), (2500, 2, 0)]
    assert [set(row.new.units) for row in rows] == [{1}, {1}]
    assert [row.at for row in rows] == [BEGIN, BEGIN]


def test_a_request_that_began_long_before_its_window_says_so(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    there.at(130).write(request(50, 1, ms=75_000), request(121, 2))
    (row,) = there.at(190).told().rows
    assert row.new.units[1][1] == -70


def test_answers_are_bounded_and_nothing_is_left_out(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    lines = [request(60 * minute + 5, bucket) for minute in range(3) for bucket in range(9_999)]
    there.at(190).write(*lines)
    there.look()
    there.at(300)
    cursor, seen = Cursor(), 0
    while seen < 3:
        body = there.counting.after(cursor)
        assert len(body) < MOST_TRAFFIC
        answer = msgspec.json.decode(body, type=Traffic)
        seen += len(answer.rows)
        there.look()
        cursor = Cursor(answer.epoch, answer.rows[-1].number) if answer.rows else cursor
    assert cursor.number == 3


def test_what_nobody_asks_for_is_dropped_with_its_numbers(tmp_path: Path) -> None:
    there, most = Counted(tmp_path), counting._MOST_KEPT
    counting._MOST_KEPT = 1000
    try:
        for minute in range(50):
            there.at(60 * minute + 30).write(request(60 * minute + 5, 1))
            there.look()
        told = there.at(4000).told()
    finally:
        counting._MOST_KEPT = most
    assert told.rows[0].number > 1
    assert [one.number for one in told.rows] == list(range(told.rows[0].number, 51))


def test_a_log_that_is_gone_begins_another_epoch(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    there.at(30).write(request(5, 1))
    before = there.at(100).told()
    there.log.unlink()
    there.log.write_bytes(encoded(request(101, 2)) * 3)
    there.look()
    after = there.at(300).told()
    assert after.epoch != before.epoch


def test_lines_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    with there.log.open("ab") as file:
        file.write(b"{\n\xff\n")
    there.at(30).write(request(5, 1))
    (row,) = there.at(100).told().rows
    assert (row.read, row.unread) == (3, 2)
