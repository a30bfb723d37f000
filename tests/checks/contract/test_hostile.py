"""A board with hostile answers: recording and checking it ends, without an exception."""

from __future__ import annotations

import pytest

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.record import (
    Answer,
    Call,
    Link,
    Record,
    Route,
)
from frontrunner.checks.contract.record_running import record_board
from frontrunner.checks.contract.shape import shape_of

HOSTILE = (
    b"[" * 200_000,
    b"\xff\xfe",
    b"null",
    b"[1, 2]",
    b'{"paths": [], "named_endpoints": [], "protocol": 5}',
    b'{"paths": {"/a": 1, "/b": {"get": {"parameters": 7}}, "/{a}{b}{c}{d}{e}{f}": {"get": {}}},'
    b' "named_endpoints": {"/f": {"parameters": 5, "returns": [null, 7]}, "/g": 1}}',
    b'{"a": "' + b"x" * 10_000_000 + b'"}',
)


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_any_body_is_recorded_and_checked(body: bytes) -> None:
    def fetch(path: str) -> Response:
        kind = "text/html" if path == "/" else "application/json"
        page = b"<a href=\"http://[\"><a href='/b?x=1&amp;y=2'>" + b"<a " * 100_000
        return Response(200, kind, "", page if path == "/" else body)

    record_board("hostile", fetch, ["/x"], 5)
    made = Record(
        source="s",
        recorded_at="t",
        protocol="sse_v2",
        routes=(Route("/a", (), ()),),
        answers=(Answer("/x", "/x", 200, "application/json", shape_of({"k": 1})),),
        links=(Link("/?a=1"),),
        calls=(Call("/f", (), ()),),
    )
    found = {one.item: one.verdict for one in check(made, fetch)}
    assert not found["/x"].holds
