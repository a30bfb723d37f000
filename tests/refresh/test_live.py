"""Readers have a snapshot when the live board answers with it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.refresh.live import UnseenError, shown_at, wait_until_shown


@contextmanager
def board(answers: Sequence[tuple[int, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A board that gives these answers, the last one again and again; and what was asked."""
    left, asked = list(answers), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['cache-control']}")
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_it_waits_until_the_board_shows_the_snapshot() -> None:
    time = Time()
    answers = [(200, b'{"id":"old"}'), (503, b""), (200, b'{"id":"new","more":1}')]
    with board(answers) as (url, asked):
        assert wait_until_shown(f"{url}/", "new", 60, time.sleep, time.clock) == 2.0
    assert asked == ["/v1/snapshot no-cache"] * 3


def test_it_gives_up_and_says_what_was_shown() -> None:
    time = Time()
    with (
        board([(200, b'{"id":"old"}')]) as (url, asked),
        pytest.raises(UnseenError, match="within 3 seconds: it still shows old"),
    ):
        wait_until_shown(url, "new", 3, time.sleep, time.clock)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((500, b"{}"), "answered 500"),
        ((200, b"<html>"), "answered with something else"),
        ((200, b'{"id":7}'), "answered with something else"),
        ((200, b"\xff"), "answered with something else"),
        ((200, b'{"id":"\xff"}'), "answered with something else"),
        ((200, b'{"a":' + b"[" * 100_000), "answered with something else"),
    ],
)
def test_an_answer_that_names_no_snapshot(answer: tuple[int, bytes], problem: str) -> None:
    with board([answer]) as (url, _), pytest.raises(NetworkError, match=problem):
        shown_at(url)
