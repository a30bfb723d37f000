"""Which part of a body a Range header asks for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http.ranges import cut, holds, part_of
from frontrunner.http.request import Request

DATE = "Thu, 01 Jan 1970 00:16:40 GMT"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=2-4", range(2, 5)),
        ("bytes=2-", range(2, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-30", range(10)),
        ("bytes=0-99", range(10)),
        ("Bytes = 1 - 2", range(1, 3)),
        ("bytes =\t- 3 ", range(7, 10)),
        ("bytes=10-", range(10, 10)),
        ("bytes=-0", range(10, 10)),
        ("bytes=4-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("bytes=a-b", None),
        ("lines=0-1", None),
        ("bytes=٣-", None),
        (f"bytes={'9' * 40}-", None),
        ("", None),
    ],
)
def test_the_part_of_ten_bytes(header: str, part: range | None) -> None:
    found = part_of(header, 10)
    assert (found is None) == (part is None)
    assert list(found or ()) == list(part or ())


def test_a_header_of_spaces_is_read_once() -> None:
    """It is read on the event loop: of 60 KB, each pair of places was tried, for seconds."""
    code = (
        "import resource; from frontrunner.http.ranges import part_of;"
        "resource.setrlimit(resource.RLIMIT_CPU, (5, 5));"
        "print(part_of('bytes=' + ' ' * 500_000 + 'x', 10))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "None\n")


@given(st.text(), st.integers(0, 100))
def test_a_part_is_never_outside(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        found = part_of(text, size)
        assert not found or (found.start >= 0 and found.stop <= size and found.step == 1)


@pytest.mark.parametrize(
    ("if_range", "held"),
    [('"a"', True), ('W/"a"', False), ('"b"', False), (DATE, True), ("yesterday", False)],
)
def test_a_part_fits_what_the_client_has(if_range: str, held: bool) -> None:
    assert holds(if_range, '"a"', 1000.0) is held


def request(method: str, **headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Request({"method": method, "path": "/", "query_string": b"", "headers": sent})


HEADERS = [(b"content-length", b"10"), (b"etag", b'"a"')]


def test_a_part_says_its_place_and_its_length() -> None:
    found = cut(request("GET", range="bytes=2-4"), HEADERS, 10, '"a"', 0.0)
    assert (found.status, found.part) == (206, range(2, 5))
    assert dict(found.headers) == {
        b"content-length": b"3", b"content-range": b"bytes 2-4/10", b"etag": b'"a"',
    }  # fmt: skip


def test_a_part_that_is_not_there_says_how_many_bytes_there_are() -> None:
    found = cut(request("GET", range="bytes=10-"), HEADERS, 10, '"a"', 0.0)
    assert found.status == 416
    assert (b"content-range", b"bytes */10") in found.headers
    assert found.problem == b'{"detail":"The file has 10 bytes."}'


@pytest.mark.parametrize(
    "asked",
    [
        request("GET"),
        request("HEAD", range="bytes=2-4"),
        request("GET", range="bytes=2-4", if_range='"other"'),
        request("GET", range="bytes=0-1,2-3"),
    ],
)
def test_all_others_get_the_whole_body(asked: Request) -> None:
    found = cut(asked, HEADERS, 10, '"a"', 0.0)
    assert (found.status, found.headers, found.part) == (200, HEADERS, range(10))
