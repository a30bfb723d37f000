"""The page that users get if no board answers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from frontrunner.gateway.jinja import markup


class UnavailableWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of the page in one language."""

    lang: str
    title: str
    text: str
    again: str
    home: str


@cache
def unavailable_pages() -> dict[str, str]:
    """The page by language, as a format of Envoy: a percent sign is written twice."""
    text = files("frontrunner.gateway").joinpath("unavailable.toml").read_bytes()
    words = msgspec.toml.decode(text, type=dict[str, UnavailableWords])
    page = "unavailable.html.j2"
    return {name: markup(page).render(words=one).replace("%", "%%") for name, one in words.items()}
