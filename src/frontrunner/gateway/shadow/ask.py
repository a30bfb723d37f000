"""Ask one board what a mirrored request asked."""

from __future__ import annotations

from dataclasses import dataclass

from frontrunner.gateway.shadow.canon import Answer
from frontrunner.gateway.shadow.comparer import Shadow
from frontrunner.gateway.sides import Side
from frontrunner.net.client import Limits, get

_LIMITS = Limits(seconds=30, size=64 * 1024 * 1024, redirects=5, same_origin=True, private=True)
"""A board may need a while for a table. Redirects lead from old links to today's pages; one that
leads away from the board is an answer, since a board must not choose which addresses we ask."""


@dataclass(frozen=True)
class Boards:
    """Both boards, asked directly and not through the gateway."""

    old: Side
    new: Side

    def __call__(self, side: str, shadow: Shadow) -> Answer:
        """The answer of `old` or `new`. Raises NetworkError if there is none in time."""
        one = self.old if side == "old" else self.new
        scheme = "https" if one.tls else "http"
        answer = get(f"{scheme}://{one.addresses[0]}{shadow.target}", _LIMITS, shadow.headers)
        if 300 <= answer.status < 400:  # one that was not followed: where it leads is what it says
            return Answer(answer.status, "", answer.headers.get("location", "").encode())
        return Answer(answer.status, answer.media_type, answer.body)
