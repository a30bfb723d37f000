"""How searches match names: the same on every page, with scripts and without them.

`;` separates alternatives; all words of one alternative must occur. Capitals do not count, and
`_` equals `-`. `frontend/src/dom.ts` has the same rules for searches in the browser.
"""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 256
"""Characters of a search that count: each word is looked up in thousands of names."""
_OTHER_SIGNS = str.maketrans({"_": "-", "\N{FULLWIDTH SEMICOLON}": ";"})


def plain(text: str) -> str:
    """Text as it is compared."""
    return text.lower().translate(_OTHER_SIGNS)


def alternatives(search: str) -> list[list[str]]:
    """The words of each alternative; none for an empty search."""
    pieces = plain(search[:LONGEST]).split(";")
    return [words for piece in pieces if (words := piece.split())]


def matcher(search: str) -> Callable[[str], bool]:
    """A test for texts in the form of `plain`; an empty search matches everything."""
    wanted = alternatives(search)

    def matches(text: str) -> bool:
        return not wanted or any(all(word in text for word in words) for words in wanted)

    return matches
