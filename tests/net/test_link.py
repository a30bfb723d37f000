"""A connection that is kept: whole answers, cut answers, closed connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from frontrunner.net.link import CutError, Link

REQUEST = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def with_server(answer: Answering, use: Callable[[Link], Awaitable[None]]) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    link = Link("127.0.0.1", server.sockets[0].getsockname()[1])
    try:
        await use(link)
    finally:
        link.close()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)


def answering(*answers: bytes, then_close: bool = False) -> Answering:
    """Answers requests one after another, on however many connections."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while left:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(left.pop(0))
                await writer.drain()
                if then_close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return answer


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok"
CHUNKED = b"HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


def test_answers_come_one_after_another_on_one_connection() -> None:
    async def use(link: Link) -> None:
        first = await link.ask(REQUEST, 5)
        second = await link.ask(REQUEST, 5)
        assert (first.status, first.body, first.header(b"x-a")) == (200, b"ok", b"1")
        assert (second.status, second.body, second.header(b"x-a")) == (404, b"abcde", b"")

    asyncio.run(with_server(answering(PLAIN, CHUNKED), use))


def test_parts_are_passed_on_as_they_come() -> None:
    async def use(link: Link) -> None:
        parts: list[bytes] = []
        answer = await link.ask(REQUEST, 5, parts.append)
        assert (b"".join(parts), answer.body) == (b"abcde", b"")

    asyncio.run(with_server(answering(CHUNKED), use))


@pytest.mark.parametrize("cut", [b"", PLAIN[:-1], CHUNKED[:-5], b"no HTTP at all\r\n\r\n"])
def test_an_answer_that_is_cut_is_no_answer(cut: bytes) -> None:
    async def use(link: Link) -> None:
        with pytest.raises(CutError):
            await link.ask(REQUEST, 5)
        assert (await link.ask(REQUEST, 5)).status == 200

    asyncio.run(with_server(answering(cut, PLAIN, then_close=True), use))


def test_a_connection_that_may_not_go_on_is_opened_anew() -> None:
    closing = PLAIN.replace(b"X-A: 1", b"Connection: close")

    async def use(link: Link) -> None:
        for _ in range(3):
            assert (await link.ask(REQUEST, 5)).body == b"ok"

    asyncio.run(with_server(answering(closing, closing, closing, then_close=True), use))


def test_the_time_is_limited() -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def use(link: Link) -> None:
        with pytest.raises(TimeoutError):
            await link.ask(REQUEST, 0.05)

    asyncio.run(with_server(never, use))


def test_nothing_listens() -> None:
    async def use() -> None:
        link = Link("127.0.0.1", 9)
        assert not await link.is_open()
        with pytest.raises(CutError):
            await link.ask(REQUEST, 5)

    asyncio.run(use())
