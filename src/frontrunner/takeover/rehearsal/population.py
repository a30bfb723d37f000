"""The simulated users: who they are, and what a gateway knows of them. Pure.

Each user has an address and an agent of its own, so that each has a bucket of its own. The same
number gives the same user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from random import Random

from frontrunner.gateway.buckets import bucket


class Kind(StrEnum):
    """What a user does with a board."""

    READER = "reader"
    """A browser: keeps cookies, loads what a page needs, follows links."""
    PROGRAM = "program"
    """A script without cookies that reads the table of a board."""
    LINK = "old link"
    """A browser that arrives by a link that was made for the old board."""
    CHOOSER = "chooser"
    """A browser that picks a board by itself, and later leaves the choice to the gateway again."""
    NEW_API = "program of the new board"
    """A script that reads what only the new board has."""
    CURIOUS = "reader of /transition"
    """A browser that looks up where the move is."""
    PAGE = "open page"
    """A page of the old board that runs jobs."""
    CLIENT = "gradio_client"
    """A script that runs jobs of the old board without its page."""
    WATCHER = "heartbeat"
    """A page of the old board that is left open."""
    WRITER = "writer"
    """A reader who sends feedback."""


CROWD: dict[Kind, int] = {
    Kind.READER: 20,
    Kind.PROGRAM: 61,
    Kind.LINK: 3,
    Kind.CHOOSER: 2,
    Kind.NEW_API: 12,
    Kind.CURIOUS: 2,
}
"""Of 100 visits, how many are of each kind. Open pages and writers are a few tasks of their own."""

_AGENTS = {
    Kind.PROGRAM: "python-requests/2.32 (job {number})",
    Kind.NEW_API: "curl/8.11 (cron {number})",
    Kind.CLIENT: "gradio_client/1.14 (job {number})",
}
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; user {number}) Gecko/20100101 Firefox/140.0"


@dataclass(slots=True)
class Visitor:
    """One user, with what a browser would keep."""

    number: int
    kind: Kind
    address: str
    agent: str
    bucket: int
    cookies: dict[str, str] = field(default_factory=dict)
    choice: str = ""
    """The board that the user has chosen; empty without a choice."""

    @property
    def has_cookies(self) -> bool:
        """Whether this user keeps cookies, as browsers do."""
        return self.kind not in _AGENTS


def visitor(number: int, kind: Kind, salt: str) -> Visitor:
    """The user of a number. The address is from 10.0.0.0/8, which reaches no one."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    agent = _AGENTS.get(kind, _BROWSER).format(number=number)
    return Visitor(number, kind, address, agent, bucket(address, agent, salt))


def crowd(size: int, salt: str, seed: int) -> list[Visitor]:
    """So many users, their kinds as in `CROWD`."""
    draw = Random(seed)  # noqa: S311 -- not for secrets
    kinds, weights = list(CROWD), list(accumulate(CROWD.values()))
    return [
        visitor(number, draw.choices(kinds, cum_weights=weights)[0], salt)
        for number in range(1, size + 1)
    ]
