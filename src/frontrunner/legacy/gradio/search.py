"""A search that anybody sends: a regular expression that must neither hold the server up nor fill
its memory.

Python's own `re` says whether the text is an expression, as it did on the old board: it builds
nothing in proportion to a count such as `{1000}`, and knows no recursion. `regex` then searches,
for it can be given up. It does build in proportion to counts, and a few signs could ask for more
memory than there is: so counts are multiplied first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import prod

import regex

from frontrunner.base.errors import LegacyError

_LONGEST = 1000
_LONGEST_NAME = 500
"""So much of a name is searched."""
_MOST_STATES = 50_000
"""Signs of an expression times its counts."""
_COUNTS = re.compile(r"\{(\d*),?(\d*)\}")
_FUZZY = re.compile(r"\{[^{}]*[deis][^{}]*\}")
"""What `regex` would take as leave to err; on the old board these were ordinary signs."""
SECONDS = 1.0
"""An expression may take exponential time; it is given up after this long."""


def search(text: str) -> Callable[[str], bool]:
    """Whether a name holds one of the expressions in `text`, without regard to capitals.

    `;` stands for or. Raises LegacyError where the text is no expression, or asks for too much; so
    does the search where it takes too long.
    """
    if len(text) > _LONGEST:
        raise LegacyError(f"The search is longer than {_LONGEST} signs.")
    patterns = [_compiled(one) for one in text.split(";")]
    ends = time.monotonic() + SECONDS

    def found(name: str) -> bool:
        try:
            left = max(0.001, ends - time.monotonic())
            return any(one.search(name[:_LONGEST_NAME], timeout=left) for one in patterns)
        except TimeoutError:
            raise LegacyError(f"The search {text!r} takes too long and was given up.") from None

    return found


def _compiled(text: str) -> regex.Pattern[str]:
    try:
        re.compile(text, re.IGNORECASE)
        if states(text) > _MOST_STATES or _FUZZY.search(text):
            raise LegacyError(f"The search {text!r} asks for too much.")
        return regex.compile(text, regex.IGNORECASE, cache_pattern=False)
    except (re.error, regex.error, RecursionError, OverflowError) as error:
        raise LegacyError(f"{text!r} is no regular expression: {error}.") from error


def states(text: str) -> int:
    """About how much a compiled expression holds, at most: counts may stand inside each other."""
    counts = (max(1, *(int(one or 0) for one in pair)) for pair in _COUNTS.findall(text))
    return len(text) * prod(counts)
