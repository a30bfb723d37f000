from __future__ import annotations

import asyncio

import pytest

from frontrunner.calls.room import NoRoomError, Room


def test_who_comes_first_is_served_first() -> None:
    async def steps() -> None:
        room, order = Room(10), []

        async def one(name: str, size: int) -> None:
            await room.take(size, 1)
            order.append(name)

        await room.take(8, 1)
        tasks = [
            asyncio.create_task(one(name, size)) for name, size in (("large", 9), ("small", 1))
        ]
        await asyncio.sleep(0)
        assert order == []  # the small one does not push in
        room.give(8)
        await asyncio.gather(*tasks)
        assert order == ["large", "small"]
        assert room.free == 0

    asyncio.run(steps())


def test_who_gives_up_takes_nothing_and_lets_others_pass() -> None:
    async def steps() -> None:
        room = Room(10)
        await room.take(8, 1)
        impatient = asyncio.create_task(room.take(9, 0.01))
        cancelled = asyncio.create_task(room.take(9, 60))
        small = asyncio.create_task(room.take(2, 60))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(NoRoomError):
            await impatient
        await small
        assert room.free == 0
        room.give(10)
        assert room.free == 10

    asyncio.run(steps())


def test_room_that_was_given_to_who_is_gone_comes_back() -> None:
    async def steps() -> None:
        room = Room(10)
        await room.take(10, 1)
        waiting = asyncio.create_task(room.take(5, 1))
        await asyncio.sleep(0)
        room.give(10)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert room.free in (5, 10)
        if not waiting.cancelled():  # it was served before it heard
            room.give(5)
        assert room.free == 10

    asyncio.run(steps())
