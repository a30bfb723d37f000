"""Requests that could be read in two ways, or that try to reach a board past the gateway."""

from __future__ import annotations

import re
import socket

import pytest

from tests.gateway.conftest import END, Running, ask, raw, until

REFUSED = {
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + END,
    "comma in the authority": b"GET / HTTP/1.1\r\nHost: a,b\r\n" + END,
    "at sign in the authority": b"GET / HTTP/1.1\r\nHost: a@b\r\n" + END,
    "absolute form": b"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n" + END,
    "asterisk form": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n" + END,
    "length and transfer-encoding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        + END
        + b"0\r\n\r\n"
    ),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n" + END + b"abc"
    ),
    "space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n" + END,
    "unknown transfer-encoding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: cow\r\n" + END
    ),
    "a chunk ended by a bare LF": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + END + b"1\nx\n0\n\n"
    ),
    "NUL": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n" + END,
    "a head without end": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000 + b"\r\n" + END,
    "too many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + END,
    "a body that is too large": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n" + END
    ),
    "CONNECT": b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n" + END,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_could_be_read_in_two_ways_is_refused(gateway: Running, data: bytes) -> None:
    status = raw(gateway, data).partition(b"\r\n")[0]
    assert status.split()[1] in (b"400", b"404", b"411", b"413", b"431", b"501"), status
    assert not gateway.old.asked
    assert not gateway.new.asked


NORMALISED = {
    "a folded header": b"GET /x HTTP/1.1\r\nHost: a\r\nX-Fold: one\r\n two\r\n" + END,
    "bare LF": b"GET /x HTTP/1.1\nHost: a\nX-Fold: one two\nConnection: close\n\n",
    "a fold after a bare LF": b"GET /x HTTP/1.1\r\nHost: a\r\nX-Fold: one\n two\r\n" + END,
}


@pytest.mark.parametrize("data", NORMALISED.values(), ids=NORMALISED.keys())
def test_what_envoy_accepts_reaches_a_board_in_one_plain_form(
    gateway: Running, data: bytes
) -> None:
    """Envoy 1.40 has no switch that refuses these two; it writes each request anew."""
    assert raw(gateway, data).startswith(b"HTTP/1.1 200")
    [asked] = gateway.old.asked
    assert asked.headers["x-fold"] == "one two"
    assert (asked.target, asked.body) == ("/x", b"")


HEAD = b"GET /x HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /x HTTP/1.1\r\nHost: a\r\n"
EVIL = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(EVIL), EVIL)
CRAFTED = {
    "a header in a fold": HEAD + b"X: a\r\n Content-Length: 9\r\n" + END,
    "a fold by a tab": HEAD + b"X: a\r\n\tTransfer-Encoding: chunked\r\n" + END,
    "a fold of nothing": HEAD + b"X: a\r\n \r\nY: b\r\n" + END,
    "a fold of a bare LF": HEAD + b"X: a\r\n \n" + EVIL.replace(b"\r\n\r\n", b"\r\n") + END,
    "a fold before all headers": b"GET /x HTTP/1.1\r\n X: a\r\nHost: a\r\n" + END,
    "a folded host": b"GET /x HTTP/1.1\r\nHost: a\r\n b\r\n" + END,
    "a folded length": POST + b"Content-Length:\r\n %d\r\n" % len(EVIL) + END + EVIL,
    "a length in two lines": POST + b"Content-Length: 1\r\n 0\r\n" + END + EVIL,
    "a folded transfer-encoding": POST + b"Transfer-Encoding:\r\n chunked\r\n" + END + CHUNK,
    "a transfer-encoding in two lines": (
        POST + b"Transfer-Encoding: chun\r\n ked\r\n" + END + CHUNK
    ),
    "a length after a bare LF": POST + b"X: a\nContent-Length: %d\r\n" % len(EVIL) + END + EVIL,
    "an encoding after a bare LF": POST + b"X: a\nTransfer-Encoding: chunked\r\n" + END + CHUNK,
    "both lengths by bare LF": (
        POST + b"Content-Length: 5\nTransfer-Encoding: chunked\r\n" + END + CHUNK
    ),
    "a bare CR": HEAD + b"X: a\rY: b\r\n" + END,
    "a bare CR before a head": HEAD + b"X: a\r\r" + EVIL.replace(b"\n", b"") + b"\r\n" + END,
    "an end by LF and CRLF": b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\n\r\n",
    "an end by CRLF and LF": b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\n",
}


