"""The goals of the gateway: met, not met, and never met by a value that is no number."""

from __future__ import annotations

import math

import pytest
from bench.gateway import DIRECT, HAPROXY, OURS, Measured, goals

NGINX = Measured(rate=10_000, cpu_us=10, p50_ms=0.02, p99_ms=1)
GOOD = Measured(rate=5_000, cpu_us=60, p50_ms=0.16, p99_ms=1)
PROXY = Measured(rate=10_000, cpu_us=15, p50_ms=0.05, p99_ms=1)


def met(small: Measured, large: Measured) -> list[bool]:
    sizes = {"1 KB": small, "180 KB": large}
    found = {size: {DIRECT: NGINX, OURS: one, HAPROXY: PROXY} for size, one in sizes.items()}
    return [goal.is_met for goal in goals(found)]


@pytest.mark.parametrize(
    ("small", "large", "expected"),
    [
        (GOOD, GOOD, [True, True, True]),
        (GOOD._replace(p50_ms=0.18), GOOD, [False, True, True]),
        (GOOD._replace(cpu_us=60.1), GOOD, [True, False, True]),
        (GOOD, GOOD._replace(rate=4_999), [True, True, False]),
        (GOOD._replace(p50_ms=math.nan, cpu_us=math.nan), GOOD, [False, False, True]),
    ],
)
def test_a_goal_is_met_up_to_its_limit(
    small: Measured, large: Measured, expected: list[bool]
) -> None:
    assert met(small, large) == expected


def test_a_goal_says_both_numbers() -> None:
    found = {size: {DIRECT: NGINX, OURS: GOOD, HAPROXY: PROXY} for size in ("1 KB", "180 KB")}
    assert [str(goal) for goal in goals(found)] == [
        "met: added p50 at 1 KB, ms: 0.14, goal at most 0.15",
        "met: CPU a request at 1 KB, us: 60, goal at most 60",
        "met: rate at 180 KB, of HAProxy's: 0.5, goal at least 0.5",
    ]
