"""A page before it is sent: what is made once, whatever host a client names."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from frontrunner.http.pages import Page
from frontrunner.http.reply import Headers
from frontrunner.snapshot.answers import DENSE, Answer, encode

ANYWHERE = f"https://{secrets.token_hex(16)}.invalid"
"""Stands for the origin in a page: no page can hold it by chance, and escaping leaves it alone."""


class Drawn(NamedTuple):
    """A page in which `ANYWHERE` stands for the origin."""

    body: bytes
    group: str
    headers: Headers
    status: int

    def at(self, origin: str) -> Page:
        """The page for clients that reached us at `origin`."""
        body = self.body.replace(ANYWHERE.encode(), origin.encode())
        answer = encode(Answer("", body, "text/html; charset=utf-8"), DENSE)
        return Page(answer, self.group, self.headers, self.status)
