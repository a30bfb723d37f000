"""What a simulated client does when its connection is cut."""

from __future__ import annotations

import asyncio

import pytest

from frontrunner.takeover.rehearsal.asked import Grounds, Request
from frontrunner.takeover.rehearsal.book import Book, Owner, Result
from frontrunner.takeover.rehearsal.drive import Client
from frontrunner.takeover.rehearsal.flips import SidesSeen
from frontrunner.takeover.rehearsal.population import Kind, visitor

READ = Request("/gradio_api/call/search/1", "job result", Owner.OLD, is_stream=True)


async def asked_of_a_cutting_board(request: Request) -> tuple[int, Book]:
    """How often a board was asked that cuts the first connection, and the client's book."""
    heads = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heads
        await reader.readuntil(b"\r\n\r\n")
        heads += 1
        if heads > 1:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    grounds = Grounds("127.0.0.1", port, "starter", (), (), ())
    book = Book()
    client = Client(grounds, book, SidesSeen(), seed=1)
    async with server:
        await client.ask(visitor(1, next(iter(Kind)), "salt"), request)
        client.close()
    return heads, book


def test_a_get_that_was_cut_is_sent_again() -> None:
    heads, book = asyncio.run(asked_of_a_cutting_board(Request("/", "page")))
    assert (heads, book.repeated) == (2, 1)
    assert book.results == {Result.GOOD: 1}


@pytest.mark.parametrize("request_", [READ, Request("/x", "job", body=b"{}")], ids=["GET", "POST"])
def test_what_takes_something_away_is_not_sent_again(request_: Request) -> None:
    """The messages of a job are gone once they were read; asking again waited for ever."""
    heads, book = asyncio.run(asked_of_a_cutting_board(request_))
    assert (heads, book.repeated) == (1, 0)
    assert book.results == {Result.ONCE: 1}
