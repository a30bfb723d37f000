"""The HTML around the model names of the first board."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

_TEMPLATE = '<a target="_blank" style="text-decoration: underline" href="{link}">{name}</a>'


class Anchor(NamedTuple):
    """A model as a row names it."""

    name: str
    link: str | None


def anchor(name: str, link: str | None) -> str:
    """The model cell as the first board wrote it; the bare name if there is no link."""
    if link is None:
        return name
    return _TEMPLATE.format(link=escape(link, quote=True), name=escape(name, quote=False))


def parse_anchor(cell: str) -> Anchor:
    """The name and the link in a model cell, in any form of HTML or as plain text.

    Attributes may be in any order and quoting, tags nested or in capitals; the first link counts.
    """
    start = len('<a target="_blank" style="text-decoration: underline" href="')
    end = cell.find('">', start)
    if end > 0 and cell.endswith("</a>") and "&" not in cell:
        name, link = cell[end + 2 : -4], cell[start:end]
        # Almost every cell has this form; a parser takes a hundred times as long.
        if _TEMPLATE.format(link=link, name=name) == cell and "<" not in name:
            return Anchor(name.strip(), link.strip() or None)
    parser = _AnchorParser()
    parser.feed(cell)
    parser.close()
    return Anchor(" ".join("".join(parser.text).split()), parser.link)


class _AnchorParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        link = dict(attrs).get("href")
        if tag == "a" and link and self.link is None:
            self.link = link.strip()

    def handle_data(self, data: str) -> None:
        self.text.append(data)
