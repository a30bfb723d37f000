"""Nothing that the other side does takes more than the limits."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import SplitResult

import pytest

from frontrunner.base.errors import NetworkError
from frontrunner.net import client
from frontrunner.net.client import Answer, Content, Limits, get, post
from tests.net.hosts import host, ok, redirect

NEAR = Limits(seconds=20, size=1000, redirects=3, private=True)


def test_an_answer() -> None:
    asked: list[bytes] = []
    with host(ok(b"hello", "Text/Plain; charset=utf-8"), asked) as url:
        found = get(f"{url}/a b/ü?q=1&r=x y#part", NEAR, {"Accept": "text/plain"})
    assert (found.status, found.media_type, found.body) == (200, "text/plain", b"hello")
    head = asked[0].decode()
    assert head.startswith("GET /a%20b/%C3%BC?q=1&r=x%20y HTTP/1.1\r\n")
    assert "Accept: text/plain\r\n" in head
    assert f"Host: {url.removeprefix('http://')}\r\n" in head


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "ftp://a/", "file:///etc/passwd", "http://", "http://[", "http://a:0/",
        "http://a:b/", "http://u:p@127.0.0.1/", "http://a..b/", "http://\ud800/", "gopher://a",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_url_is_not_asked(url: str) -> None:
    with pytest.raises(NetworkError):
        get(url, NEAR)


def test_private_addresses_are_refused_unless_allowed() -> None:
    asked: list[bytes] = []
    with host(ok(b""), asked) as url, pytest.raises(NetworkError, match="not a public address"):
        get(url, NEAR._replace(private=False))
    assert asked == []


def test_a_redirect_to_a_private_address_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host is public by its name; where it leads is checked as well."""
    real = socket.create_connection
    secret: list[bytes] = []
    with host(ok(b"secret"), secret) as inner, host(redirect(f"{inner}/key")) as outer:
        port = int(outer.rpartition(":")[2])
        monkeypatch.setattr(
            socket, "create_connection", lambda address, *rest: real(("127.0.0.1", port), *rest)
        )
        with pytest.raises(NetworkError, match=r"127\.0\.0\.1 is 127\.0\.0\.1, which is not"):
            get("http://1.1.1.1/", NEAR._replace(private=False))
    assert secret == []


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("https://a/x", True),
        ("http://a/x", False),
        ("https://b/", False),
        ("https://a:8443/", False),
    ],
)
def test_a_password_is_not_sent_to_another_host_port_or_protocol(
    monkeypatch: pytest.MonkeyPatch, target: str, sent: bool
) -> None:
    given: list[object] = []

    def exchange(parts: SplitResult, *rest: object) -> Answer:
        given.append(rest[-1])
        location = {"location": target} if len(given) == 1 else {}
        return Answer(parts.geturl(), 302 if location else 200, location, b"")

    monkeypatch.setattr(client, "_exchange", exchange)
    password = {"Authorization": "secret"}
    get("https://a/", NEAR, password)
    assert given == [password, password if sent else {}]


def test_redirects_are_followed_within_the_limit() -> None:
    asked: list[bytes] = []
    with host(ok(b"end"), asked) as end, host(redirect(f"{end}/x?y=1")) as first:
        found = get(first, NEAR, {"Authorization": "secret"})
        assert (found.body, found.url) == (b"end", f"{end}/x?y=1")
        assert b"secret" not in asked[0]
        assert get(first, NEAR._replace(redirects=0)).status == 302
    with host(redirect("/again")) as loop, pytest.raises(NetworkError, match="more than 3"):
        get(loop, NEAR)
    for to in ("file:///etc/passwd", "http://[", "ftp://a/"):
        with host(redirect(to)) as away, pytest.raises(NetworkError, match="not a URL"):
            get(away, NEAR)


def drip(first: bytes) -> Callable[[socket.socket], None]:
    def answer(link: socket.socket) -> None:
        link.sendall(first)
        for _ in range(400):
            link.sendall(b"x")
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n", ok(b"y" * 900)[:-800]],
)
def test_a_dripping_answer_ends_at_the_deadline(first: bytes) -> None:
    limits = NEAR._replace(seconds=0.3)
    with host(drip(first)) as url, pytest.raises(NetworkError, match=r"within 0\.3 seconds"):
        get(url, limits)


def test_a_redirect_to_another_origin_is_given_as_it_is_if_asked_to() -> None:
    limits = NEAR._replace(same_origin=True)
    asked: list[bytes] = []
    with host(ok(b"elsewhere"), asked) as other, host(redirect(f"{other}/x")) as first:
        answer = get(first, limits)
        assert (answer.status, answer.headers["location"]) == (302, f"{other}/x")
    assert not asked
    with host(redirect("/again")) as loop, pytest.raises(NetworkError, match="more than 3"):
        get(loop, limits)


def test_the_deadline_is_for_all_redirects_together() -> None:
    def slowly(link: socket.socket) -> None:
        time.sleep(0.15)
        link.sendall(redirect("/again"))

    with host(slowly) as url, pytest.raises(NetworkError):
        get(url, NEAR._replace(seconds=0.4, redirects=1000))


def test_silence_ends_at_the_deadline() -> None:
    with host(lambda link: time.sleep(5)) as url, pytest.raises(NetworkError):
        get(url, NEAR._replace(seconds=0.2))
    secure = f"https://{url.removeprefix('http://')}"
    with pytest.raises(NetworkError), host(lambda link: time.sleep(5)) as url:
        get(secure.rpartition(":")[0] + ":" + url.rpartition(":")[2], NEAR._replace(seconds=0.2))


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"x" * 1001),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_what_is_too_large_or_no_http_is_an_error(answer: bytes) -> None:
    with host(answer) as url, pytest.raises(NetworkError, match=url):
        get(url, NEAR)


def test_a_body_of_exactly_the_limit_is_read() -> None:
    with host(ok(b"x" * 1000)) as url:
        assert len(get(url, NEAR).body) == 1000


def test_endless_streams_are_answered_by_their_head() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    with host(drip(head)) as url:
        found = get(url, NEAR._replace(without_body=("text/event-stream",)))
    assert (found.media_type, found.body) == ("text/event-stream", b"")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(NetworkError, match="refused"):
        get(f"http://127.0.0.1:{port}/", NEAR)


def test_a_post_sends_its_body_once_and_follows_nothing() -> None:
    asked: list[bytes] = []
    with host(redirect("/again"), asked) as url:
        found = post(f"{url}/a?b=1", Content("text/plain", b"x" * 10), NEAR, {"X-A": "1"})
    assert found.status == 302
    [sent] = asked
    assert sent.startswith(b"POST /a?b=1 HTTP/1.1\r\n")
    assert b"Content-Length: 10\r\n" in sent
    assert b"Content-Type: text/plain\r\n" in sent
    assert b"X-A: 1\r\n" in sent
