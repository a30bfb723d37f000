"""What a line of the log counts as."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.takeover.evidence.windows import Windows
from tests.takeover.evidence.lines import BEGIN, request


def windows(**given: Any) -> Windows:
    return Windows(**({"share": 5000, "seconds": 60.0, "begun": BEGIN} | given))


def counted(*lines: Any, **given: Any) -> Windows:
    found = windows(**given)
    for line in lines:
        found.add(line)
    found.end_before(BEGIN + 1e6)
    return found


def failed(**changed: Any) -> tuple[int, int, int, int]:
    """Units and failures of the new side and of the old side after one request of bucket 1."""
    found = counted(request(1, 1, **changed))
    return found.new.units, found.new.failed, found.old.units, found.old.failed


# --- failures -------------------------------------------------------------------------------------


def test_a_request_that_went_well() -> None:
    assert failed() == (1, 0, 0, 0)
    assert failed(status=404) == (1, 0, 0, 0)
    assert failed(attempts=2) == (1, 0, 0, 0)  # slow, and yet before the old side


@pytest.mark.parametrize(
    "changed",
    [
        {"side": "old", "attempts": 2},
        {"side": "old", "attempts": 1},  # the new side was left out for failing
        {"status": 500},
        {"status": 503, "side": None, "attempts": 0, "flags": "UH"},
        {"status": 0, "flags": "UC"},
        {"status": None},
        {"attempts": 2, "side": "old", "status": 0, "flags": "DC"},  # it failed before they left
    ],
)
def test_a_failure_of_the_side_that_was_asked_first(changed: dict[str, Any]) -> None:
    """A fallback is a failure of the new side, and no success of the old one."""
    assert failed(**changed) == (1, 1, 0, 0)


@pytest.mark.parametrize("flags", ["DC", "DR", "UT,DC"])
def test_a_client_that_went_away_is_no_failure(flags: str) -> None:
    assert failed(status=0, flags=flags) == (1, 0, 0, 0)
    assert counted(request(1, 1, status=0, flags=flags), slow_over_ms=1.0).new.timed == 0


def test_one_broken_client_is_one_unit_a_window() -> None:
    found = counted(*(request(second, 1, status=500) for second in range(59)))
    assert (found.new.units, found.new.failed) == (1, 1)
    found = counted(*(request(second, 1, status=500) for second in range(0, 600, 2)))
    assert (found.new.units, found.new.failed) == (10, 10)


def test_a_failure_after_a_success_counts() -> None:
    found = counted(request(1, 1), request(2, 1, status=502), request(3, 1))
    assert (found.new.units, found.new.failed) == (1, 1)


# --- what is not counted --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed", [{"choice": "new"}, {"route": "new.owned"}, {"choice": "new", "status": 500}]
)
def test_choices_and_owned_paths_are_counted_apart(changed: dict[str, Any]) -> None:
    assert failed(**changed) == (0, 0, 0, 0)
    found = counted(request(1, 1, **changed))
    assert (found.new.unfollowed, found.wrong, found.new.distinct()) == (1, 0, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"route": "own.style"},
        {"route": None, "bucket": None, "status": 400},
        {"route": "new.page", "side": None, "status": 302, "attempts": 0},
        {"route": "new.page", "side": None, "status": 413, "attempts": None},
    ],
)
def test_what_the_gateway_answers_itself_is_not_counted(changed: dict[str, Any]) -> None:
    assert failed(**changed) == (0, 0, 0, 0)


def test_requests_that_began_before_the_analysis_are_not_counted() -> None:
    before = request(-0.5, 1, asked="old", ms=5000)
    assert counted(before).split().wrong == 0
    assert counted(before).old.units == 0


@pytest.mark.parametrize("bucket", ["x", "", "-1", "10000", None])
def test_a_line_without_a_bucket_cannot_be_read(bucket: str | None) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|bucket"):
        windows().add(request(1, 1, bucket=bucket))


@pytest.mark.parametrize("time", ["", "yesterday", "2026-13-01T00:00:00.000Z"])
def test_a_line_without_a_time_cannot_be_read(time: str) -> None:
    with pytest.raises(ValueError, match=r"time|month|Invalid"):
        windows().add(msgspec.structs.replace(request(1, 1), at=time))


# --- the split ------------------------------------------------------------------------------------


def test_distinct_buckets_and_requests_on_the_wrong_side() -> None:
    lines = [request(second, bucket) for second in (1, 100) for bucket in (0, 4999, 5000, 9999)]
    found = counted(*lines, request(3, 7, asked="old", side="old"), request(4, 4999, side="old"))
    split = found.split()
    assert (split.new, split.old, split.share, split.wrong) == (2, 3, 5000, 1)


def test_a_slow_side_is_not_missing_from_the_split() -> None:
    """Its requests are logged later, because a request is logged when it ends."""
    found = windows(seconds=300.0)
    lines = [(second + 0.02, request(second, 5000 + 50 * second)) for second in range(60)]
    lines += [(second + 20, request(second, 50 * second, ms=20_000)) for second in range(60)]
    seen = []
    for ended, line in sorted(lines, key=lambda pair: pair[0]):
        found.add(line)
        found.end_before(BEGIN + ended)
        seen.append((found.split().new, found.split().old))
    assert all(abs(new - old) <= 1 for new, old in seen)
    found.end_before(BEGIN + 120)
    assert (found.split().new, found.split().old) == (60, 60)


def test_a_clock_that_was_set_back_hides_no_bucket() -> None:
    found = windows()
    found.add(request(3600, 1))
    found.end_before(BEGIN + 1)
    assert found.split().new == 1


# --- slow pages -----------------------------------------------------------------------------------


def test_the_old_sides_p95_is_frozen_and_its_pages_are_not_compared_with_it() -> None:
    found = windows()
    for number in range(200):
        found.add(request(1 + number / 10, 5000 + number, ms=100 * (number + 1)))
    found.end_before(BEGIN + 300)
    assert found.slow_over_ms == 19_000
    assert (found.old.timed, found.page_times) == (0, [])
    for number in range(300):
        found.add(request(400, 5000 + number, ms=50_000))
        found.add(request(400, number, ms=19_000 + number))
    found.end_before(BEGIN + 1000)
    assert found.slow_over_ms == 19_000
    assert (found.old.timed, found.old.slow) == (300, 300)
    assert (found.new.timed, found.new.slow) == (300, 299)


def test_a_page_faster_than_100_ms_is_never_slow() -> None:
    found = windows()
    for number in range(200):
        found.add(request(1, 5000 + number, ms=2))
    found.end_before(BEGIN + 300)
    assert found.slow_over_ms == 100


def test_the_first_page_of_a_unit_is_timed() -> None:
    lines = [
        request(1, 1, method="POST", route="new.other", ms=9000),
        request(2, 1, status=503, ms=9000),
        request(3, 1, ms=10),
        request(4, 1, ms=9000),
        request(5, 2, method="HEAD", ms=9000),
    ]
    found = counted(*lines, slow_over_ms=100.0)
    assert (found.new.units, found.new.timed, found.new.slow) == (2, 1, 0)


def test_a_fallback_is_timed_as_the_new_sides_page() -> None:
    found = counted(request(1, 1, side="old", attempts=2, ms=2100), slow_over_ms=100.0)
    assert (found.new.timed, found.new.slow, found.old.timed) == (1, 1, 0)


# --- windows and looks ----------------------------------------------------------------------------


def test_an_open_window_does_not_count_yet() -> None:
    found = windows()
    found.add(request(1, 1))
    found.end_before(BEGIN + 61)
    assert found.new.units == 0
    found.end_before(BEGIN + 62)
    assert found.new.units == 1


def test_stretches_without_a_unit_of_both_sides_are_joined() -> None:
    lines = [request(60 * number, 6000 + number, status=500) for number in range(5)]
    found = counted(*lines)
    assert (found.old.failed, found.failing.stretches) == (5, 0)
    found = counted(*lines, request(400, 1))
    assert found.failing.stretches == 1


def test_a_clock_that_was_set_forward_and_back_does_not_stop_the_windows() -> None:
    lines = [request(1, 1), request(1e8, 2), *(request(60 * n, 3) for n in range(1, 6))]
    assert counted(*lines).new.units == 7


@given(st.integers(0, 10_000), st.lists(st.floats(0, 700), max_size=20))
def test_when_it_is_looked_at_does_not_matter(seed: int, looks: list[float]) -> None:
    dice = random.Random(seed)
    lines = [
        (second, request(second - 1, dice.randrange(0, 10_000, 100), ms=1000,
                         status=dice.choice([200, 200, 200, 500])))
        for second in sorted(dice.uniform(1, 600) for _ in range(80))
    ]  # fmt: skip
    once, often = windows(), windows()
    waiting = sorted(looks)
    for second, line in lines:
        while waiting and waiting[0] < second:
            often.end_before(BEGIN + waiting.pop(0))
            often = msgspec.json.decode(msgspec.json.encode(often), type=Windows)  # a kill
        once.add(line)
        often.add(line)
    for one in (once, often):
        one.end_before(BEGIN + 1000)
    assert once == often
