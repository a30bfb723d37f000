"""A board that does what it should not: nothing of it may stop or crash us."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.fetch import Response, fetcher, folder_fetcher, json_of, public_url
from frontrunner.checks.contract.shape import shape_of

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_a_board_that_does_not_answer_is_an_error_that_says_so() -> None:
    with pytest.raises(ContractError, match="does not answer"):
        fetcher("http://127.0.0.1:1")("/")


@pytest.mark.parametrize(
    "url",
    [
        "board.example",
        "http://",
        "http://host:port",
        "http://host:0",
        "http://host:65536",
        "http://[::1",
        "http://[::1]:x",
        "ftp://host",
        "file:///etc/passwd",
        "http://a..b",
        "http://ho st",
        "http://host:80 00",
        "http://host/a b",
        " http://host",
        "http://host\n",
        "http://ho\tst",
        "http://host\x00",
        "http:///path",
        "http://<host>",
        f"http://{'a' * 300}.example",
    ],
)
def test_a_malformed_url_is_an_error_that_says_so(url: str) -> None:
    for ask in (fetcher, public_url):
        with pytest.raises(ContractError, match="is not the URL of a board"):
            ask(url)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://host", "http://host"),
        ("https://Host:8443/board/", "https://Host:8443/board"),
        ("https://user:pa55@host/x?token=pa55#pa55", "https://host/x"),
        ("https://user:p@55pa55@host", "https://host"),
        ("http://pa55@[::1]:80", "http://[::1]:80"),
        ("http://:pa55@host", "http://host"),
    ],
)
def test_a_password_is_not_part_of_what_is_written_down(url: str, public: str) -> None:
    assert public_url(url) == public


@pytest.mark.parametrize(
    "url", ["http://user:pa55@ho st", "http://user:pa/55@host", "http://u:pa?55@h", "x://u:pa55@h"]
)
def test_a_password_in_a_malformed_url_is_not_printed(url: str) -> None:
    with pytest.raises(ContractError) as raised:
        fetcher(url)
    assert "55" not in str(raised.value)
    assert "pa" not in str(raised.value).replace("parent", "")


def test_a_password_is_sent_to_the_board_and_not_printed() -> None:
    sent = []

    def answer(request: bytes, connection: socket.socket) -> None:
        sent.append(request)
        connection.sendall(_OK + b"Content-Length: 9\r\n\r\nshort")

    with heard(answer) as address:
        with pytest.raises(ContractError) as raised:
            fetcher(address.replace("://", "://us%40er:pa55@"))("/")
        assert "pa55" not in str(raised.value)
        assert b"authorization: basic dXNAZXI6cGE1NQ==\r\n" in sent[0].replace(
            b"Authorization: Basic", b"authorization: basic"
        )
        with pytest.raises(ContractError):
            fetcher(address)("/")
        assert b"uthorization" not in sent[1]


@contextmanager
def heard(answer: Callable[[bytes, socket.socket], None]) -> Iterator[str]:
    """A server that answers every connection with `answer`, which gets the request."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    answer(connection.recv(65536), connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def board(answer: Callable[[socket.socket], None]) -> AbstractContextManager[str]:
    """A server that answers every connection with `answer`."""
    return heard(lambda _, connection: answer(connection))


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
        with pytest.raises(ContractError, match="does not answer"):
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
    refused = pytest.raises(ContractError, match="does not answer")
    with board(lambda connection: connection.sendall(answer)) as address, refused:
        fetcher(address)("/")


def test_locations_are_paths_of_the_board_or_addresses_elsewhere() -> None:
    locations = iter(
        ["board?x=1", "//evil.example/a", "http://[", "HERE/p/after", "http://u:pa55@evil.example/"]
    )

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
        assert fetch("/").location == "http://evil.example/"


def test_answers_with_nan_are_json() -> None:
    assert shape_of(json_of(Response(200, "application/json", "", b'{"k": NaN}'))).keys.keys() == {
        "k"
    }


def test_a_stream_of_events_is_not_read_to_its_end() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\ndata: 1"
    with board(lambda connection: drip(connection, answer)) as address:
        assert fetcher(address)("/") == Response(200, "text/event-stream", "", b"")


def test_json_that_cannot_be_stored_is_not_json() -> None:
    for body in (b'{"k": "\\ud800"}', b"{", b"[" * 100_000, b"\xff"):
        assert json_of(Response(200, "application/json", "", body)) is None
    assert json_of(Response(200, "text/html", "", b"{}")) is None


def ok(body: bytes, kind: bytes = b"application/json") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (kind, len(body)) + body


def test_a_whole_answer_is_read_in_parts() -> None:
    body = b"x" * (2 * 1024 * 1024 + 1)
    with board(lambda connection: connection.sendall(ok(body))) as address:
        assert fetcher(address)("/").body == body
        assert fetcher(address, largest=len(body))("/").body == body
        with pytest.raises(ContractError, match="larger than 2,097,152 bytes"):
            fetcher(address, largest=len(body) - 1)("/")


def test_paths_are_asked_below_the_path_of_the_board() -> None:
    asked = []

    def answer(request: bytes, connection: socket.socket) -> None:
        asked.append(request.split(b" ")[1])
        connection.sendall(b"HTTP/1.1 302 X\r\nLocation: /b/x/y\r\n\r\n")

    with heard(answer) as address:
        assert fetcher(f"{address}/b/x/")("/a b?c=\u00e9").location == "/y"
        assert fetcher(f"{address}/b/x")("/").location == "/y"
        assert fetcher(address)("/").location == "/b/x/y"
    assert asked == [b"/b/x/a%20b?c=%C3%A9", b"/b/x/", b"/"]


def test_the_media_type_has_no_parameters() -> None:
    answer = ok(b"{}", b"application/json; charset=utf-8")
    with board(lambda connection: connection.sendall(answer)) as address:
        assert fetcher(address)("/") == Response(200, "application/json", "", b"{}")


def test_a_malformed_url_is_named() -> None:
    with pytest.raises(ContractError) as raised:
        fetcher("ftp://a:b@host")
    assert str(raised.value) == (
        "'ftp://host' is not the URL of a board. Give one such as http://host:8000."
    )


def test_a_folder_answers_for_its_files_alone(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "f").write_bytes(b"x")
    (tmp_path / "out").write_bytes(b"x")
    fetch = folder_fetcher(tmp_path / "in")
    assert fetch("/sub/f") == fetch("sub/f") == Response(200, "", "", b"x")
    for missing in ("/", "/sub", "/g", "/../out", f"/{tmp_path}/out"):
        assert fetch(missing) == Response(404, "", "", b""), missing
