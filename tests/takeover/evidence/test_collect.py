"""The collector: evidence from the log of requests, kept across kills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.gateway.logs import RequestLine
from frontrunner.gateway.render import Place
from frontrunner.gateway.shadow.tally import RouteTally, Tally, write_tally
from frontrunner.takeover.evidence import collect
from frontrunner.takeover.evidence.collect import Collector
from frontrunner.takeover.evidence.facts import Evidence, RouteShadows, Shadows
from frontrunner.takeover.evidence.log_position import LogReader
from tests.takeover.evidence.lines import BEGIN, encoded, request


class World:
    """A log that grows, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder / "gateway")
        self.place.folder.mkdir()
        self.file = folder / "takeover" / "evidence.json"
        self.now = BEGIN

    def start(self, **options: Any) -> Collector:
        """A controller that was started, or started again."""
        given: dict[str, Any] = {"window": 60.0, "clock": lambda: self.now} | options
        return Collector(self.place, self.file, **given)

    def log(self, *lines: RequestLine) -> None:
        with self.place.requests.open("ab") as file:
            file.write(encoded(*lines))

    def shadows(self, since: float = 5.0, **routes: RouteTally) -> None:
        write_tally(self.place.folder / "shadow.json", Tally(since=since, routes=routes, errors=2))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def without_time(evidence: Evidence) -> Evidence:
    return msgspec.structs.replace(evidence, at=0.0)


def test_counts_are_those_since_the_restart(world: World) -> None:
    world.log(request(-5, 1, status=500))
    collector = world.start()
    collector.restart("The step 50 % began.", 5000)
    world.log(request(2, 1), request(2, 2, status=500), request(3, 6000))
    world.now = BEGIN + 100
    found = collector.look()
    assert (found.at, found.since, found.why) == (BEGIN + 100, BEGIN, "The step 50 % began.")
    assert (found.new.units, found.new.failed, found.old.units) == (2, 1, 1)
    assert (found.split.new, found.split.old, found.split.share, found.visitors) == (2, 1, 5000, 2)
    assert found.problem == ""
    collector.restart("New code.", 5000)
    found = collector.look()
    assert (found.new, found.split.new, found.why) == (type(found.new)(), 0, "New code.")


def test_a_kill_at_any_look_changes_nothing(world: World) -> None:
    """The counts of one collector, and of one that is killed and started before every look."""
    world.start().restart("Begun.", 5000)
    steady, killed = world.start(), world.file.with_name("other.json")
    killed.write_bytes(world.file.read_bytes())
    for minute in range(1, 8):
        world.now = BEGIN + 60 * minute
        world.log(*(
            request(60 * minute - 50 + n, 1000 * n, status=500 if n == minute else 200)
            for n in range(10)
        ))  # fmt: skip
        expected = steady.look()
        found = Collector(world.place, killed, 60.0, clock=lambda: world.now).look()
        assert found == expected
    assert expected.failing.stretches > 2


def test_a_look_without_new_lines_writes_nothing(world: World) -> None:
    collector = world.start()
    collector.restart("Begun.", 5000)
    stamp = world.file.stat().st_ino
    collector.look()
    assert world.file.stat().st_ino == stamp
    world.log(request(2, 1))
    collector.look()
    assert world.file.stat().st_ino != stamp


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "Nothing was counted before."),
        (b"", "could not be read"),
        (b"{}", "could not be read"),
        (b'{"since": 1', "could not be read"),
    ],
)
def test_a_lost_checkpoint_begins_anew_and_says_so(
    world: World, content: bytes | None, why: str
) -> None:
    collector = world.start()
    collector.restart("Begun.", 5000)
    world.log(request(2, 1))
    collector.look()
    if content is None:
        world.file.unlink()
    else:
        world.file.write_bytes(content)
    found = world.start().look()
    assert why in found.why
    assert found.new.units == found.split.new == found.split.share == 0


def test_another_window_begins_anew(world: World) -> None:
    world.start().restart("Begun.", 5000)
    assert world.start(window=30.0).look().why == "A window is 30 s now and was 60 s."
    assert world.start(window=60.0).look().why == "Begun."


