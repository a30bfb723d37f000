"""The banner that guides users from one board to the other, as markup for any page.

It needs no script: links and a form do everything. The markup is ASCII, so it fits into a page of
any charset that contains ASCII; texts in other scripts are character references.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from frontrunner.gateway.jinja import markup


class BannerWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one banner in one language."""

    lang: str
    label: str
    text: str
    go: str
    about: str
    feedback: str
    question: str
    send: str
    hide: str
    hide_label: str


@cache
def banner_words() -> dict[str, dict[str, BannerWords]]:
    """Words by the side that shows the banner, then by language."""
    text = files("frontrunner.gateway").joinpath("banner.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, BannerWords]])


def banner_markup(side: str, language: str) -> str:
    """The banner on pages of `side`; `@other@`, `@dismiss@` and `@path@` are filled later."""
    words = banner_words()[side][language]
    made = markup("banner.html.j2").render(words=words, side=side)
    return made.strip().encode("ascii", "xmlcharrefreplace").decode()


def banner_style() -> str:
    """The banner's style sheet."""
    return files("frontrunner.gateway").joinpath("templates/banner.css").read_text("utf-8")
