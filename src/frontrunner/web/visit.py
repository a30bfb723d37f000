"""One request for a page, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.web.urls import SITE_CARD, Links
from frontrunner.web.words import Words


@dataclass(frozen=True, slots=True)
class Visit:
    """The input of a view: the service, the language and the request."""

    service: Service
    t: Words
    links: Links
    name: str
    """What follows the first segment of the path."""
    query: Mapping[str, str]
    origin: str = ""
    live: bool = True
    """False for a page of a static export, whose parts that need a server say so."""
    framed_by: tuple[str, ...] = ()
    """Origins whose pages may show this one in a frame."""
    likes: bool = False
    """Whether visitors can like the board."""
    links_out: tuple[tuple[str, str], ...] = ()
    """What the footer links to outside the board: the key of its words, and a URL."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A template with its data."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    card: str = SITE_CARD
    """The picture that goes with links to the page; its path below `/og/`."""
    status: int = 200


def links_out(site: SiteSettings) -> tuple[tuple[str, str], ...]:
    """The links of the footer that a site has set."""
    own = (
        ("submit", site.submit),
        ("report", site.report),
        ("docs", site.docs),
        ("source", site.source),
    )
    return tuple((key, url) for key, url in own if url)


View = Callable[[Visit], Shown]
