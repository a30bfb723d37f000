"""Errors of a store: in a sentence, without secrets, and soon."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import StoreError, UsageError
from frontrunner.remote.bucket import Bucket
from tests.s3 import KEY, S3, SECRET


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.org/board",
        "s3://",
        "s3://key:secret@bucket/board",
        "s3://bucket/board?sig=secret",
        "bucket",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        Bucket(address)
    assert "secret" not in str(caught.value)


def test_a_store_that_is_down_is_an_error_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with pytest.raises(StoreError, match=r"s3://b/c could not read current\.json") as caught:
        Bucket("s3://b/c").read("current.json")
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("Check its address, AWS_ENDPOINT_URL and the network.")
    assert SECRET not in str(caught.value)


def test_wrong_keys_are_an_error_that_does_not_show_them(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    with pytest.raises(StoreError) as caught:
        Bucket("s3://boards/a").read("current.json")
    assert "wrong-secret" not in str(caught.value)
    assert str(caught.value) == (
        "The store s3://boards/a could not read current.json: it answered 403 "
        "SignatureDoesNotMatch. Check the credentials in the environment, and their permissions "
        "below the prefix."
    )


def test_a_write_needs_the_version_that_was_read(bucket: Bucket) -> None:
    assert bucket.replace("a", b"1", None)
    first = bucket.read("a")
    assert first is not None
    assert bucket.read("a", first.tag) is None
    assert bucket.replace("a", b"2", first.tag)
    if bucket.address.startswith("s3://"):
        assert not bucket.replace("a", b"3", first.tag)
        assert not bucket.replace("a", b"3", None)
        second = bucket.read("a")
        assert second is not None
        assert second.body == b"2"


def test_removing_what_is_gone_is_no_error(bucket: Bucket) -> None:
    bucket.write("a", b"1")
    bucket.delete(["a", "a", "b"])
    with pytest.raises(FileNotFoundError):
        bucket.read("a")
