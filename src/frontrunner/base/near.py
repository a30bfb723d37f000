"""Names like one that does not exist: for error messages that suggest the closest match."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 100
"""Characters compared: it takes quadratic time, and the name may come from a request."""


def near_names(
    wanted: str, known: Iterable[str], *, most: int = 3, cutoff: float = 0.6
) -> list[str]:
    """At most `most` of the known names that resemble `wanted`, the closest first.

    `cutoff` is the least similarity, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415 -- only if a name is missing

    return get_close_matches(wanted[:_LONGEST], list(known), n=most, cutoff=cutoff)
