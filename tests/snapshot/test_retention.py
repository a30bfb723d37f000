"""Which moments are kept, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.snapshot_settings import SnapshotSettings
from frontrunner.snapshot.retention import Retention, kept

DAY = 86400.0
RULE = Retention.of(SnapshotSettings())
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
MOMENTS = st.lists(st.floats(0, NOW), max_size=60)


def month(at: float) -> tuple[int, int]:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year, moment.month


def week(at: float) -> tuple[int, int]:
    return datetime.fromtimestamp(at, UTC).isocalendar()[:2]


@given(MOMENTS)
def test_a_week_is_kept_whole_a_year_by_weeks_and_the_rest_by_months(moments: list[float]) -> None:
    stay = [moments[place] for place in kept(moments, NOW, RULE)]
    assert all(at in stay for at in moments if NOW - at <= 7 * DAY)
    assert {month(at) for at in moments} == {month(at) for at in stay}
    year = [at for at in moments if NOW - at <= 365 * DAY]
    assert {week(at) for at in year} == {week(at) for at in stay if at in year}
    older = [at for at in stay if NOW - at > 365 * DAY]
    assert len(older) == len({month(at) for at in older})


@given(MOMENTS)
def test_what_is_kept_stays_kept(moments: list[float]) -> None:
    stay = sorted(moments[place] for place in kept(moments, NOW, RULE))
    assert len(kept(stay, NOW, RULE)) == len(stay)


@given(st.integers(0, 800))
def test_pruning_every_day_keeps_what_pruning_once_keeps(days: int) -> None:
    """With a snapshot a day: none is lost that a later rule would want."""
    every = [NOW + day * DAY for day in range(days)]
    daily: list[float] = []
    for at in every:
        daily.append(at)
        stay = kept(daily, at, RULE)
        daily = [one for place, one in enumerate(daily) if place in stay]
    end = every[-1] if every else NOW
    assert daily == [every[place] for place in sorted(kept(every, end, RULE))]


@given(MOMENTS)
def test_the_order_does_not_matter(moments: list[float]) -> None:
    turned = moments[::-1]
    one = sorted(moments[place] for place in kept(moments, NOW, RULE))
    assert one == sorted(turned[place] for place in kept(turned, NOW, RULE))


def test_a_rule_of_nothing_keeps_nothing_but_the_future() -> None:
    ahead = NOW + timedelta(days=1).total_seconds()
    assert kept([NOW - 1, ahead], NOW, Retention(0, 0, 0)) == {1}
    assert kept([], NOW, RULE) == set()
