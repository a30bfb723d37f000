"""The banner: once, in any page, to be dismissed, and never in the way of the page."""

from __future__ import annotations

import gzip
import re
import socket

import httpx
import msgspec
import pytest

from tests.gateway.conftest import PLAIN, Running, ask, until

PAGE = {"accept": "text/html", "accept-encoding": "identity"}
MARK = 'id="frontrunner-banner"'


def show_banner(gateway: Running) -> None:
    gateway.control.change(lambda state: msgspec.structs.replace(state, banner=True))


@pytest.mark.parametrize("chunks", [1, 2, 7, 40])
@pytest.mark.parametrize("filler", ["", "x" * 300_000])
def test_once_after_the_body_tag_and_nothing_else_changes(
    gateway: Running, chunks: int, filler: str
) -> None:
    gateway.old.chunks, gateway.old.filler = chunks, filler
    plain = gateway.get("/", headers=PAGE).content
    show_banner(gateway)
    answer = gateway.get("/", headers=PAGE)
    found = answer.text
    assert found.count(MARK) == 1
    begin = found.index('<link rel="stylesheet" href="/__frontrunner')
    end = found.index("</div>", begin) + len("</div>")
    assert found[:begin].endswith("<body class='a>b'>")
    assert (found[:begin] + found[end:]).encode() == plain


PAGES = [
    ("<!-- <body> --><body>", 21),
    ("<script>var a = '<body>';</script><body id=x>", 45),
    ('<style>body{}</style><BODY\n class="a>b">', 40),
    ("<title><body></title><body>", 27),
    ("<script src=x></script><script>if (a<b) '<body'</script><body>", 62),
    ("<bodyguard>", None),
    ("<meta content='<body>'><body>", 29),
    ('<meta content="x <body> <script>y</script>"><body>', 50),
    ('<meta content = "<body>"/><link a=b"c><body>', 44),
    ("<textarea><body></textarea><body>", 33),
    ("<noscript><body></noscript><body>", 33),
    ("<iframe srcdoc='<body>'><body></iframe><body>", 45),
    ("<template><body></template><body>", 33),
    ("<title>a</titles><body></title ><body>", 38),
    ("<!doctype html><?xml <body ?><![CDATA[<body]]><body>", 52),
    ("<!--><body>", 11),
    ("<!-- <body> --!><body>", 22),
    ("a < b <3 </><body>", 18),
    ("</p title='<body>'><body>", 25),
    ("<" + "x" * 99 + " a='<body>'><body>", 118),
    ('<body><a class="skipped">Skip</a>', 6),
    ('<body><a class="skip"><b>Skip</b></a>', 6),
    ("no body at all", None),
    ("<body never ends", None),
    ("<script> never ends <body>", None),
]


@pytest.mark.parametrize(("page", "at"), PAGES)
@pytest.mark.parametrize("chunks", [1, 10, 60])
def test_the_body_tag_is_found_where_it_is(
    gateway: Running, page: str, at: int | None, chunks: int
) -> None:
    gateway.old.page, gateway.old.chunks = page.replace("{", "{{").replace("}", "}}"), chunks
    show_banner(gateway)
    try:
        found = gateway.get("/", headers=PAGE).text
    finally:
        gateway.old.page = type(gateway.old).page
    if at is None:
        assert found == page
    else:
        assert found[:at] == page[:at]
        assert found[at:].startswith("<link")


def test_a_link_that_skips_to_the_content_stays_first(gateway: Running) -> None:
    skip = '<body>\n <a class="skip" href="#main">Skip</a>'
    gateway.new.page = f"{skip}<p>"
    show_banner(gateway)
    gateway.share(100)
    try:
        assert gateway.get("/", headers=PAGE).text.startswith(f"{skip}<link")
    finally:
        gateway.new.page = type(gateway.new).page


