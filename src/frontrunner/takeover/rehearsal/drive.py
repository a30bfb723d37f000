"""Send the requests of all users and note the outcome of each: the traffic is its own observer.

Some dozens of connections carry the users by turns. Each client does what real ones do if a
connection is cut: a GET is sent again, at most twice, and for a few seconds it tries to connect.
The messages of a job are not asked for again: the first reader consumes them.
"""

from __future__ import annotations

import asyncio
import random
import time

from frontrunner.net.link import CutError, Link, RawAnswer
from frontrunner.takeover.rehearsal.asked import Grounds, Request, encoded, keep_cookies
from frontrunner.takeover.rehearsal.book import Answered, Book, Owner, Result
from frontrunner.takeover.rehearsal.flips import Sent, SidesSeen
from frontrunner.takeover.rehearsal.population import Visitor

TRIES = 3
"""A GET that was cut is sent at most so often in all."""
PATIENCE = 4.0
"""Seconds for which a client tries to connect."""
_ANSWER = 30.0
"""Seconds for a whole answer."""
_PAUSE = 0.05
_MOST_DEBT = 0.5
"""Seconds by which a client may be behind its turn; more than that is skipped, not caught up."""


class Client:
    """One connection, lent to one user after another."""

    def __init__(self, grounds: Grounds, book: Book, seen: SidesSeen, seed: int) -> None:
        self.grounds = grounds
        self.asked = 0
        self.draw = random.Random(seed)  # noqa: S311 -- not for secrets
        self._book, self._seen = book, seen
        self._link = Link(grounds.host, grounds.port)
        self._host = f"{grounds.host}:{grounds.port}"

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    async def ask(self, who: Visitor, request: Request) -> RawAnswer | None:
        """Ask as a user, and note the outcome; None if there was no answer."""
        start, choice = time.time(), who.choice
        answer, tries, error = await self._sent(encoded(request, who, self._host), request)
        side = answer.header(b"x-frontrunner-side").decode("latin-1") if answer else ""
        one = Answered(
            start=start, end=time.time(), kind=request.kind,
            method="STREAM" if request.is_stream else request.method,
            path=request.path, owner=request.owner, status=answer.status if answer else 0,
            side=side, tries=tries, error=error, choice=choice, is_there=request.is_there,
        )  # fmt: skip
        found = self._book.add(one)
        if request.owner is Owner.BUCKET and side and found in (Result.GOOD, Result.LOST):
            place = (who.number, who.bucket, choice, side, request.path)
            self._seen.note(Sent(start, one.end, *place))
        if answer is not None and who.has_cookies:
            keep_cookies(who, answer.headers)
        return answer

    async def watch(self, who: Visitor, request: Request, seconds: float) -> None:
        """Hold a stream open for some seconds. If it ends before, the book has it."""
        start, error = time.time(), ""
        content = encoded(request, who, self._host)
        try:
            await self._connected()
            answer = await self._link.ask(content, seconds, lambda _: None)
            error = f"ended with {answer.status} before its user left"
        except TimeoutError:
            pass  # the user closes the page
        except CutError as cut:
            error = _plain(cut)
        self.asked += 1
        self._book.add(
            Answered(
                start=start, end=time.time(), kind=request.kind, method="STREAM",
                path=request.path, owner=request.owner, status=0 if error else 200, side="",
                tries=1, error=error,
            )
        )  # fmt: skip

    def notice(self, kind: str, what: str) -> None:
        """Note a failure that no status shows."""
        self._book.fail(kind, what, time.time())

    async def _sent(self, content: bytes, request: Request) -> tuple[RawAnswer | None, int, str]:
        most = TRIES if request.method == "GET" and not request.is_stream else 1
        error = ""
        for tries in range(1, most + 1):
            try:
                await self._connected()
                return await self._link.ask(content, _ANSWER), tries, ""
            except TimeoutError:
                return None, tries, f"no answer in {_ANSWER:.0f} s"
            except CutError as cut:
                error = _plain(cut)
                if tries < most:
                    await asyncio.sleep(_PAUSE)
        return None, most, error

    async def _connected(self) -> None:
        """Connect if need be. Raises CutError once the patience is over."""
        until = time.monotonic() + PATIENCE
        while not await self._link.is_open():
            if time.monotonic() > until:
                raise CutError("no connection")
            await asyncio.sleep(_PAUSE)


def _plain(error: CutError) -> str:
    """What happened, without addresses."""
    text = str(error)
    return "connection cut" if "closed" in text or "reset" in text.lower() else text


class Pace:
    """Spreads requests over time, for one client of several."""

    def __init__(self, each: float) -> None:
        """`each` is the time in seconds between two requests of one client."""
        self._each = each
        self._due = time.monotonic() + random.random() * each  # noqa: S311 -- not for secrets

    async def after(self, requests: int) -> None:
        """Wait until so many requests more may be sent."""
        now = time.monotonic()
        self._due = max(self._due, now - _MOST_DEBT) + requests * self._each
        if self._due > now:
            await asyncio.sleep(self._due - now)
