"""A library's client keeps to limits that the library does not have."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping

import httpx2
import pytest

from frontrunner.base.errors import NetworkError, UnavailableError
from frontrunner.net import limited
from frontrunner.net.limited import LostError, Rules, Sent, deadline, limited_client, seconds_left
from tests.net.hosts import host, ok

ONCE = (0.0,)
"""One more try, at once."""


def reads_again(sent: Sent) -> bool:
    return sent.method == "GET"


def nothing(sent: Sent, status: int, headers: Mapping[str, str]) -> None:
    pass


RULES = Rules(reads_again, nothing, silence=5, waits=ONCE)


def status(code: int, *headers: str) -> bytes:
    lines = "".join(f"{one}\r\n" for one in headers)
    return f"HTTP/1.1 {code} X\r\nContent-Length: 0\r\nConnection: close\r\n{lines}\r\n".encode()


def in_turn(*answers: bytes) -> Callable[[socket.socket], None]:
    """Each connection gets the next answer; the last one stays."""
    left: Iterator[bytes] = iter(answers)
    last = [b""]

    def answer(link: socket.socket) -> None:
        last[0] = next(left, last[0])
        link.sendall(last[0])

    return answer


def dribble(link: socket.socket) -> None:
    for byte in ok(b"x" * 1000):
        link.sendall(bytes([byte]))
        time.sleep(0.02)


def silent(link: socket.socket) -> None:
    link.recv(1)


@pytest.mark.parametrize("seconds", [0.3])
@pytest.mark.parametrize("answer", [dribble, silent])
def test_the_deadline_ends_an_answer_that_never_ends(
    answer: Callable[[socket.socket], None], seconds: float
) -> None:
    with (
        host(answer) as url,
        limited_client(RULES) as client,
        deadline(seconds),
        pytest.raises((UnavailableError, httpx2.TimeoutException)),
    ):
        client.get(url)


def test_a_name_that_is_not_looked_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hangs(*rest: object, **more: object) -> None:
        release.wait(20)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    with limited_client(RULES) as client, deadline(0.2), pytest.raises(UnavailableError):
        client.get("http://example.org/")
    release.set()


def test_a_read_is_repeated_after_an_error_that_passes() -> None:
    for first in (status(503), status(429, "Retry-After: 0"), b"", b"HTTP/1.1 200 OK\r\n"):
        with host(in_turn(first, ok(b"found"))) as url, limited_client(RULES) as client:
            assert client.get(url).text == "found"


def test_a_body_of_json_that_breaks_off_is_asked_for_again() -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    whole = ok(b"{}", "application/json")
    with host(in_turn(cut, whole)) as url, limited_client(RULES) as client:
        assert client.get(url).json() == {}


def test_the_last_error_is_told() -> None:
    asked: list[bytes] = []
    with (
        host(status(503), asked) as url,
        limited_client(RULES) as client,
        pytest.raises(UnavailableError, match="GET /x failed: status 503"),
    ):
        client.get(f"{url}/x")
    assert len(asked) == 1 + len(ONCE)


@pytest.mark.parametrize("answer", [status(503), status(500)])
def test_a_write_is_sent_once(answer: bytes) -> None:
    asked: list[bytes] = []
    with host(answer, asked) as url, limited_client(RULES) as client:
        assert client.post(url, content=b"x").status_code in (500, 503)
    assert len(asked) == 1


def test_a_write_whose_answer_is_lost_raises_the_error_of_the_library() -> None:
    asked: list[bytes] = []
    with (
        host(b"", asked) as url,
        limited_client(RULES) as client,
        pytest.raises(LostError),
    ):
        client.post(url, content=b"x")
    assert len(asked) == 1


def test_a_write_that_met_the_rate_limit_was_not_carried_out_and_is_sent_again() -> None:
    first = status(429, 'RateLimit: "api";r=0;t=0')
    with host(in_turn(first, ok(b"done"))) as url, limited_client(RULES) as client, deadline(10):
        assert client.post(url, content=b"x").text == "done"


def test_a_stream_is_not_sent_twice() -> None:
    asked: list[bytes] = []
    with host(status(429, "Retry-After: 0"), asked) as url, limited_client(RULES) as client:
        assert client.put(url, content=io.BytesIO(b"x")).status_code == 429
    assert len(asked) == 1


@pytest.mark.parametrize("header", ['RateLimit: "api";r=0;t=900', "Retry-After: 900"])
def test_a_wait_beyond_the_deadline_is_an_error_at_once(header: str) -> None:
    with (
        host(status(429, header)) as url,
        limited_client(RULES) as client,
        deadline(20),
        pytest.raises(UnavailableError, match=r"asks to wait 90\d seconds"),
    ):
        client.get(url)


def test_an_answer_can_be_refused_before_a_redirect_is_followed() -> None:
    followed: list[bytes] = []

    def no_redirects(sent: Sent, code: int, headers: Mapping[str, str]) -> None:
        if code == 307:
            raise NetworkError(f"{sent.path} leads to {headers['location']}")

    with host(ok(b""), followed) as other:
        answer = status(307, f"Location: {other}/other")
        rules = RULES._replace(inspect=no_redirects)
        with (
            host(answer) as url,
            limited_client(rules) as client,
            pytest.raises(NetworkError, match="/x leads to"),
        ):
            client.post(f"{url}/x", content=b"x")
    assert followed == []


def test_a_thread_without_a_deadline_has_one_for_each_request() -> None:
    rules = RULES._replace(longest=0.3, waits=())
    with (
        host(dribble) as url,
        limited_client(rules) as client,
        pytest.raises((UnavailableError, httpx2.TimeoutException)),
    ):
        client.get(url, headers={"Accept": "application/json"}).read()


def test_an_inner_deadline_does_not_extend_the_outer_one() -> None:
    assert seconds_left() > 1e9
    with deadline(5), deadline(50):
        assert seconds_left() <= 5
    assert seconds_left() > 1e9


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with host(ok(b"direct")) as url, limited_client(RULES) as client:
        assert client.get(url).text == "direct"


def test_time_is_up_before_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "seconds_left", lambda: 0.0)
    with limited_client(RULES) as client, pytest.raises(UnavailableError, match="is over"):
        client.get("http://127.0.0.1:1/")


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_connections_are_given_back(kind: str) -> None:
    with host(ok(b"{}", kind)) as url, limited_client(RULES) as client, deadline(20):
        for _ in range(150):
            assert client.get(url).text == "{}"


@pytest.mark.parametrize("code", ["200", "500"])
@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_that_is_too_large_is_not_kept(code: str, packed: bool) -> None:
    """It is refused while it comes, unpacked or not: this one would not end."""
    ended = threading.Event()

    def endless(link: socket.socket) -> None:
        kind = b"Content-Encoding: gzip\r\n" if packed else b""
        link.sendall(b"HTTP/1.1 " + code.encode() + b" X\r\nContent-Type: application/json\r\n")
        link.sendall(kind + b"Connection: close\r\n\r\n")
        pack = zlib.compressobj(9, zlib.DEFLATED, 31)
        piece = b"[" * 1_000_000
        try:
            while True:
                link.sendall(pack.compress(piece) if packed else piece)
        except OSError:
            ended.set()

    rules = RULES._replace(size=2_000_000)
    with (
        host(endless) as url,
        limited_client(rules) as client,
        deadline(30),
        pytest.raises(NetworkError, match="2,000,000 bytes"),
    ):
        client.get(url)
    assert ended.wait(10)


def test_the_length_of_a_file_of_json_is_in_the_answer_to_head() -> None:
    """The Hub's client holds the file that it downloads against it."""
    head = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 812\r\n"
    answer = in_turn(head + b"Connection: close\r\n\r\n")
    with host(answer) as url, limited_client(RULES) as client, deadline(5):
        assert client.head(url).headers["content-length"] == "812"


