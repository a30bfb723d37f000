"""Bodies of old calls: limits of size, time and memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.calls import wire
from frontrunner.calls.room import Room
from frontrunner.http.request import Receive


def sending(*parts: bytes, more: bool = False) -> Receive:
    """A client that sends these parts; with `more` it never ends."""
    left = list(parts)

    async def receive() -> dict[str, object]:
        if not left:
            await asyncio.sleep(60)
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left) or more}

    return receive


async def _read(receive: Receive, room: Room, announced: bytes) -> bytes:
    async with wire.body_of(receive, room, announced) as body:
        return body


def read(receive: Receive, room: Room | None = None, announced: bytes = b"") -> bytes:
    return asyncio.run(_read(receive, room or Room(1_000_000), announced))


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5))
def test_parts_become_one_body(parts: list[bytes]) -> None:
    assert read(sending(*parts)) == b"".join(parts)


@pytest.mark.parametrize("announced", [b"", b"99999999"])
def test_a_body_that_is_too_large_is_refused(
    announced: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LARGEST", 10)
    with pytest.raises(wire.HttpError) as raised:
        read(sending(b"x" * 6, b"x" * 5), announced=announced)
    assert raised.value.status == 413
    assert read(sending(b"x" * 5, b"x" * 5)) == b"x" * 10


def test_a_body_that_stops_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.01)
    with pytest.raises(wire.HttpError) as raised:
        read(sending(b"x", more=True))
    assert raised.value.status == 408


def test_a_client_that_goes_away_is_no_error_of_ours() -> None:
    async def gone() -> dict[str, object]:
        return {"type": "http.disconnect"}

    with pytest.raises(wire.HttpError) as raised:
        read(gone)
    assert raised.value.status == 400


def test_memory_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(10)
    read(sending(b"x" * 8), room)
    assert read(sending(b"x" * 8), room) == b"x" * 8
    monkeypatch.setattr(wire, "_PART_PATIENCE", 0.01)
    with pytest.raises(wire.HttpError) as raised:
        read(sending(b"x" * 8, b"x" * 8), room)
    assert raised.value.status == 503
    assert read(sending(b"x" * 10), room) == b"x" * 10


VALUES = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=20,
)


def _count(value: object) -> int:
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return 1 + sum(map(_count, inner))


@given(VALUES)
def test_the_cost_bounds_the_number_of_values(value: object) -> None:
    body = msgspec.json.encode(value)
    assert wire.cost(body) >= 3 * len(body) + 96 * _count(value)


def test_an_error_is_text_or_json() -> None:
    assert wire.HttpError(400, "no").media_type == "text/plain; charset=utf-8"
    refused = wire.HttpError(413, {"detail": "no"})
    assert (refused.media_type, refused.body) == ("application/json", b'{"detail":"no"}')
