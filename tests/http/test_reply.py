"""Replies: each encoding is made once, has its own tag, and unpacks to the same body."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http import reply as replies
from frontrunner.http.reply import Policy, Reply
from frontrunner.snapshot.answers import JSON, Encoded, body_tag

BODY = b'{"numbers": [1, 2, 3]}' * 100
POLICY = Policy(1_700_000_000.9, 60)
UNPACK = {
    b"gzip": gzip.decompress,
    b"br": brotli.decompress,
    b"zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    b"identity": bytes,
}


def reply_to(body: bytes, media_type: str = JSON) -> Reply:
    return Reply(Encoded(media_type, body_tag(body), body), POLICY)


@pytest.mark.parametrize("encoding", UNPACK)
@given(st.binary(min_size=256, max_size=2_000))
def test_every_encoding_unpacks_to_the_body(encoding: bytes, body: bytes) -> None:
    form = reply_to(body).form(encoding)
    assert UNPACK[encoding](form.body) == body
    headers = dict(form.headers)
    assert headers[b"content-length"] == b"%d" % len(form.body)
    assert headers.get(b"content-encoding", b"identity") == encoding


def test_encodings_have_tags_of_their_own() -> None:
    reply = reply_to(BODY)
    assert len({reply.form(encoding).tag for encoding in UNPACK}) == len(UNPACK)
    assert reply.form(b"gzip").tag == reply_to(BODY).form(b"gzip").tag


def test_what_clients_send_takes_little_memory() -> None:
    reply = reply_to(BODY)
    for number in range(100):
        long = b"gzip, x%d" % number + b"y" * 10_000
        assert reply.form(long) is reply.form(b"gzip")
        assert reply.chosen(long) is None
    short = [b"br, x%d" % number for number in range(100)]
    forms = [reply.form(one) for one in short]
    assert all(form is forms[0] for form in forms)
    assert 0 < sum(reply.chosen(one) is not None for one in short) < 20


def test_each_encoding_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def pack(body: bytes) -> bytes:
        made.append(body)
        return b"packed"

    monkeypatch.setitem(replies._ON_DEMAND, "gzip", pack)
    reply = reply_to(BODY)
    with ThreadPoolExecutor(4) as pool:
        forms = list(pool.map(reply.form, [b"gzip", b"gzip;q=1"] * 10))
    assert len(made) == 1
    assert all(form is forms[0] for form in forms)
    assert reply.chosen(b"gzip") is forms[0]
    assert reply.chosen(b"br") is None


def test_prepared_encodings_are_sent_as_they_are() -> None:
    answer = Encoded(JSON, body_tag(BODY), BODY, b"g", b"b", b"z")
    reply = Reply(answer, POLICY)
    assert [reply.form(one).body for one in UNPACK] == [b"g", b"b", b"z", BODY]
    assert reply.weight == len(BODY) + 3


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"small", JSON), (BODY, "image/png"), (BODY, "application/vnd.x")]
)
def test_what_gains_nothing_is_not_compressed(body: bytes, media_type: str) -> None:
    reply = reply_to(body, media_type)
    assert reply.form(b"gzip").body == body
    assert reply.weight == len(body)


def test_encodings_still_to_be_made_are_weighed() -> None:
    assert reply_to(BODY).weight == 4 * len(BODY)


def test_a_client_is_fresh_with_its_tag_or_else_with_the_date() -> None:
    reply = reply_to(BODY)
    form, other = reply.form(b"gzip"), reply.form(b"br")
    date = dict(form.headers)[b"last-modified"].decode()
    assert reply.is_fresh(form, form.tag, None)
    assert not reply.is_fresh(form, other.tag, date)  # the tag counts before the date
    assert reply.is_fresh(form, None, date)
    assert not reply.is_fresh(form, None, "Mon, 01 Jan 2001 00:00:00 GMT")
    assert not reply.is_fresh(form, None, None)


def test_how_long_an_answer_may_be_kept() -> None:
    assert dict(POLICY.common)[b"cache-control"] == b"public, max-age=60"
    assert dict(Policy(0, 0).common)[b"cache-control"] == b"no-cache"
    assert POLICY.last_modified == 1_700_000_000.0
