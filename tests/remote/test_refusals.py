"""Errors of object storage, as people read them."""

from __future__ import annotations

import pytest

from frontrunner.remote.refusals import explained, in_short

_REFUSED = "Error performing GET http://h/b in 1ms - Server returned non-2xx status code: "


def test_what_may_be_a_secret_is_left_out() -> None:
    text = "GET https://a.blob/c?sig=abc%3D&se=1 failed, Signature=xyz\n\nDebug source: token"
    assert in_short(text) == "GET https://a.blob/c?... failed, Signature=..."


def test_what_is_long_is_cut_off_and_says_so() -> None:
    assert in_short("a" * 999).endswith("a...")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            f"{_REFUSED}404 Not Found: <Error><Code>NoSuchBucket</Code><Message>x</Message>",
            "it answered 404 NoSuchBucket. Create the bucket first.",
        ),
        (
            f"{_REFUSED}503 Service Unavailable: ",
            "it answered 503. The storage reported an internal error. Try again later.",
        ),
        (
            "Error performing PUT http://169.254.169.254/latest/api/token in 5s - HTTP error",
            "Error performing PUT http://169.254.169.254/latest/api/token in 5s - HTTP error. No "
            "credentials were found: put them into the environment, see docs/scale.md.",
        ),
        ("Something new.", "Something new."),
    ],
)
def test_an_error_says_what_to_do(text: str, says: str) -> None:
    assert explained(text) == says
