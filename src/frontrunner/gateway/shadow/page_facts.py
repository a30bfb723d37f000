"""The title of a page and where it leads, read in one pass.

The standard library's parser looks at the rest of a page again for each tag that does not end: 40
KB of `<a <a <a` take it 20 seconds, so two such pages would block the comparer. It also
fails on `<![x[`.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

_BEGIN = re.compile(r"<(?:!--|[!?]|(/?)([a-zA-Z][^\s/>]*+))")
_REST = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_ATTRIBUTE = re.compile(r"([^\s=/>]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]++))?+")
_RAW = frozenset({"script", "style", "title", "textarea"})
"""Elements whose content is no markup."""


class PageFacts(NamedTuple):
    """What a page says of itself."""

    title: str
    links: frozenset[str]


class _Tag(NamedTuple):
    name: str
    attributes: str
    end: int
    """Where the text after it begins."""


def page_facts(text: str) -> PageFacts:
    """The first title, and the targets of all links; the gateway's own banner does not count."""
    title: str | None = None
    links: set[str] = set()
    at = 0
    while (tag := _next_tag(text, at)) is not None:
        at = tag.end
        if tag.name == "a":
            links.update(_target(tag.attributes))
        elif tag.name in _RAW:
            content, at = _raw_content(text, tag)
            if tag.name == "title" and title is None:
                title = content
    return PageFacts(" ".join(html.unescape(title or "").split()), frozenset(links))


def _next_tag(text: str, at: int) -> _Tag | None:
    """The next begin tag; None at the end, or at what does not end: nothing after it is markup."""
    while begin := _BEGIN.search(text, at):
        if begin[0] == "<!--":
            end = text.find("-->", begin.end() - 2)
            at = end + 3
        elif not begin[2]:
            end = text.find(">", begin.end())
            at = end + 1
        else:
            rest = _REST.match(text, begin.end())
            end = at = rest.end() if rest else -1
            if rest and not begin[1]:
                return _Tag(begin[2].lower(), text[begin.end() : end - 1], end)
        if end < 0:
            return None
    return None


def _raw_content(text: str, tag: _Tag) -> tuple[str, int]:
    """The text up to the end tag, and where that begins."""
    found = re.compile(rf"</{tag.name}[\s/>]", re.IGNORECASE).search(text, tag.end)
    end = found.start() if found else len(text)
    return text[tag.end : end], end


def _target(attributes: str) -> set[str]:
    """Where a link leads, without what is behind `#`."""
    for name, value in _ATTRIBUTE.findall(attributes):
        if name.lower() == "href":
            link = html.unescape(value.strip("\"'")).strip().partition("#")[0]
            return {link} if link and "/__frontrunner/" not in link else set()
    return set()