@pytest.mark.parametrize("data", CRAFTED.values(), ids=CRAFTED.keys())
def test_no_line_end_smuggles_a_header_or_a_request_to_a_board(
    gateway: Running, data: bytes
) -> None:
    """Refused, or passed on as one request whose lines all end in CRLF and none is folded."""
    answer = raw(gateway, data)
    if answer.split()[1] in (b"400", b"501"):
        assert not gateway.old.asked
        return
    assert answer.startswith(b"HTTP/1.1 200")
    [asked] = gateway.old.asked  # of which `/evil` is at most a value or a body
    assert asked.target == "/x"
    assert asked.body in (b"", EVIL)
    first, *lines = asked.head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert first.split()[1:] == [b"/x", b"HTTP/1.1"]
    assert all(re.fullmatch(rb"[a-z0-9-]+: [^\r\n]*", line) for line in lines)
    assert len({"content-length", "transfer-encoding"} & asked.headers.keys()) <= 1


def test_two_requests_that_end_in_bare_lf_are_two(gateway: Running) -> None:
    answer = raw(
        gateway, b"GET /x HTTP/1.1\nHost: a\n\nGET /y HTTP/1.1\r\nHost: a\r\n" + END, b"/y"
    )
    assert answer.count(b"HTTP/1.1 200") == 2
    assert [one.target for one in gateway.old.asked] == ["/x", "/y"]


@pytest.mark.parametrize("path", ["/x", "/benchmark/x", "/queue/join", "/__frontrunner/feedback"])
def test_trace_reaches_no_board(gateway: Running, path: str) -> None:
    answer = raw(gateway, b"TRACE %s HTTP/1.1\r\nHost: a\r\nCookie: b\r\n" % path.encode() + END)
    assert answer.startswith(b"HTTP/1.1 405")
    assert b"\nallow: GET, HEAD, POST" in answer
    assert b"Cookie" not in answer
    assert not gateway.old.asked
    assert not gateway.new.asked


def test_a_header_with_an_underscore_is_dropped(gateway: Running) -> None:
    raw(gateway, b"GET /x HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 1.2.3.4\r\n" + END)
    assert "x_forwarded_for" not in gateway.old.asked[-1].headers


def test_the_admin_interface_is_a_private_socket(gateway: Running) -> None:
    [path] = gateway.control.place.folder.glob("admin-*.sock")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "port_value" not in str(gateway.control.admin().get("/listeners"))


ACTIVE = r"^http\.users\.downstream_rq_active$"
BODY = b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + END


def test_a_body_without_a_length_is_limited_as_well(gateway: Running) -> None:
    """`max_body` was compared with Content-Length alone."""
    part = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    assert raw(gateway, BODY + 7 * part + b"0\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert [len(one.body) for one in gateway.old.asked] == [0x38000]
    assert raw(gateway, BODY + 10 * part).startswith(b"HTTP/1.1 413")
    assert len(gateway.old.asked) == 1


def test_a_body_without_a_length_goes_to_the_chosen_board(gateway: Running) -> None:
    """The script failed once it had waited for the body, so the choice was lost."""
    chosen = BODY.replace(b"/x", b"/x?board=new")
    parts = [chosen, b"3\r\nabc\r\n0\r\n\r\n"]
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        client.sendall(parts[0])
        until(lambda: sum(gateway.control.admin().stats(ACTIVE).values()) == 1)
        client.sendall(parts[1])
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    [asked] = gateway.new.asked
    assert asked.body == b"abc"
    assert not gateway.old.asked


def test_slow_feedback_does_not_reach_the_companion(gateway: Running) -> None:
    """Clients that send a byte now and then kept all of its connections."""
    begun = b"POST /__frontrunner/feedback HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"
    admin = gateway.control.admin()
    connected = r"^cluster\.companion\.upstream_cx_total$"
    before = admin.stats(connected)
    with socket.create_connection(("127.0.0.1", gateway.port)) as slow:
        slow.sendall(begun)
        until(lambda: sum(admin.stats(ACTIVE).values()) == 1)
        assert admin.stats(connected) == before
    feedback = f"{gateway.url}/__frontrunner/feedback"
    assert ask("POST", feedback, content=b"x" * 300_000).status_code == 413
