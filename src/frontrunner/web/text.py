"""Numbers and untrusted text as readers see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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


_UNITS = (("B", 1.0), ("M", 1e-3), ("K", 1e-6))
"""Units of parameters, in billions."""
_SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*([KMBT]?)\s*", re.IGNORECASE | re.ASCII)
_IN_BILLIONS = {"": 1.0, "k": 1e-6, "m": 1e-3, "b": 1.0, "t": 1e3}


def parameters(billions: float | None) -> str:
    """A number of parameters with its unit: `7.57B`, `33M`, `100K`."""
    if billions is None:
        return MISSING
    for unit, size in _UNITS:
        # 999.6M would be rounded to 1000M.
        if billions >= size * 0.9995:
            return f"{_digits(billions / size)}{unit}"
    return f"{billions * 1e9:.0f}"


def _digits(number: float) -> str:
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def billions(typed: str) -> float | None:
    """The size that a reader typed, such as `500M`, `100K` or `7`, which means billions."""
    found = _SIZE.fullmatch(typed)
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * _IN_BILLIONS[found[2].lower()]


def whole(value: float | None) -> str:
    """A whole number with its thousands apart."""
    return MISSING if value is None else f"{value:,.0f}"


def openness(facets: Mapping[str, bool]) -> str:
    """How many of the six facets of openness a model has; "?" if none is known."""
    return f"{sum(facets.values())}/6" if facets else "?"


def number(value: float) -> str:
    """A number of any size, with no more digits than say something: `191,467,021`, `38.15`."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def memory(megabytes: float | None) -> str:
    """An amount of memory."""
    if megabytes is None:
        return MISSING
    if megabytes >= 1024:
        return f"{megabytes / 1024:.1f} GB"
    if 0 < megabytes < 1:
        return f"{megabytes * 1024:.0f} KB"
    return f"{megabytes:.0f} MB"


_TIMES = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0))


def duration(seconds: float | None, unit_called: Callable[[str], str] = str) -> str:
    """An amount of time: `3.5 h`, `12 min`, `0.31 s`; in the units of a language."""
    if seconds is None:
        return MISSING
    for unit, size in _TIMES:
        if seconds >= 2 * size:
            return f"{_digits(seconds / size)} {unit_called(unit)}"
    return f"{_digits(seconds)} {unit_called('s')}"


def cut(text: str, limit: int = 300) -> str:
    """At most `limit` characters: text of result files and catalogs may be of any length."""
    return text if len(text) <= limit else f"{text[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"


QUOTED = 80
"""Characters of what a reader typed that a heading, a title or a sentence repeats."""
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that HTML forbids, and those that turn the direction of the sentence around them."""


def quoted(typed: str) -> str:
    """What a reader typed as pages repeat it: addresses may hold thousands of characters."""
    return cut(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(typed.split())), QUOTED)


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
    """The URL of a task's data: its address, or its page on the Hub for `owner/name`."""
    if source and _ON_HUB.fullmatch(source):
        return f"https://huggingface.co/datasets/{source}"
    return safe_url(source)


def short_list(names: list[str], limit: int = 3) -> str:
    """The first few of `names`, and how many more there are."""
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" +{more}" if more > 0 else "")


_FOLDERS = {"blob", "main", "spaces"}
_PLAIN_LICENCES = {"license", "licence", "terms"}


def short_licence(licence: str | None) -> str:
    """A licence's name; of one that is given as an address, what tells it from others."""
    if not licence or licence == "not specified":
        return ""
    return _licence_at(licence) if "://" in licence else licence


def _licence_at(address: str) -> str:
    """The last part of an address; with the name before it if it says no more than `LICENSE`."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as `https://[x`
        return address.rstrip("/").rpartition("/")[2]
    path = [one for one in parts.path.split("/") if one and one not in _FOLDERS]
    if parts.fragment and path:  # a heading of a model's page
        return f"{path[0]} license"
    last = path[-1] if path else parts.netloc
    stem = last.partition(".")[0].lower()
    if stem not in _PLAIN_LICENCES:
        return last
    owner = path[0] if len(path) > 1 else parts.netloc
    return f"{owner} {stem}"


def span(low: int | None, high: int | None) -> str:
    """A range of whole numbers, with an en dash; one number if both are the same."""
    if low is None or high is None:
        return ""
    return str(low) if low == high else f"{low}\u2013{high}"
