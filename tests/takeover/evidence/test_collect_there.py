"""Evidence of a gateway elsewhere: each row counts once, whatever happens to answers."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.base.errors import HubUnavailableError
from frontrunner.gateway.traffic_rows import Cursor, SideRow, Traffic, TrafficRow
from frontrunner.takeover.evidence.collect import Analysis
from frontrunner.takeover.evidence.collect_there import CollectorThere
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.evidence.windows import Windows
from tests.gateway.test_counting import Counted
from tests.takeover.evidence.lines import BEGIN, request

STEP = Analysis(begun=BEGIN, share=5000, window=60.0, old_code="a")


FATES = ("good", "lost", "kill", "twin")


class Wire:
    """What is between a collector and a gateway, and may lose answers."""

    def __init__(self, there: Counted) -> None:
        self.there = there
        self.is_lost = self.is_killed = False
        self.last: Traffic | None = None

    def ask(self, cursor: Cursor) -> Traffic | None:
        found = self.there.told(cursor)
        if self.is_lost:
            raise HubUnavailableError("no answer")
        self.last = found
        return found


def collector(wire: Wire, file: Path, analysis: Analysis = STEP) -> CollectorThere:
    found = CollectorThere(wire.ask, file, lambda: wire.there.now)
    found.follow(analysis)
    return found


def seen(found: Evidence) -> tuple[object, ...]:
    return found.old, found.new, found.failing, found.slowing, found.split, found.lost


def test_rows_give_the_evidence_that_the_lines_give(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    wire = Wire(there)
    here = collector(wire, tmp_path / "evidence.json")
    here.look()  # from now on, and a second later
    dice, lines = random.Random(1), Windows(share=5000, seconds=60.0, begun=BEGIN + 1)
    for second in range(2, 900):
        one = request(
            second, dice.randrange(10_000), ms=dice.choice([20, 400]),
            status=dice.choice([200, 200, 500]),
        )  # fmt: skip
        lines.add(one)
        there.at(second + 1).write(one)
        if not second % 7:
            here.look()
            lines.end_before(there.now)
    found = here.look()
    lines.end_before(there.at(1000).now)
    found = here.look()
    assert (found.old, found.new) == (lines.old.counts(), lines.new.counts())
    assert found.new.failed > 50
    assert (found.failing, found.slowing) == (lines.failing, lines.slowing)
    assert (found.split, found.slow_over_ms) == (lines.split(), lines.slow_over_ms)
    assert found.problem == ""


@given(
    st.integers(0, 10_000),
    st.lists(st.sampled_from(["good", "lost", "kill", "twin"]), max_size=40),
)
@settings(max_examples=25, deadline=None)
def test_lost_and_doubled_answers_and_kills_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int, fates: list[str]
) -> None:
    """Against a collector whose every answer arrives."""
    dice, folder = random.Random(seed), tmp_path_factory.mktemp("there")
    there = Counted(folder)
    calm, wild = Wire(there), Wire(there)
    one, other = (collector(wire, folder / name) for wire, name in ((calm, "1"), (wild, "2")))
    one.look(), other.look()
    for number, fate in enumerate([*fates, "good"]):
        begun = 10 + 40 * number
        there.at(begun + 20).write(
            *(request(begun + i, dice.randrange(0, 10_000, 50), status=dice.choice([200, 500]))
              for i in range(10))
        )  # fmt: skip
        wild.is_lost = fate == "lost"
        one.look(), other.look()
        if fate == "kill":
            other = collector(wild, folder / "2")
        if fate == "twin" and wild.last is not None:
            other._count(wild.last)
    there.at(10_000)
    wild.is_lost = False
    assert seen(one.look()) == seen(other.look())
    assert one.look().problem == ""


def utc(seconds: float) -> str:
    """A time of the tests as it is said."""
    return f"{datetime.fromtimestamp(BEGIN + seconds, UTC):%Y-%m-%d %H:%M:%S}"


def test_a_container_that_is_started_anew_counts_on(tmp_path: Path) -> None:
    """Its rows begin with 1 again, and are of another epoch."""
    there = Counted(tmp_path)
    wire = Wire(there)
    here = collector(wire, tmp_path / "evidence.json")
    here.look()
    there.at(30).write(request(5, 1), request(6, 6000))
    assert here.look().new.units == 0
    there.at(63)
    assert here.look().new.units == 1
    (tmp_path / "next").mkdir()
    wire.there = Counted(tmp_path / "next").at(70)
    wire.there.share, wire.there.generation = 0, 2
    wire.there.look()
    wire.there.at(80).write(request(75, 7, 0))  # on the old board, as long as the share is 0
    wire.there.set_share(5000)
    wire.there.at(110).write(request(100, 1), request(101, 7000))
    wire.there.at(200)
    found = here.look()
    assert (found.new.units, found.old.units, found.split.wrong) == (2, 2, 0)
    assert seen(here.look()) == seen(found)
    # What the first one counted after its last answer is gone, and is said to be.
    assert found.unknown == (
        f"The gateway's container restarted once between {utc(63)} and {utc(200)} UTC. "
        "Counts of the previous container that were not delivered are lost."
    )
    assert collector(wire, tmp_path / "evidence.json").look().unknown == found.unknown
    here.follow(msgspec.structs.replace(STEP, share=2500))
    assert here.look().unknown == ""


def test_a_new_step_does_not_count_what_was_before(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    wire = Wire(there)
    here = collector(wire, tmp_path / "evidence.json")
    there.at(30).write(request(5, 1, status=500))
    there.at(65)
    here.follow(msgspec.structs.replace(STEP, begun=BEGIN + 65))  # new code, at the same share
    here.look()
    there.at(80).write(request(65.5, 2, status=500), request(70, 3))
    there.at(200)
    found = here.look()
    assert (found.new.units, found.new.failed) == (1, 0)


def test_the_old_sides_time_is_kept_for_the_next_step(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    here = collector(Wire(there), tmp_path / "evidence.json")
    here.look()
    there.at(50).write(*(request(5, 5000 + one, ms=300) for one in range(250)))
    there.at(70)
    assert here.look().slow_over_ms == 300
    here.follow(msgspec.structs.replace(STEP, share=2500))
    assert here.look().slow_over_ms == 300
    here.follow(msgspec.structs.replace(STEP, old_code="b"))
    assert here.look().slow_over_ms is None


def row(number: int) -> TrafficRow:
    units = {1: (0, 5.0)}
    side = SideRow(units=units)
    at = BEGIN + 60 * number
    return TrafficRow(
        number=number, generation=1, share=5000, at=at, old=SideRow(), new=side, read=1
    )


def test_rows_that_the_gateway_dropped_are_named(tmp_path: Path) -> None:
    answers = [
        Traffic(epoch="a", at=BEGIN, last=0),
        Traffic(epoch="a", at=BEGIN + 200, last=2, rows=(row(1), row(2))),
        Traffic(epoch="a", at=BEGIN + 900, last=9, rows=(row(8), row(9))),
    ]
    here = CollectorThere(lambda cursor: answers.pop(0), tmp_path / "file", lambda: BEGIN)
    here.follow(STEP)
    here.look()
    assert here.look().new.units == 2
    found = here.look()
    assert found.new.units == 2  # 8 and 9
    assert "dropped" in found.lost


def test_a_container_that_answers_once_more_counts_once(tmp_path: Path) -> None:
    """As the old one may while the next one starts."""
    later = msgspec.structs.replace(row(30), number=1)
    old = Traffic(epoch="a", at=BEGIN + 1900, last=2, rows=(row(1), row(2)))
    new = Traffic(epoch="b", at=BEGIN + 1900, last=1, rows=(later,))
    answers = [msgspec.structs.replace(old, at=BEGIN, last=0, rows=()), old, new, old, new, old]
    here = CollectorThere(lambda cursor: answers.pop(0), tmp_path / "file", lambda: BEGIN)
    here.follow(STEP)
    found = [here.look().new.units for _ in range(6)]
    assert found == [0, 2, 3, 3, 3, 3]


def test_a_file_of_an_earlier_version_names_no_time_of_1970(tmp_path: Path) -> None:
    """It has no time of the last answer: the counts are missing at most since they began."""
    file = tmp_path / "evidence.json"
    answers = [Traffic(epoch="a", at=BEGIN + 50, last=0), Traffic(epoch="b", at=BEGIN + 90, last=0)]

    def here() -> CollectorThere:
        found = CollectorThere(lambda cursor: answers.pop(0), file, lambda: BEGIN)
        found.follow(STEP)
        return found

    here().look()
    kept = msgspec.json.decode(file.read_bytes())
    del kept["told_at"]
    file.write_bytes(msgspec.json.encode(kept))
    assert f"between {utc(0)} and {utc(90)} UTC" in here().look().unknown


def test_what_cannot_be_asked_is_a_problem_and_no_pass(tmp_path: Path) -> None:
    there = Counted(tmp_path)
    wire = Wire(there)
    here = collector(wire, tmp_path / "file")
    wire.is_lost = True
    assert "no answer" in here.look().problem
    assert "No gateway" in CollectorThere(lambda cursor: None, tmp_path / "x").look().problem
    endless = Traffic(epoch="a", at=BEGIN, last=5)
    found = CollectorThere(lambda cursor: endless, tmp_path / "y").look()
    assert "more than" in found.problem


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    there = Counted(tmp_path).at(500)
    here = collector(Wire(there), tmp_path / "none")
    assert "did not exist" in here.look().lost
