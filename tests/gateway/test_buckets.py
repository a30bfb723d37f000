"""Buckets: stable, even, and alike for the addresses of one network."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.gateway.buckets import BUCKETS, basis_points, bucket


@given(st.ip_addresses().map(str), st.text(max_size=60), st.text(max_size=16))
def test_always_one_of_the_buckets_and_always_the_same(address: str, agent: str, salt: str) -> None:
    found = bucket(address, agent, salt)
    assert 0 <= found < BUCKETS
    assert found == bucket(address, agent, salt)


@given(st.ip_addresses(v=4).map(str), st.integers(1, 65535))
def test_the_port_does_not_count(address: str, port: int) -> None:
    assert bucket(address, "a", "s") == bucket(f"{address}:{port}", "a", "s")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_one_network_of_ipv6_is_one_visitor(network: int, one: int, other: int) -> None:
    from ipaddress import IPv6Address

    first = str(IPv6Address(network << 64 | one))
    second = f"[{IPv6Address(network << 64 | other)}]:443"
    assert bucket(first, "a", "s") == bucket(second, "a", "s")


def test_visitors_are_spread_evenly() -> None:
    """Chi-squared over 100 groups; 173 is beyond the 99.999th percentile of 99 degrees."""
    visitors = 50_000
    groups = Counter(
        bucket(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", f"agent {n % 7}", "salt") // 100
        for n in range(visitors)
    )
    expected = visitors / 100
    assert sum((groups[g] - expected) ** 2 / expected for g in range(100)) < 173


def test_one_percent_reaches_somebody() -> None:
    """Unleash/unleash-python-sdk#321: where the space of buckets is small, 1 % reaches nobody."""
    reached = sum(bucket(f"10.0.{n >> 8}.{n & 255}", "a", "s") < 100 for n in range(20_000))
    assert 150 < reached < 250


@pytest.mark.parametrize(
    ("percent", "points"), [(0, 0), (0.01, 1), (1, 100), (2.5, 250), (33.333, 3333), (100, 10_000)]
)
def test_a_share_in_buckets(percent: float, points: int) -> None:
    assert basis_points(percent) == points


@pytest.mark.parametrize("percent", [-0.01, 100.01, float("nan"), float("inf")])
def test_no_other_share_is_taken(percent: float) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        basis_points(percent)
