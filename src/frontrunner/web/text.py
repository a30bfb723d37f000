"""Numbers and untrusted text as readers see them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

MISSING = "\N{EN DASH}"
_LINK = re.compile(
    r"\[([^\[\]]{1,300})\]\((\S{1,2000}?)\)(?=[\s.,;:!?)]|$)|(https?://[^\s<>\"')\]]+)"
)

_ON_HUB = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


def score(value: float | None) -> str:
    """A score of 0 to 1, times 100 with two decimals."""
    return MISSING if value is None else f"{value * 100:.2f}"


def parameters(billions: float | None) -> str:
    """A number of parameters."""
    if billions is None:
        return MISSING
    if not billions:
        return "0"
    if billions >= 1:
        return f"{billions:.3g}B" if billions < 100 else f"{billions:.0f}B"
    return f"{billions * 1000:.0f}M"


def whole(value: float | None) -> str:
    """A whole number with its thousands apart."""
    return MISSING if value is None else f"{value:,.0f}"


def memory(megabytes: float | None) -> str:
    """An amount of memory."""
    if megabytes is None:
        return MISSING
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes:.0f} MB"


def safe_url(value: str | None) -> str | None:
    """`value` if it is an http or https address; any other scheme could run a script."""
    if not value:
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def rich(text: str) -> Markup:
    """Text whose Markdown links and bare addresses are links; everything else is escaped."""
    pieces, at = [], 0
    for found in _LINK.finditer(text):
        label, target = found[1] or found[3], safe_url(found[2] or found[3])
        pieces.append(escape(text[at : found.start()]))
        pieces.append(_anchor(label, target) if target else escape(found[0]))
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def _anchor(label: str, target: str) -> Markup:
    return Markup('<a href="{}" rel="nofollow noopener">{}</a>').format(target, label)


def dataset_url(source: str | None) -> str | None:
    """Where a task's data lies: its address, or its page on the Hub for `owner/name`."""
    if source and _ON_HUB.fullmatch(source):
        return f"https://huggingface.co/datasets/{source}"
    return safe_url(source)


def short_list(names: list[str], limit: int = 3) -> str:
    """The first few of `names`, and how many more there are."""
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" +{more}" if more > 0 else "")


def short_licence(licence: str | None) -> str:
    """A licence's name; of one that is given as an address, the last part."""
    if not licence or licence == "not specified":
        return ""
    return licence.rstrip("/").rsplit("/", 1)[-1] if "://" in licence else licence
