"""Two models and perhaps a kind of task, from a sentence: `e5 large vs bge-m3 on reranking`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from frontrunner.web.matching import LONGEST

_BETWEEN = re.compile(
    r"\s+(?:vs\.?|versus|against|compared (?:to|with)|gegen)\s+|\s*(?:\u5bf9\u6bd4|\u5bf9)\s*",
    re.IGNORECASE,
)
_WORDS = 5
"""A name has at most so many words in a sentence."""
_SHORTEST = 2
"""Letters that a name must have."""


class Against(NamedTuple):
    """Two models, and the words that name neither."""

    first: str
    second: str
    rest: str


class ModelNames:
    """The models of a catalog, as readers write their names: in part, with spaces."""

    def __init__(self, names: Iterable[str], other_words: Iterable[str] = ()) -> None:
        """`other_words` mean something else, such as a language, so no part of a name is found by
        them.
        """
        self._other = frozenset(map(_letters, other_words))
        self._whole: dict[str, str] = {}
        for name in sorted(names, key=lambda one: (len(one), one)):
            for spelling in (name, name.rpartition("/")[2]):
                self._whole.setdefault(_letters(spelling), name)

    def find(self, text: str) -> str:
        """The model of this name, else the shortest one that begins so; empty if there is none."""
        wanted = _letters(text)
        if len(wanted) < _SHORTEST:
            return ""
        found = self._whole.get(wanted, "")
        if found or wanted in self._other:
            return found
        begins = (one for one in self._whole if one.startswith(wanted))
        return self._whole.get(min(begins, key=len, default=""), "")


def is_against(text: str) -> bool:
    """Whether a sentence may put two models against each other. This is fast."""
    return bool(_BETWEEN.search(text[:LONGEST].strip()))


def against(text: str, known: ModelNames) -> Against | None:
    """The two models that a sentence puts against each other; None if it does not."""
    parts = _BETWEEN.split(text[:LONGEST].strip(), maxsplit=1)
    if len(parts) < 2:
        return None
    left, right = parts[0].split(), parts[1].split()
    before = [left[-n:] for n in range(min(_WORDS, len(left)), 0, -1)]
    after = [right[:n] for n in range(min(_WORDS, len(right)), 0, -1)]
    first, _ = _longest(before, known)
    second, words = _longest(after, known)
    if not first or not second or first == second:
        return None
    return Against(first, second, " ".join(right[words:]))


def _longest(parts: list[list[str]], known: ModelNames) -> tuple[str, int]:
    """The model that the most words name, and how many they are."""
    named = ((known.find(" ".join(part)), len(part)) for part in parts)
    return next(((name, count) for name, count in named if name), ("", 0))


def _letters(name: str) -> str:
    """A name as it is compared: letters and digits alone."""
    return re.sub(r"[\W_]+", "", name.lower())
