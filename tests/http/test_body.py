"""Bodies of requests: whole, too large, or cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from frontrunner.http.body import CutOffError, TooLargeError, read_body


def read(*messages: dict[str, Any], most: int = 10) -> bytes:
    left = list(messages)

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    return asyncio.run(read_body(receive, most))


def parts(*bodies: bytes) -> Sequence[dict[str, Any]]:
    last = len(bodies) - 1
    return [
        {"type": "http.request", "body": body, "more_body": number < last}
        for number, body in enumerate(bodies)
    ]


@pytest.mark.parametrize("bodies", [(b"",), (b"whole",), (b"in", b"", b" parts"), (b"x" * 10,)])
def test_a_whole_body(bodies: tuple[bytes, ...]) -> None:
    assert read(*parts(*bodies)) == b"".join(bodies)


def test_one_byte_too_many() -> None:
    with pytest.raises(TooLargeError, match="larger than 10 bytes"):
        read(*parts(b"x" * 6, b"x" * 5))


def test_what_was_cut_off_is_never_taken_for_the_whole() -> None:
    with pytest.raises(CutOffError):
        read(*parts(b"half", b"")[:1], {"type": "http.disconnect"})
