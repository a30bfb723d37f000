"""The collector: evidence from the log of requests, kept across kills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.gate_settings import ShareGate
from frontrunner.gateway.log_position import LogReader
from frontrunner.takeover.evidence import collect
from frontrunner.takeover.evidence.collect import Collector
from frontrunner.takeover.evidence.facts import SideCounts
from frontrunner.takeover.gates.look import look
from tests.takeover.evidence.lines import BEGIN, at_once, request
from tests.takeover.evidence.world import World


def test_counts_are_those_of_the_analysis(world: World) -> None:
    world.log(request(-5, 1, status=500))
    collector = world.begun()
    world.log(request(2, 1), request(2, 2, status=500), request(3, 6000))
    world.now = BEGIN + 100
    found = collector.look()
    assert (found.at, found.since, found.lost) == (BEGIN + 100, BEGIN, "")
    assert (found.new.units, found.new.failed, found.old.units) == (2, 1, 1)
    assert (found.split.new, found.split.old, found.split.share, found.visitors) == (2, 1, 5000, 2)
    assert found.problem == ""
    collector.follow(world.analysis())
    assert collector.look() == found
    collector.follow(world.analysis(begun=BEGIN + 90))  # such as new code
    found = collector.look()
    assert (found.new, found.split.new, found.since) == (SideCounts(), 0, BEGIN + 100)


@pytest.mark.parametrize(
    "changed", [{"share": 100}, {"window": 30.0}, {"old_code": "x"}, {"begun": BEGIN + 1}]
)
def test_another_analysis_begins_anew(world: World, changed: dict[str, Any]) -> None:
    collector = world.begun()
    world.log(request(2, 1))
    world.now = BEGIN + 100
    assert collector.look().new.units == 1
    for one in (collector, world.start()):
        one.follow(msgspec.structs.replace(world.analysis(), **changed))
        found = one.look()
        assert (found.new.units, found.split.new, found.lost) == (0, 0, "")


def test_a_kill_at_any_look_changes_nothing(world: World) -> None:
    """The counts of one collector, and of one that is killed and started before every look."""
    steady, killed = world.begun(), world.file.with_name("other.json")
    killed.write_bytes(world.file.read_bytes())
    for minute in range(1, 8):
        world.now = BEGIN + 60 * minute
        world.log(*(
            request(60 * minute - 50 + n, 1000 * n, status=500 if n == minute else 200)
            for n in range(10)
        ))  # fmt: skip
        expected = steady.look()
        started = Collector(world.place, killed, clock=lambda: world.now, elapsed=at_once)
        started.follow(world.analysis())
        assert started.look() == expected
    assert expected.failing.stretches > 2


def test_a_controller_that_ran_for_long_leaves_counts_that_the_next_one_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = world.begun()
    monkeypatch.setattr(collect, "_UNDER_WAY", -1.0)
    world.log(request(2, 1))
    world.now = BEGIN + 400
    expected = collector.look()
    assert expected.new.units == 1
    started = world.start()
    started.follow(world.analysis())
    assert (started.look(), started._kept.lost) == (expected, "")


def test_a_controller_that_stood_by_goes_on_with_the_counts_of_the_other(world: World) -> None:
    standing_by, leader = world.start(), world.begun()
    for second, bucket in ((2, 1), (70, 2), (130, 3)):
        world.log(request(second, bucket))
        world.now = BEGIN + second + 60
        leader.look()
    leader.follow(world.analysis(2500))
    leader.look()
    world.log(request(200, 4, 2500))
    world.now = BEGIN + 300
    expected = leader.look()
    world.place.requests.unlink()  # nothing is left to count anew
    world.log(request(299, 5, 2500))
    leader.follow(world.analysis(2500))
    standing_by.follow(world.analysis(2500))
    assert expected.new.units == 1
    assert standing_by._kept == leader._kept


def test_requests_that_were_under_way_as_the_share_changed_are_not_counted(world: World) -> None:
    collector = world.begun(0)
    world.now = BEGIN + 100
    collector.follow(world.analysis(5000, begun=BEGIN + 100))
    collector.look()
    world.log(request(99, 1, 0, ms=3000), request(100.5, 2, 0), request(102, 3, 5000))
    world.now += 60
    found = collector.look()
    assert (found.split.new, found.split.old, found.split.wrong) == (1, 0, 0)


def test_a_look_without_new_lines_writes_nothing(world: World) -> None:
    collector = world.begun()
    stamp = world.file.stat().st_ino
    collector.look()
    assert world.file.stat().st_ino == stamp
    world.log(request(2, 1))
    collector.look()
    assert world.file.stat().st_ino != stamp


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "did not exist"),
        (b"", "could not be read"),
        (b"{}", "could not be read"),
        (b'{"since": 1', "could not be read"),
    ],
)
def test_a_lost_checkpoint_begins_anew_and_says_so(
    world: World, content: bytes | None, why: str
) -> None:
    collector = world.begun()
    world.log(request(2, 1))
    collector.look()
    if content is None:
        world.file.unlink()
    else:
        world.file.write_bytes(content)
    world.now = BEGIN + 100
    found = world.begun().look()
    assert why in found.lost
    assert (found.new.units, found.split.new, found.split.share) == (0, 0, 5000)
    [share] = look([ShareGate(name="share")], found)
    assert "Earlier counts were lost: evidence.json" in share.text
    assert why in world.begun().look().lost  # it goes on being said


def test_a_log_that_was_removed_unread_begins_anew(world: World) -> None:
    collector = world.begun()
    world.log(request(2, 1))
    world.now = BEGIN + 100
    assert collector.look().new.units == 1
    world.place.requests.unlink()
    world.log(request(103, 2))
    found = collector.look()
    assert "removed before it was read" in found.lost
    assert (found.new.units, found.split.share) == (0, 5000)
    world.log(request(150, 2))
    world.now = BEGIN + 300
    assert collector.look().new.units == 1


def test_the_p95_is_kept_for_the_next_step_and_forgotten_with_the_old_sides_code(
    world: World,
) -> None:
    collector = world.begun(0)
    world.log(*(request(2 + n / 10, n, 0, ms=300) for n in range(150)))
    world.now = BEGIN + 100
    assert collector.look().slow_over_ms is None
    collector.follow(world.analysis(100))
    collector.look()
    world.log(*(request(102 + n / 10, 5000 + n, 100, ms=300) for n in range(50)))
    world.now = BEGIN + 200
    assert collector.look().slow_over_ms == 300
    for code in (None, "one", "one", None, "one"):
        collector.follow(world.analysis(500, old_code=code))
        assert collector.look().slow_over_ms == 300
    assert world.start().look().slow_over_ms == 300
    collector.follow(world.analysis(10_000, old_code="two"))
    assert collector.look().slow_over_ms == 300, "no page of the old side would give it again"
    collector.follow(world.analysis(500, old_code="three"))
    assert collector.look().slow_over_ms is None


def test_lines_that_cannot_be_read_are_counted_and_in_numbers_a_problem(world: World) -> None:
    collector = world.begun()
    world.log(*(request(2, n) for n in range(200)))
    with world.place.requests.open("ab") as file:
        file.write(b'{"half\n\xff\xff\n')
    found = collector.look()
    assert (found.unread, found.problem) == (2, "")
    with world.place.requests.open("ab") as file:
        file.write(b"no json\n" * 3)
    found = collector.look()
    assert found.unread == 5
    assert "5 lines" in found.problem


def test_a_log_that_cannot_be_read_is_a_problem_until_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = world.begun()
    world.log(request(2, 1))
    real = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path == world.place.requests:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert "requests.log: Permission denied" in collector.look().problem
    monkeypatch.setattr(Path, "open", real)
    world.now = BEGIN + 100
    found = collector.look()
    assert (found.problem, found.new.units) == ("", 1)


def test_a_full_disk_is_a_problem_and_loses_no_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = world.begun()
    world.log(request(2, 1))
    world.now = BEGIN + 100

    def full(path: Path, content: bytes, *, mode: int = 0) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(collect, "write_file", full)
    found = collector.look()
    assert found.new.units == 1
    assert "No space left" in found.problem
    collector.follow(world.analysis(10_000))  # a step that is not stored, and then a kill
    assert "No space left" in collector.look().problem
    monkeypatch.undo()
    started = world.begun()
    assert started.look().new.units == 1  # of the old file, read on from its position
    started.follow(world.analysis(10_000))
    assert started.look().new.units == 0


def test_a_long_log_is_read_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = world.begun()
    lines = [request(2, n) for n in range(5000)]
    world.log(*lines)
    world.now = BEGIN + 100
    real = LogReader.lines
    monkeypatch.setattr(LogReader, "lines", lambda reader: real(reader, most=1))
    monkeypatch.setattr("frontrunner.gateway.log_position._AT_ONCE", 100_000)
    found = collector.look()
    assert "not been read to its end" in found.problem
    assert found.new.units == 0  # its window is not over as far as the log was read
    for _ in range(20):
        found = collector.look()
        if not found.problem:
            break
    assert (found.problem, found.new.units) == ("", 5000)


def test_a_clock_that_was_set_back_hides_requests_for_two_minutes_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = world.begun()
    monkeypatch.setattr(collect, "SETTLED", 0.0)
    world.now = BEGIN - 3000
    world.log(request(-3010, 1), request(-3005, 1))
    assert collector.look().split.new == 0
    monkeypatch.setattr(collect, "_UNDER_WAY", -1.0)
    world.log(request(-2900, 1))
    world.now = BEGIN - 2700
    found = collector.look()
    assert (found.split.new, found.new.units) == (1, 1)


def test_a_clock_that_was_set_back_as_a_step_began_counts_nothing_of_the_step_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests that followed the old share were taken for a wrong split."""
    monkeypatch.setattr(collect, "SETTLED", 1000.0)  # the step has only begun
    collector = world.begun()
    world.log(request(0.5, 1))
    world.now = BEGIN - 3600
    assert collector.look().split.new == 0
    world.log(request(0.6, 1))
    assert collector.look().split.new == 0
    monkeypatch.setattr(collect, "SETTLED", 0.0)
    collector.look()
    world.log(request(3, 2))
    world.now += 60
    assert collector.look().split.new == 1


def test_a_clock_that_was_set_back_hides_nothing_for_long_however_often_controllers_end(
    world: World,
) -> None:
    """Each controller that starts waits two minutes, so kills would hide requests for ever."""
    world.begun()
    world.now = BEGIN - 3000
    for turn in range(3):
        world.start().look()
        world.log(request(-2990 + turn, 1))
    world.now += 60
    assert world.start().look().split.new == 1
