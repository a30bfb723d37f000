"""Which form of a body a client gets, and whether it has it already (RFC 9110).

Entity tags are made of the body's digest, so they are the same on every replica and after every
restart; each encoding has a strong tag of its own.
"""

from __future__ import annotations

import email.utils
from collections.abc import Iterable, Sequence
from functools import lru_cache

IDENTITY = "identity"
PREFERRED = ("br", "zstd", "gzip")
"""Encodings in order of preference, for a client that accepts several equally."""


@lru_cache(maxsize=512)
def accepted(header: str) -> tuple[str, ...]:
    """The encodings that an Accept-Encoding header allows, most wanted first.

    An absent header must be given as the empty string. Identity is allowed unless refused by
    name or by `*;q=0`.
    """
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        name, _, parameters = item.strip().partition(";")
        if name.strip():
            weights[name.strip()] = _weight(parameters)
    rest = weights.get("*", 0.0)
    found = {name: weights.get(name, rest) for name in PREFERRED}
    found[IDENTITY] = weights.get(IDENTITY, weights.get("*", 1e-6) or 0.0)
    order = {name: place for place, name in enumerate((*PREFERRED, IDENTITY))}
    allowed = [name for name, weight in found.items() if weight > 0]
    return tuple(sorted(allowed, key=lambda name: (-found[name], order[name])))


def _weight(parameters: str) -> float:
    for one in parameters.split(";"):
        key, _, value = one.strip().partition("=")
        if key.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def choose(header: str, available: Iterable[str]) -> str:
    """The encoding to send; identity if the client accepts none of ours."""
    there = frozenset(available)
    return next((name for name in accepted(header) if name in there), IDENTITY)


def entity_tag(digest: str, encoding: str) -> str:
    """The strong entity tag of one form of a body."""
    return f'"{digest}"' if encoding == IDENTITY else f'"{digest}-{encoding}"'


def _opaque(tag: str) -> str:
    return tag.strip().removeprefix("W/")


def is_match(if_none_match: str, tags: Sequence[str]) -> bool:
    """Whether If-None-Match names one of `tags`: weak comparison, a list, or `*`."""
    return if_none_match.strip() == "*" or any(
        _opaque(tag) in tags for tag in if_none_match.split(",")
    )


def not_modified_since(if_modified_since: str, last_modified: float) -> bool:
    """Whether a client names the date of the served snapshot; no if the date is malformed.

    No for a later date too: after a rollback the served snapshot is older than the client's.
    """
    try:
        since = email.utils.parsedate_to_datetime(if_modified_since).timestamp()
    except (TypeError, ValueError, OverflowError):
        return False
    return int(last_modified) == since


def http_date(at: float) -> str:
    """Seconds since the epoch as HTTP writes them."""
    return email.utils.formatdate(at, usegmt=True)
