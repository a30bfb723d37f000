"""The banner: once, in any page, to be dismissed, and never in the way of the page."""

from __future__ import annotations

import gzip
import re

import httpx
import msgspec
import pytest

from tests.gateway.conftest import END, PLAIN, Running, raw

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
