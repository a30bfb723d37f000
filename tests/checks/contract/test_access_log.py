from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.contract.access_log import requests_in

COMBINED = '10.0.0.1 - - [23/Nov/2026:10:00:00 +0000] "{} HTTP/1.1" 200 5 "-" "curl/8"'


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (COMBINED.format("GET /v1/benchmarks"), "/v1/benchmarks"),
        (COMBINED.format("HEAD /?task=sts&language=english"), "/?task=sts&language=english"),
        (COMBINED.format("GET http://old.example/a?b=1"), "/a?b=1"),
        ('INFO:     127.0.0.1:5 - "GET /v1/tasks HTTP/1.1" 200 OK', "/v1/tasks"),
        ('{"status": 200, "request": "GET /a?b=1 HTTP/2.0"}', "/a?b=1"),
        ('{"request_method": "GET", "request_uri": "/a?b=1", "args": "b=1"}', "/a?b=1"),
        ('{"method": "GET", "path": "/a", "query_string": "b=1"}', "/a?b=1"),
        ('{"request": {"method": "GET", "uri": "/a?b=1", "host": "h"}}', "/a?b=1"),
        ('{"RequestMethod": "GET", "RequestPath": "/a?b=1"}', "/a?b=1"),
        ("/a?b=1", "/a?b=1"),
        ("?task=sts", "/?task=sts"),
        ("https://old.example/a?b=1#part", "/a?b=1"),
        ("https://old.example", "/"),
        (COMBINED.format("POST /run/predict"), None),
        ('{"method": "POST", "path": "/a"}', None),
        ('{"method": "GET"', None),
        (COMBINED.format("GET *"), None),
        ("http://[", None),
        ("nonsense", None),
    ],
)
def test_a_request_is_found_in_every_common_format(line: str, path: str | None) -> None:
    assert requests_in(line) == ([path] if path else [])


def test_what_is_asked_most_comes_first() -> None:
    assert requests_in("/rare\n/often\n/once\n/often\n") == ["/often", "/rare", "/once"]


@given(st.text(max_size=80))
def test_no_line_breaks_it(text: str) -> None:
    for line in (text, "{" + text, f'{{"method": "GET", "path": "{text}"}}', f"http://{text}"):
        assert all(path.startswith("/") for path in requests_in(line))
