"""A search that any client may send: a regular expression that must not cost much time or memory.

The old board used Python's `re`, which takes exponential time on some expressions. RE2 searches in
time linear in the text and compiles within a given amount of memory, and it is RE2 itself that
rejects what would need more, so that there is no second syntax to slip past. What it does not have
(lookahead, lookbehind, backreferences, verbose mode) is an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import re2

from frontrunner.base.errors import LegacyError

_LONGEST = 1000
_MOST_TERMS = 100
_LONGEST_NAME = 500
"""Characters of a name that are searched."""
_MEMORY = 4 * 1024 * 1024
"""Bytes for one compiled expression and its search."""
_FROM_NOTHING = re.compile(r"\{,(\d+)\}")
"""`{,3}` means up to three in Python, and is plain text in RE2."""


def search(text: str) -> Callable[[str], bool]:
    """Whether a name matches one of the expressions in `text`, ignoring case.

    `;` separates alternatives. Raises LegacyError if one is not a regular expression that RE2
    takes, or if the text is too long.
    """
    if len(text) > _LONGEST or text.count(";") >= _MOST_TERMS:
        raise LegacyError(
            f"The search is longer than {_LONGEST} characters or {_MOST_TERMS} alternatives."
        )
    patterns = [_compiled(one) for one in dict.fromkeys(text.split(";"))]

    def found(name: str) -> bool:
        return any(one.search(name[:_LONGEST_NAME]) for one in patterns)

    return found


def _compiled(text: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(_FROM_NOTHING.sub(r"{0,\1}", text), options)
    except (re2.error, UnicodeError) as error:
        why = error.args[0].decode(errors="replace") if isinstance(error, re2.error) else error
        raise LegacyError(
            f"{text!r} is not a regular expression that RE2 takes: {why}. Lookaround, "
            "backreferences and verbose mode are not supported."
        ) from error
