"""A citation of a page as one snapshot shows it: BibTeX, and a line of plain text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_SPECIAL = re.compile(r"[\\{}%&#_$~^]")
_SPELLED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


class Citation(NamedTuple):
    """How to cite a page."""

    bibtex: str
    plain: str
    url: str


def citation(site: str, title: str, url: str, snapshot: str, moment: float) -> Citation:
    """The citation of the page at `url`, whose numbers are those of a snapshot."""
    at = datetime.fromtimestamp(moment, UTC)
    address = with_snapshot(url, snapshot)
    key = re.sub(r"\W+", "", f"{site}{snapshot[:8]}", flags=re.ASCII).lower() or "board"
    lines = (
        f"title = {{{{{_tex(title)}}}}}",
        f"author = {{{{{_tex(site)}}}}}",
        f"year = {{{at:%Y}}}",
        f"month = {{{at.month}}}",
        f"note = {{Snapshot {snapshot} of {at:%Y-%m-%d}}}",
        f"howpublished = {{\\url{{{address}}}}}",
    )
    entry = ",\n".join(f"  {line}" for line in lines)
    plain = f"{site}: {title}. Snapshot {snapshot} of {at:%Y-%m-%d}. {address}"
    return Citation(f"@misc{{{key},\n{entry}\n}}", plain, address)


def with_snapshot(url: str, snapshot: str) -> str:
    """`url` with the snapshot that its numbers are of."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0] != "snapshot"]
    query = urlencode([*kept, ("snapshot", snapshot)], safe="~,", quote_via=quote)
    return parts._replace(path=quote(parts.path, safe="/%~"), query=query, fragment="").geturl()


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _SPELLED.get(found[0], f"\\{found[0]}"), text)
