"""Which form a client gets, and whether it has it already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http.negotiation import accepted, choose, is_match, not_modified_since

ALL = ("br", "zstd", "gzip", "identity")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, *", "zstd"),
        ("*", "br"),
        ("identity", "identity"),
        ("gzip;q=0.5, identity;q=0.8", "identity"),
        ("gzip;q=0", "identity"),
        ("*;q=0", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("deflate", "identity"),
        (",,;q=1,gzip", "gzip"),
    ],
)
def test_encodings(header: str, chosen: str) -> None:
    assert choose(header, ALL) == chosen


@given(st.text(max_size=40))
def test_no_header_breaks_it(header: str) -> None:
    assert choose(header, ALL) in ALL
    assert len(set(accepted(header))) == len(accepted(header))


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"x", "a-gzip"', True),
        (' W/"x" ,W/"a" ', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_if_none_match(header: str, matches: bool) -> None:
    assert is_match(header, ['"a"', '"a-gzip"']) is matches


@pytest.mark.parametrize(
    ("header", "unchanged"),
    [
        ("Thu, 01 Jan 1970 00:16:40 GMT", True),
        ("Thu, 01 Jan 1970 00:16:39 GMT", False),
        ("Fri, 01 Jan 2100 00:00:00 GMT", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_if_modified_since(header: str, unchanged: bool) -> None:
    assert not_modified_since(header, 1000.5) is unchanged
