"""A broken board's answers are still answers, but wrong ones, and the comparison sees it."""

from __future__ import annotations

import json

import pytest

from frontrunner.gateway.shadow.canon import Answer, canon
from frontrunner.gateway.shadow.compare import compare
from frontrunner.takeover.rehearsal import falsify
from frontrunner.takeover.rehearsal.saboteur import Harm, spoiled

SCORES = {
    "benchmarkName": "b",
    "rows": [
        {"rank": 1, "model": {"name": "a/x"}, "meanTask": 0.7, "meanPrivate": None},
        {"rank": 2, "model": {"name": "a/y"}, "meanTask": 0.6, "meanPrivate": None},
    ],
}
JSON = json.dumps(SCORES).encode()
CSV = b"rank,model,mean_task,mean_private\n1,a/x,0.7,\n2,a/y,0.6,\n"
BODIES = [("application/json", JSON), ("text/csv", CSV)]


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=["json", "csv"])
@pytest.mark.parametrize("change", [falsify.wrong_numbers, falsify.empty])
def test_the_comparison_sees_it(kind: str, body: bytes, change: object) -> None:
    spoilt = change(kind, body)  # type: ignore[operator]
    true, wrong = (canon(Answer(200, kind, one)) for one in (body, spoilt))
    assert compare(true, true, wrong).differences
    assert not compare(true, true, true).differences


def test_old_data_says_that_it_is_old() -> None:
    body = b'{"id":"x","builtAt":"2026-11-25T22:45:08+00:00","counts":{"rows":1}}'
    found = json.loads(falsify.stale("application/json", body))
    assert found == {"id": "x", "builtAt": "2026-09-26T22:45:08+00:00", "counts": {"rows": 1}}
    header = falsify.stale_header(b"Wed, 25 Nov 2026 22:45:08 GMT")
    assert header == b"Sat, 26 Sep 2026 22:45:08 GMT"


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[1, 2]", b'{"a": 3}', b"\xff"])
def test_what_cannot_be_changed_is_passed_on(body: bytes) -> None:
    for change in (falsify.wrong_numbers, falsify.empty, falsify.stale):
        found = change("application/json", body)
        assert found in (body, body.replace(b", ", b","), body.replace(b": ", b":"))
    assert falsify.wrong_numbers("image/png", body) == body


def test_a_spoiled_answer_is_whole() -> None:
    headers = [(b"content-type", b"application/json"), (b"etag", b'"1"'), (b"vary", b"cookie")]
    found = spoiled(Harm.EMPTY, 200, headers, JSON)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"content-length: %d" % len(body) in head
    assert b"vary: cookie" in head
    assert b"etag" not in head
    assert json.loads(body)["rows"] == []
    assert spoiled(Harm.EMPTY, 304, headers, b"").endswith(b"vary: cookie\r\n\r\n")
