"""Language codes: what they are called, and which of them a filter means.

A code is ISO 639-3 (`eng`) or, with an ISO 15924 script, `eng-Latn`; programming languages have
the script `Code` (`python-Code`).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from frontrunner.base.errors import UsageError


class Languages(msgspec.Struct, frozen=True, kw_only=True):
    """The names of languages and scripts."""

    names: dict[str, str] = {}
    """Code of a language -> its English name."""
    scripts: dict[str, str] = {}
    """Code of a script -> the name shown in parentheses."""
    default_script: dict[str, str] = {}
    """Code of a language -> the script that goes without saying."""
    programming: tuple[str, ...] = ()
    """Programming languages, valid with the script `Code`."""

    def label(self, code: str) -> str:
        """The name shown to people: `eng-Latn` -> English, `zho-Hant` -> Chinese (Traditional).

        A code that is not known is its own label.
        """
        language, _, script = code.partition("-")
        name = self.names.get(language, code)
        if script and self.default_script.get(language) != script:
            return f"{name} ({self.scripts.get(script, script)})"
        return name

    def check(self, code: str) -> None:
        """Raise UsageError unless `code` is a code as the module's docstring spells them."""
        language, _, script = code.partition("-")
        if script == "Code":
            known = language in self.programming
        elif not script and code[:1].isupper():
            known = code in self.scripts
        else:
            known = (language in self.names or language in self.programming) and (
                not script or script in self.scripts
            )
        if not known:
            raise UsageError(
                f"Unknown language code: {code!r}. Give an ISO 639-3 code such as 'eng', or one "
                "with its script such as 'eng-Latn'."
            )


class LanguageFilter:
    """The languages that a filter names, in whichever script they are written.

    As in mteb, a script in the filter does not narrow it: `eng-Latn` finds `eng-Brai` too.
    """

    def __init__(self, languages: Languages, codes: Iterable[str]) -> None:
        codes = list(codes)
        for code in codes:
            languages.check(code)
        self._wanted = {code.split("-", 1)[0] for code in codes}

    def matches(self, codes: Iterable[str]) -> bool:
        """Whether one of `codes` is meant; a filter that names nothing means everything."""
        return not self._wanted or any(code.split("-", 1)[0] in self._wanted for code in codes)
