"""Distinguish answers of the Hub that are not understood from bugs of this program.

The client checks no answer: one of another shape ends as a KeyError, a TypeError or the like in its
code, or where this program converts what it gave. Errors of the same kinds that come from other
code of this program are its own bugs, and must not be blamed on the Hub.
"""

from __future__ import annotations

from collections.abc import Callable
from json import JSONDecodeError
from typing import TypeVar

import msgspec

A = TypeVar("A")
T = TypeVar("T")
SHAPES = (LookupError, TypeError, AttributeError, RecursionError)
"""What code raises that meets an answer of another shape, and code that has a mistake."""
_CLIENT, _OURS = "huggingface_hub.", "frontrunner."
_OF_ARGUMENTS = ("huggingface_hub.utils._validators", "huggingface_hub.utils._deprecation")
"""Modules of the client through which it is called: they see arguments, and no answer."""


class NotUnderstoodError(Exception):
    """An answer of the Hub has another shape than expected."""


def decoded(answer: A, convert: Callable[[A], T]) -> T:
    """What `convert` makes of an answer. Raises NotUnderstoodError if it cannot."""
    try:
        return convert(answer)
    except (*SHAPES, msgspec.ValidationError) as error:
        raise NotUnderstoodError(f"{type(error).__name__}: {error}") from error


def is_of_answer(error: Exception) -> bool:
    """Whether an error was raised because an answer is not understood."""
    if isinstance(error, NotUnderstoodError | JSONDecodeError):
        return True
    return isinstance(error, SHAPES) and _raised_by(error) == _CLIENT


def _raised_by(error: Exception) -> str:
    """Whose code raised: the innermost of both; the standard library counts for its caller."""
    found, trace = "", error.__traceback__
    while trace is not None:
        name = f"{trace.tb_frame.f_globals.get('__name__', '')}"
        if f"{name}.".startswith(_OURS) or name in _OF_ARGUMENTS:
            found = _OURS
        elif f"{name}.".startswith(_CLIENT):
            found = _CLIENT
        trace = trace.tb_next
    return found
