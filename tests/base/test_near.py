"""Names like one that does not exist."""

from __future__ import annotations

from frontrunner.base.near import near_names


def test_the_closest_comes_first_and_no_more_than_asked() -> None:
    known = ["MTEB(eng, v2)", "MTEB(eng, v1)", "BRIGHT"]
    assert near_names("MTEB(eng, v2", known, most=1) == ["MTEB(eng, v2)"]
    assert near_names("MTEB(eng, v2", known) == ["MTEB(eng, v2)", "MTEB(eng, v1)"]
    assert near_names("xyz", known) == []


def test_a_long_name_is_compared_by_its_beginning() -> None:
    assert near_names("a" * 1_000_000, ["a" * 100, "b"]) == ["a" * 100]
