"""What users ask for, and the bytes of a request. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from frontrunner.takeover.rehearsal.book import Owner
from frontrunner.takeover.rehearsal.population import Visitor

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
_ASSET = re.compile(rb'<(?:script|link)\b[^>]*?(?:src|href)="\.?(/[^"?#]+\.(?:js|css))["?#]')
_LINK = re.compile(rb'<a\b[^>]*?href="(/(?:benchmark|models|tasks|boards|compare|data)[^"#?]*)"')
_MOST_ASSETS = 4


@dataclass(frozen=True)
class Grounds:
    """What there is to ask for on both boards."""

    host: str
    port: int
    benchmark: str
    """The board whose table both sides have."""
    old_assets: tuple[str, ...]
    new_assets: tuple[str, ...]
    new_pages: tuple[str, ...]
    search: int = 0
    """The number of the function by which the old board searches."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Paths of the table that both boards have."""
        start = f"/v1/benchmarks/{self.benchmark}/scores"
        return start, f"{start}.csv"

    @property
    def old_link(self) -> str:
        """A link that was made for the old board."""
        return f"/?benchmark_name={self.benchmark}"


@dataclass(frozen=True)
class Request:
    """One request, before it is sent."""

    path: str
    kind: str
    owner: Owner = Owner.BUCKET
    accept: str = "*/*"
    body: bytes = b""
    is_there: bool = True
    """False if only the new board has the path, although a bucket decides who is asked."""
    is_stream: bool = False
    """Whether reading consumes it, as with the messages of a job: it cannot be asked for twice."""

    @property
    def method(self) -> str:
        """POST if there is a body to send."""
        return "POST" if self.body else "GET"


def page(path: str, kind: str = "page", *, is_there: bool = True) -> Request:
    """A page that a browser navigates to."""
    return Request(path, kind, accept=HTML, is_there=is_there)


def encoded(request: Request, who: Visitor, host: str) -> bytes:
    """The bytes of a request of a user."""
    lines = [
        f"{request.method} {request.path} HTTP/1.1",
        f"host: {host}",
        f"user-agent: {who.agent}",
        f"accept: {request.accept}",
        f"x-forwarded-for: {who.address}",
    ]
    if who.cookies:
        lines.append("cookie: " + "; ".join(f"{name}={v}" for name, v in who.cookies.items()))
    if request.body:
        form = request.body.startswith(b"{")
        kind = "application/json" if form else "application/x-www-form-urlencoded"
        lines += [f"content-type: {kind}", f"content-length: {len(request.body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


def keep_cookies(who: Visitor, headers: list[tuple[bytes, bytes]]) -> None:
    """Do what a browser does with the cookies of an answer."""
    for name, value in headers:
        if name != b"set-cookie":
            continue
        text = value.decode("latin-1")
        pair, _, attributes = text.partition(";")
        key, _, content = pair.strip().partition("=")
        if "max-age=0" in attributes.lower().replace(" ", ""):
            who.cookies.pop(key, None)
        else:
            who.cookies[key] = content
    who.choice = next((v for key, v in who.cookies.items() if key.endswith("_choice")), "")


def assets_of(html: bytes) -> tuple[str, ...]:
    """Scripts and styles that a page needs from its own board; a few of them."""
    found = dict.fromkeys(one.decode("latin-1") for one in _ASSET.findall(html))
    return tuple(one for one in found if not one.startswith("/__"))[:_MOST_ASSETS]


def links_of(html: bytes) -> tuple[str, ...]:
    """Pages of the new board that a page links to."""
    return tuple(dict.fromkeys(one.decode("latin-1") for one in _LINK.findall(html)))