def test_compressed_for_who_accepts_it(gateway: Running) -> None:
    show_banner(gateway)
    with httpx.stream(
        "GET", gateway.url, headers={"accept": "text/html", "accept-encoding": "gzip"}, **PLAIN
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert MARK in gzip.decompress(raw).decode()


def test_words_follow_the_language_and_links_the_view(gateway: Running) -> None:
    show_banner(gateway)
    found = gateway.get('/?task=Retrieval&x="><b>', headers=PAGE).text
    assert "Try the new board" in found
    assert "<b>" not in found
    [go] = re.findall(r'frontrunner-go" href="([^"]*)"', found)
    assert go.startswith("/?task=Retrieval&amp;x=")
    assert go.endswith("&amp;board=new")
    chinese = gateway.get("/", headers={**PAGE, "accept-language": "zh-CN,zh;q=0.9"}).text
    assert "&#35797;&#29992;&#26032;&#29256;" in chinese
    assert chinese.isascii()
    gateway.share(100)
    assert "Back to the old board" in gateway.get("/", headers=PAGE).text


def test_a_page_that_only_the_new_board_has_leads_back_to_the_front_page(gateway: Running) -> None:
    show_banner(gateway)
    page = gateway.get("/benchmark/x?q=1", headers=PAGE)
    assert page.headers["x-frontrunner-side"] == "new"
    assert page.headers["set-cookie"].startswith("frontrunner_bucket=")
    assert page.text.count(MARK) == 1
    assert re.findall(r'frontrunner-go" href="([^"]*)"', page.text) == ["/?board=old"]
    assert re.findall(r'frontrunner-hide" href="([^"]*)"', page.text) == [
        "/__frontrunner/dismiss?to=/benchmark/x%3Fq%3D1"
    ]


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "///evil.example/x"])
def test_the_link_to_the_other_board_never_leads_to_another_host(
    gateway: Running, path: str
) -> None:
    show_banner(gateway)
    page = raw(
        gateway,
        f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n".encode() + END,
        ends=b"</html>",
    ).decode()
    assert re.findall(r'frontrunner-go" href="([^"]*)"', page) == ["/evil.example/x?board=new"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("public, max-age=600", "private, no-cache"),
        ("no-store", "no-store"),
        ("No-Store, max-age=0", "no-store"),
        ("private\r\ncache-control: no-store", "no-store"),
    ],
)
def test_a_page_that_must_not_be_stored_stays_so(gateway: Running, said: str, kept: str) -> None:
    gateway.old.answer_headers = {"cache-control": said}
    assert gateway.get("/", headers=PAGE).headers["cache-control"] == kept


def test_a_fallback_carries_the_banner_of_the_board_that_answers(gateway: Running) -> None:
    show_banner(gateway)
    gateway.share(100)
    gateway.new.mode = "500"
    assert "Try the new board" in gateway.get("/", headers=PAGE).text


def test_dismissed_it_stays_away_and_leads_back(gateway: Running) -> None:
    show_banner(gateway)
    found = gateway.get("/a?b=c%20d", headers=PAGE).text
    [link] = re.findall(r'frontrunner-hide" href="([^"]*)"', found)
    answer = gateway.get(link.replace("&amp;", "&"))
    assert (answer.status_code, answer.headers["location"]) == (302, "/a?b=c%20d")
    kept = answer.headers["set-cookie"].partition(";")[0]
    assert MARK not in gateway.get("/", headers={**PAGE, "cookie": kept}).text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "%2F%2Fevil.example",
                                "/%0D%0Aset-cookie:%20a=b", "", "%5C%5Cevil.example"])  # fmt: skip
def test_dismissing_never_leads_elsewhere(gateway: Running, to: str) -> None:
    answer = gateway.get(f"/__frontrunner/dismiss?to={to}")
    location = answer.headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert len(answer.headers.get_list("set-cookie")) == 1


def test_programs_get_what_the_board_sent(gateway: Running) -> None:
    show_banner(gateway)
    answer = gateway.get("/html", headers={"accept": "*/*"})
    assert MARK not in answer.text
    assert "etag" not in answer.headers


def test_a_page_that_came_compressed_is_left_as_it_is(gateway: Running) -> None:
    show_banner(gateway)
    gateway.old.answer_headers = {"content-encoding": "x-own"}
    assert MARK not in gateway.get("/", headers=PAGE).text


def test_a_page_with_the_banner_is_never_taken_for_the_one_without(gateway: Running) -> None:
    about = {"last-modified": "Wed, 25 Nov 2026 00:00:00 GMT", "repr-digest": "sha-256=:x:"}
    gateway.old.answer_headers = {"etag": '"1"', **about}
    assert gateway.get("/", headers=PAGE).headers["etag"] == '"1"'
    show_banner(gateway)
    answer = gateway.get("/", headers={**PAGE, "if-none-match": '"1"'})
    assert not {"etag", *about} & answer.headers.keys()
    assert "if-none-match" not in gateway.old.asked[-1].headers


def test_the_style_is_served_by_the_gateway_itself(gateway: Running) -> None:
    answer = gateway.get("/__frontrunner/banner.css")
    assert answer.headers["content-type"] == "text/css"
    assert "#frontrunner-banner" in answer.text
    assert gateway.get("/__frontrunner/other").status_code == 404


# --- what is refused ----------------------------------------------------------------------------


def raw(gateway: Running, data: bytes, ends: bytes = b"\r\n\r\n") -> bytes:
    """The answer to bytes as they are, as far as `ends`; Envoy closes a second after a refusal."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while ends not in answer and (block := connection.recv(65536)):
                answer += block
        except TimeoutError:
            pass
    return answer


END = b"Connection: close\r\n\r\n"
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
