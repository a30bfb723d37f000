"""What each kind of user does in one visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

import msgspec

from frontrunner.net.link import RawAnswer
from frontrunner.takeover.rehearsal.asked import HTML, Request, page
from frontrunner.takeover.rehearsal.book import Owner
from frontrunner.takeover.rehearsal.drive import Client
from frontrunner.takeover.rehearsal.population import Kind, Visitor

GRADIO = "/gradio_api"
_SOME = 2
"""Assets and links of one page that a reader asks for."""
_LONGEST_WATCH = 10.0
"""Seconds for which a page of the old board is left open."""
_WORD = "a"
"""What jobs search for."""


def side_of(answer: RawAnswer | None) -> str:
    """The board that answered; empty without an answer."""
    return answer.header(b"x-frontrunner-side").decode("latin-1") if answer else ""


def is_good(answer: RawAnswer | None) -> bool:
    """Whether the visit can go on."""
    return answer is not None and answer.status == 200


# --- browsers and scripts -------------------------------------------------------------------------


async def read(client: Client, who: Visitor) -> None:
    """Open the front page, load what it needs from its own board, follow links."""
    front = await client.ask(who, page("/"))
    if not is_good(front):
        return
    grounds = client.grounds
    if side_of(front) == "old":
        await _each(client, who, grounds.old_assets, lambda path: Request(path, "asset", Owner.OLD))
        return
    await _each(client, who, grounds.new_assets, _new_asset)
    await _each(client, who, grounds.new_pages, lambda path: page(path, is_there=False))


async def _each(
    client: Client, who: Visitor, paths: tuple[str, ...], how: Callable[[str], Request]
) -> None:
    for path in client.draw.sample(paths, min(_SOME, len(paths))):
        await client.ask(who, how(path))


def _new_asset(path: str) -> Request:
    return Request(path, "asset", Owner.NEW, is_there=False)


async def fetch_table(client: Client, who: Visitor) -> None:
    """Read the table of a board, as a script does."""
    await client.ask(who, Request(client.draw.choice(client.grounds.tables), "table"))


async def follow_old_link(client: Client, who: Visitor) -> None:
    """Arrive by an old link, and go where it leads."""
    answer = await client.ask(who, page(client.grounds.old_link, "old link"))
    place = answer.header(b"location").decode("latin-1") if answer else ""
    if place:
        await client.ask(who, page(urlsplit(place).path or "/", is_there=False))


async def choose(client: Client, who: Visitor) -> None:
    """Choose a board, look at it, and at the next visit leave the choice to the gateway again."""
    board = "auto" if who.choice else client.draw.choice(("new", "old"))
    await client.ask(who, Request(f"/?board={board}", "choice", Owner.GATEWAY, HTML))
    await client.ask(who, page("/"))


async def read_new_api(client: Client, who: Visitor) -> None:
    """Load what only the new board has, in any bucket."""
    await client.ask(who, _new_asset(client.draw.choice(client.grounds.new_assets)))


async def look_up(client: Client, who: Visitor) -> None:
    """See where the move is."""
    await client.ask(who, Request("/transition.json", "transition", Owner.GATEWAY))


async def write(client: Client, who: Visitor) -> None:
    """Send feedback with the form of the banner."""
    form = f"text={quote('It looks fine.')}&side={client.draw.choice(('old', 'new'))}&page=/"
    path = "/__frontrunner/feedback"
    await client.ask(who, Request(path, "feedback", Owner.GATEWAY, HTML, form.encode()))


# --- the old board's own protocol -----------------------------------------------------------------


async def run_jobs(client: Client, who: Visitor) -> None:
    """Open the old board's page and search in it; a user of the new board only reads."""
    front = await client.ask(who, page("/"))
    if side_of(front) == "old" and is_good(front):
        await client.ask(who, Request("/config", "config", Owner.OLD))
        await _queued(client, who)


def _messages(path: str) -> Request:
    return Request(path, "job result", Owner.OLD, is_stream=True)


async def call(client: Client, who: Visitor) -> None:
    """Search as a script does, without the page."""
    body = msgspec.json.encode({"data": [_WORD]})
    begun = await client.ask(who, Request(f"{GRADIO}/call/search", "job", Owner.OLD, body=body))
    if is_good(begun) and begun is not None:
        number = msgspec.json.decode(begun.body)["event_id"]
        path = f"{GRADIO}/call/search/{number}"
        found = await client.ask(who, _messages(path))
        _complete(client, found, b"event: complete")


async def _queued(client: Client, who: Visitor) -> None:
    """One job by the queue: join it, and read its messages until they end."""
    session = f"{who.number:x}{client.draw.getrandbits(32):08x}"
    job = {"data": [_WORD], "fn_index": client.grounds.search, "session_hash": session}
    join = Request(f"{GRADIO}/queue/join", "job", Owner.OLD, body=msgspec.json.encode(job))
    if is_good(await client.ask(who, join)):
        path = f"{GRADIO}/queue/data?session_hash={session}"
        told = await client.ask(who, _messages(path))
        _complete(client, told, b"process_completed")


def _complete(client: Client, answer: RawAnswer | None, word: bytes) -> None:
    """A stream that ended well without its result is a failure that no status shows."""
    if answer is not None and answer.status == 200 and word not in answer.body:
        client.notice("job result", "a job ended without its result")


async def watch(client: Client, who: Visitor) -> None:
    """Leave a page of the old board open for a while; its heartbeat must not end before."""
    front = await client.ask(who, page("/"))
    if side_of(front) != "old" or not is_good(front):
        return
    seconds = client.draw.uniform(1.0, _LONGEST_WATCH)
    path = f"{GRADIO}/heartbeat/{who.number:x}{client.draw.getrandbits(32):08x}"
    await client.watch(who, Request(path, "heartbeat", Owner.OLD), seconds)


Visit = Callable[[Client, Visitor], Awaitable[None]]
VISITS: dict[Kind, Visit] = {
    Kind.READER: read,
    Kind.PROGRAM: fetch_table,
    Kind.LINK: follow_old_link,
    Kind.CHOOSER: choose,
    Kind.NEW_API: read_new_api,
    Kind.CURIOUS: look_up,
    Kind.WRITER: write,
    Kind.PAGE: run_jobs,
    Kind.CLIENT: call,
    Kind.WATCHER: watch,
}
