"""The interface between the server and the code that makes pages.

The application knows no page. It passes a request that is not for the API to a `Pages`, and sends
the result with the same entity tags and compression as every other response.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from frontrunner.answers.service import Service
from frontrunner.http.reply import Headers, Policy
from frontrunner.snapshot.answers import Encoded


class PageRequest(NamedTuple):
    """What a page may depend on."""

    path: str
    query: bytes
    languages: str
    """The Accept-Language header."""
    wants_html: bool
    """Whether the client named HTML in its Accept header: a browser, not a program."""
    origin: str = ""
    """Scheme and host that the client used, for addresses that leave the page."""


class Page(NamedTuple):
    """A page, or a file that pages use, with the headers that are its own."""

    answer: Encoded
    group: str
    """What its requests are counted as."""
    headers: Headers
    status: int = 200


class Pages(Protocol):
    """Makes pages from a snapshot's service."""

    def find(self, service: Service, request: PageRequest) -> Page | None:
        """The page that `request` asks for; None if no page has this path."""

    def failed(self, service: Service, request: PageRequest, status: int, why: str) -> Page:
        """The page for a request that was not answered; `why` may be empty."""


class PagePolicy(Policy):
    """The headers of one page: its own, and the date of the snapshot."""

    def __init__(self, built_at: float, headers: Headers) -> None:
        super().__init__(built_at, 0)
        own = {name for name, _ in headers}
        self.common = [*(pair for pair in self.common if pair[0] not in own), *headers]