def test_a_log_that_was_removed_unread_begins_anew(world: World) -> None:
    collector = world.start()
    collector.restart("Begun.", 5000)
    world.log(request(2, 1))
    world.now = BEGIN + 100
    assert collector.look().new.units == 1
    world.place.requests.unlink()
    world.log(request(103, 2))
    found = collector.look()
    assert "removed before it was read" in found.why
    assert (found.new.units, found.split.share) == (0, 5000)
    world.log(request(150, 2))
    world.now = BEGIN + 300
    assert collector.look().new.units == 1


def test_the_p95_is_kept_for_the_next_step_and_forgotten_with_the_old_sides_code(
    world: World,
) -> None:
    collector = world.start()
    collector.restart("Begun.", 0)
    world.log(*(request(2 + n / 10, n, 0, ms=300) for n in range(150)))
    world.now = BEGIN + 100
    assert collector.look().slow_over_ms is None
    collector.restart("Next stage.", 100)
    world.log(*(request(102 + n / 10, 5000 + n, 100, ms=300) for n in range(50)))
    world.now = BEGIN + 200
    assert collector.look().slow_over_ms == 300
    collector.restart("Next step.", 500)
    assert collector.look().slow_over_ms == 300
    assert world.start().look().slow_over_ms == 300
    collector.restart("New code of the old board.", 500, new_old_side=True)
    assert collector.look().slow_over_ms is None


def test_lines_that_cannot_be_read_are_counted_and_in_numbers_a_problem(world: World) -> None:
    collector = world.start()
    collector.restart("Begun.", 5000)
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
    collector = world.start()
    collector.restart("Begun.", 5000)
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
    collector = world.start()
    collector.restart("Begun.", 5000)
    world.log(request(2, 1))
    world.now = BEGIN + 100

    def full(path: Path, content: bytes, *, mode: int = 0) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(collect, "write_file", full)
    found = collector.look()
    assert found.new.units == 1
    assert "No space left" in found.problem
    with pytest.raises(OSError, match="No space left"):
        collector.restart("Next step.", 10_000)
    monkeypatch.undo()
    assert world.start().look().new.units == 1  # of the old file, read on from its position


def test_a_long_log_is_read_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = world.start()
    collector.restart("Begun.", 5000)
    lines = [request(2, n) for n in range(5000)]
    world.log(*lines)
    world.now = BEGIN + 100
    real = LogReader.lines
    monkeypatch.setattr(LogReader, "lines", lambda reader: real(reader, most=1))
    monkeypatch.setattr("frontrunner.takeover.evidence.log_position._AT_ONCE", 100_000)
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
    collector = world.start()
    collector.restart("Begun.", 5000)
    world.now = BEGIN - 3000
    world.log(request(-3010, 1), request(-3005, 1))
    assert collector.look().split.new == 0
    monkeypatch.setattr(collect, "_UNDER_WAY", -1.0)
    world.log(request(-2900, 1))
    world.now = BEGIN - 2700
    found = collector.look()
    assert (found.split.new, found.new.units) == (1, 1)


# --- shadows and complaints -----------------------------------------------------------------------


def test_shadows_are_those_since_the_restart(world: World) -> None:
    collector = world.start()
    assert collector.look().shadows is None
    world.shadows(a=RouteTally(same=10, different=1))
    collector.restart("Begun.", 0)
    assert collector.look().shadows == Shadows()
    world.shadows(a=RouteTally(same=12, different=1), b=RouteTally(noisy=1, ignored=2, different=3))
    wanted = Shadows(
        same=2, noisy=1, ignored=2, different=3,
        routes=(RouteShadows(route="b", different=3, compared=6),),
    )  # fmt: skip
    assert collector.look().shadows == wanted
    assert world.start().look().shadows == wanted


def test_a_comparer_that_began_anew_counts_from_zero(world: World) -> None:
    world.shadows(a=RouteTally(same=10, different=1))
    collector = world.start()
    collector.restart("Begun.", 0)
    world.shadows(since=9.0, a=RouteTally(same=3))
    assert collector.look().shadows == Shadows(same=3, unanswered=2)
    (world.place.folder / "shadow.json").write_bytes(b"{")
    assert collector.look().shadows is None


def test_complaints_are_asked_for_since_the_restart(world: World) -> None:
    asked: list[float] = []

    def complaints(since: float) -> int | None:
        asked.append(since)
        return 7

    collector = world.start(complaints=complaints)
    world.now = BEGIN + 50
    collector.restart("Begun.", 0)
    world.now = BEGIN + 60
    assert collector.look().complaints == 7
    assert asked == [BEGIN + 50]
