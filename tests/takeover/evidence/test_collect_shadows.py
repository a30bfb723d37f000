"""The collector: shadow comparisons and complaints since an analysis began."""

from __future__ import annotations

from frontrunner.gateway.shadow.tally import RouteTally
from frontrunner.takeover.evidence.complaints import Counted
from frontrunner.takeover.evidence.facts import RouteShadows, Shadows
from tests.takeover.evidence.lines import BEGIN, request
from tests.takeover.evidence.world import World

# --- shadows and complaints -----------------------------------------------------------------------


def test_shadows_are_those_since_the_restart(world: World) -> None:
    collector = world.start()
    assert collector.look().shadows is None
    world.shadows(a=RouteTally(same=10, different=1))
    collector.follow(world.analysis(0))
    assert collector.look().shadows == Shadows()
    more = RouteTally(noisy=1, ignored=2, old_failed=4, different=3)
    world.shadows(a=RouteTally(same=12, different=1), b=more)
    wanted = Shadows(
        same=2, noisy=1, ignored=2, old_failed=4, different=3,
        routes=(RouteShadows(route="b", different=3, compared=3),),
    )  # fmt: skip
    assert collector.look().shadows == wanted
    assert world.begun(0).look().shadows == wanted


def test_a_comparer_that_began_anew_counts_from_zero(world: World) -> None:
    world.shadows(a=RouteTally(same=10, different=1))
    collector = world.begun(0)
    world.shadows(since=9.0, a=RouteTally(same=3))
    assert collector.look().shadows == Shadows(same=3, unanswered=2, dropped=7)
    (world.place.folder / "shadow.json").write_bytes(b"{")
    assert collector.look().shadows is None


def test_shadows_from_before_an_analysis_that_are_counted_late_are_not_part_of_it(
    world: World,
) -> None:
    """A board that was mended was held to be broken: what it showed before came late."""
    world.shadows(until=BEGIN - 1, a=RouteTally(same=10))
    collector = world.begun()
    world.shadows(until=BEGIN + 0.5, a=RouteTally(same=10, different=7))
    assert collector.look().shadows == Shadows()
    assert world.start().look().shadows == Shadows()  # also after a kill
    world.shadows(until=BEGIN + 1.5, a=RouteTally(same=11, different=8))
    assert collector.look().shadows == Shadows()
    world.shadows(until=BEGIN + 3, a=RouteTally(same=13, different=8))
    assert collector.look().shadows == Shadows(same=2)


def test_complaints_are_asked_for_since_the_restart(world: World) -> None:
    asked: list[float] = []

    def complaints(since: float) -> Counted:
        asked.append(since)
        return Counted(7)

    world.now = BEGIN + 50
    collector = world.begun(complaints=complaints)
    world.now = BEGIN + 60
    assert collector.look().complaints == 7
    assert asked == [BEGIN + 50] * 2


def test_a_clock_that_was_ahead_hides_no_shadow_and_no_complaint_however_often_controllers_end(
    world: World,
) -> None:
    """A step that began an hour ahead of time had no shadows and no complaints for an hour."""
    asked: list[float] = []

    def complaints(since: float) -> Counted:
        asked.append(since)
        return Counted(1)

    world.shadows(until=BEGIN - 3601, a=RouteTally(same=10))
    world.begun()
    world.now = BEGIN - 3600  # set right again
    for _ in range(2):
        world.start(complaints=complaints).look()
    assert asked == [BEGIN - 3600] * 2
    world.shadows(until=BEGIN - 3598, a=RouteTally(same=11))
    world.start().look()
    world.shadows(until=BEGIN - 3590, a=RouteTally(same=13))
    assert world.start().look().shadows == Shadows(same=2)


def test_with_a_clock_that_was_set_back_requests_of_the_old_share_still_do_not_count(
    world: World,
) -> None:
    elapsed = [100.0]
    world.now = BEGIN - 3600  # and Envoy's clock is right
    collector = world.begun(elapsed=lambda: elapsed[0])
    world.log(request(0.1, 9000, asked="new", side="new"))
    elapsed[0] += 0.9
    assert not collector.look().split.wrong
    elapsed[0] += 0.2
    assert not collector.look().split.wrong
    world.log(request(2, 9000, asked="new", side="new"))
    collector.look()
    world.now = BEGIN + 3600  # set right again
    assert collector.look().split.wrong == 1
