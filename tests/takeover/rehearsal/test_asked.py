"""What users ask for, and what they do with cookies."""

from __future__ import annotations

from frontrunner.gateway.buckets import bucket
from frontrunner.takeover.rehearsal.asked import (
    Request,
    assets_of,
    encoded,
    keep_cookies,
    links_of,
    page,
)
from frontrunner.takeover.rehearsal.population import CROWD, Kind, crowd, visitor

PAGE = b"""<link rel="stylesheet" href="/_assets/a.css"><script src="./assets/b.js?v=1"></script>
<link rel="manifest" href="/manifest.json"><link rel="stylesheet" href="/__frontrunner/banner.css">
<a href="/boards">Boards</a> <a class="x" href="/models/a/b">b</a> <a href="/docs">docs</a>"""


def test_a_page_needs_its_scripts_and_styles_and_leads_to_pages() -> None:
    assert assets_of(PAGE) == ("/_assets/a.css", "/assets/b.js")
    assert links_of(PAGE) == ("/boards", "/models/a/b")


def test_a_request_has_the_address_of_its_user() -> None:
    who = visitor(258, Kind.READER, "salt")
    who.cookies["frontrunner_bucket"] = "7"
    text = encoded(page("/"), who, "board").decode()
    assert text.startswith("GET / HTTP/1.1\r\nhost: board\r\n")
    assert "x-forwarded-for: 10.0.1.2\r\n" in text
    assert "cookie: frontrunner_bucket=7\r\n" in text
    assert text.endswith("\r\n\r\n")
    job = encoded(Request("/job", "job", body=b'{"a": 1}'), who, "board")
    assert job.startswith(b"POST /job ")
    assert job.endswith(b'content-length: 8\r\n\r\n{"a": 1}')


def test_a_user_is_the_same_every_time_and_the_gateway_knows_the_bucket() -> None:
    one, again = visitor(70_000, Kind.PROGRAM, "salt"), visitor(70_000, Kind.PROGRAM, "salt")
    assert one == again
    assert one.bucket == bucket(one.address, one.agent, "salt")
    assert not one.has_cookies
    assert visitor(1, Kind.READER, "salt").has_cookies


def test_a_crowd_is_mixed_and_repeatable() -> None:
    many = crowd(5000, "salt", 3)
    assert many == crowd(5000, "salt", 3)
    assert len({(one.address, one.agent) for one in many}) == 5000
    for kind, weight in CROWD.items():
        found = sum(one.kind is kind for one in many) / 50
        assert abs(found - weight) < 3, kind


def test_cookies_are_kept_and_forgotten() -> None:
    who = visitor(1, Kind.READER, "salt")
    keep_cookies(who, [(b"set-cookie", b"frontrunner_choice=new; Path=/; Max-Age=99")])
    assert (who.cookies, who.choice) == ({"frontrunner_choice": "new"}, "new")
    keep_cookies(who, [(b"set-cookie", b"frontrunner_choice=auto; Path=/; Max-Age=0")])
    assert (who.cookies, who.choice) == ({}, "")
