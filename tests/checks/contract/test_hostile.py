"""A board that does what it should not: nothing of it may stop or crash us."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response, fetcher, json_of
from frontrunner.checks.contract.finding import Verdict
from frontrunner.checks.contract.record import Answer, Call, Link, Record, Route
from frontrunner.checks.contract.recorders import record_board
from frontrunner.checks.contract.samples import pattern
from frontrunner.checks.contract.shape import shape_of

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def board(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers every connection with `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        answer(connection)
                    except OSError:
                        pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def drip(connection: socket.socket, first: bytes) -> None:
    connection.sendall(first)
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nX-Slow: ", _OK + b"\r\n", _OK + b"Content-Length: 9999\r\n\r\n"]
)
def test_a_slow_drip_is_cut_off(first: bytes) -> None:
    with board(lambda connection: drip(connection, first)) as address:
        began = time.monotonic()
        with pytest.raises(ContractError, match="cannot be asked"):
            fetcher(address, seconds=0.5)("/")
        assert time.monotonic() - began < 5


def test_an_endless_body_is_refused() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(_OK + b"\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with board(endless) as address, pytest.raises(ContractError, match="larger than 1,000,000"):
        fetcher(address, largest=1_000_000)("/")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
        _OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        _OK + b"Content-Length: 10\r\n\r\nshort",
    ],
)
def test_what_is_no_http_is_an_error_that_says_so(answer: bytes) -> None:
    refused = pytest.raises(ContractError, match="cannot be asked")
    with board(lambda connection: connection.sendall(answer)) as address, refused:
        fetcher(address)("/")


def test_locations_are_paths_of_the_board_or_addresses_elsewhere() -> None:
    locations = iter(["board?x=1", "//evil.example/a", "http://[", "HERE/p/after"])

    def redirect(connection: socket.socket) -> None:
        host, port = connection.getsockname()
        there = next(locations).replace("HERE", f"http://{host}:{port}")
        connection.sendall(f"HTTP/1.1 302 X\r\nLocation: {there}\r\n\r\n".encode())

    with board(redirect) as address:
        fetch = fetcher(f"{address}/p")
        assert fetch("/a/b").location == "/a/board?x=1"
        assert fetch("/").location == "http://evil.example/a"
        assert fetch("/").location == ""
        assert fetch("/").location == "/after"


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


def test_links_are_found_however_they_are_written() -> None:
    page = b'<A class="x" HREF = \'/b?x=1&amp;y=2\'>b</A> <a href="mailto:x@y">m</a>'

    def fetch(path: str) -> Response:
        return Response(200, "text/html", "", page)

    made, _ = record_board("s", fetch, [], 5)
    assert [link.path for link in made.links] == ["/", "/b?x=1&y=2"]


def test_a_board_that_stops_answering_ends_the_record() -> None:
    asked = []

    def fetch(path: str) -> Response:
        asked.append(path)
        if path.startswith("/x"):
            raise ContractError("gone")
        return Response(404, "text/plain", "", b"")

    with pytest.raises(ContractError, match="gone"):
        record_board("s", fetch, [f"/x{n}" for n in range(100)], 0)
    assert len(asked) < 10
    made, notes = record_board("s", fetch, ["/x", "/y"], 0)
    assert [one.path for one in made.answers] == ["/y"]
    assert "left out: gone" in notes


def test_answers_with_nan_are_json() -> None:
    assert shape_of(json_of(Response(200, "application/json", "", b'{"k": NaN}'))).keys.keys() == {
        "k"
    }


def test_a_template_with_many_names_matches_nothing_rather_than_for_ever() -> None:
    assert not pattern("/{a}" * 3 + "{b}" * 20).fullmatch("/" * 500)
    assert pattern("/{a}/b/{c}").fullmatch("/x/y/b/z")
    assert Verdict.MISSING.holds is False
