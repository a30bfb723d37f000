"""Language codes: their names, and the codes that a filter means.

A code is ISO 639-3 (`eng`) or, with an ISO 15924 script, `eng-Latn`; programming languages have
the script `Code` (`python-Code`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names

_COMMAS = 3
"""The most commas in a label: a list in a query is split at them."""


class Languages(msgspec.Struct, frozen=True, kw_only=True):
    """The names of languages and scripts."""

    names: dict[str, str] = {}
    """Code of a language -> its English name."""
    scripts: dict[str, str] = {}
    """Code of a script -> the name shown in parentheses."""
    default_script: dict[str, str] = {}
    """Code of a language -> the script that its label leaves out."""
    programming: tuple[str, ...] = ()
    """Programming languages, valid with the script `Code`."""

    def label(self, code: str) -> str:
        """The name shown to people: `eng-Latn` -> English, `zho-Hant` -> Chinese (Traditional).

        An unknown code is its own label.
        """
        language, _, script = code.partition("-")
        name = self.names.get(language, code)
        if script and self.default_script.get(language) != script:
            return f"{name} ({self.scripts.get(script, script)})"
        return name

    def knows(self, name: str) -> bool:
        """Whether `name` is a language: a code, a code with its script, a script, or a label."""
        return self.knows_code(name) or self.knows_label(name)

    def knows_code(self, code: str) -> bool:
        """Whether `code` is a code, a code with its script, or a script."""
        language, _, script = code.partition("-")
        if script == "Code":
            return language in self.programming
        if not script and code in self.scripts:
            return True
        known = language in self.names or language in self.programming
        return known and (not script or script in self.scripts)

    def knows_label(self, label: str) -> bool:
        """Whether `label` is the name of a language, perhaps with its script."""
        name, _, script = label.partition(" (")
        names, scripts = self.names.values(), self.scripts.values()
        return label in names or (name in names and script.removesuffix(")") in scripts)


class LanguageNames:
    """The names that mean the languages of some codes: `eng-Latn`, `eng`, `Latn`, `English`."""

    def __init__(self, languages: Languages, codes: Iterable[str]) -> None:
        self._languages = languages
        self._codes: dict[str, set[str]] = {}
        for code in codes:
            for name in {code, *code.split("-", 1), languages.label(code)}:
                self._codes.setdefault(name, set()).add(code)

    def codes(self, names: Sequence[str]) -> frozenset[str]:
        """The codes that `names` mean. A code without a script means each of its scripts.

        A language that exists but has none of the codes means no code. Raises UsageError for
        an unknown language.
        """
        wrong = self.unknown(names)
        if wrong is not None:
            near = self.near(wrong)
            hint = f" Did you mean {near!r}?" if near else ""
            raise UsageError(
                f"Unknown language: {wrong!r}.{hint} Give a name such as 'English', an ISO 639-3 "
                "code such as 'eng', or a code with its script such as 'eng-Latn'."
            )
        return frozenset().union(*(self._codes.get(name, ()) for name in self._whole(names)))

    def unknown(self, names: Sequence[str]) -> str | None:
        """The first of `names` that means no language; None if each means one."""
        known = self._languages.knows
        return next((n for n in self._whole(names) if n not in self._codes and not known(n)), None)

    def _whole(self, names: Sequence[str]) -> Iterator[str]:
        """The names, with labels that contain commas rejoined from their pieces."""
        pieces = list(names)
        while pieces:
            joined = next(
                (
                    size
                    for size in range(len(pieces), 1, -1)
                    if size <= _COMMAS + 1 and ", ".join(pieces[:size]) in self._codes
                ),
                1,
            )
            yield ", ".join(pieces[:joined])
            del pieces[:joined]

    def near(self, name: str) -> str | None:
        """The closest name that means a language of these codes; None if none is close."""
        # Wrong capitals are the most common mistake: `english`, `ENG`, `eng-latn`.
        folded = {known.casefold(): known for known in self._codes}
        near = near_names(name.casefold(), folded, most=1)
        return folded[near[0]] if near else None


class LanguageFilter:
    """The languages that a filter names, in every script.

    As in mteb, a script in the filter does not narrow it: `eng-Latn` finds `eng-Brai` too.
    """

    def __init__(self, names: LanguageNames, picks: Sequence[str]) -> None:
        self._everything = not picks
        self._wanted = {code.split("-", 1)[0] for code in names.codes(picks)}

    def matches(self, codes: Iterable[str]) -> bool:
        """Whether one of `codes` is meant; an empty filter means everything."""
        return self._everything or any(code.split("-", 1)[0] in self._wanted for code in codes)