def test_an_answer_that_is_packed_is_read() -> None:
    body = gzip.compress(b'{"a": 1}')
    answer = ok(body, "application/json\r\nContent-Encoding: gzip")
    with host(in_turn(answer)) as url, limited_client(RULES) as client, deadline(5):
        assert client.get(url).json() == {"a": 1}


def test_an_answer_in_a_packing_that_was_not_asked_for_is_refused() -> None:
    answer = ok(b"x", "application/json\r\nContent-Encoding: br")
    with (
        host(in_turn(answer)) as url,
        limited_client(RULES) as client,
        deadline(5),
        pytest.raises(NetworkError, match="br"),
    ):
        client.get(url)


def test_a_change_with_an_answer_that_is_too_large_may_have_been_made() -> None:
    answer = ok(b"[" * 100, "application/json")
    with (
        host(in_turn(answer)) as url,
        limited_client(RULES._replace(size=50)) as client,
        deadline(5),
        pytest.raises(LostError, match="50 bytes"),
    ):
        client.post(url, json={})


def test_a_large_file_of_json_is_read_as_other_files_are() -> None:
    """The storage of large files calls them JSON by their names."""
    answer = ok(b"[" * 100, "application/json")
    rules = RULES._replace(size=50, is_for_file=lambda sent: sent.path == "/all.json")
    with host(in_turn(answer)) as url, limited_client(rules) as client, deadline(5):
        assert len(client.get(f"{url}/all.json").content) == 100
        with pytest.raises(NetworkError, match="50 bytes"):
            client.get(f"{url}/api/x")
