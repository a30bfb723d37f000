"""The words on pages: one TOML file in `i18n/` for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from frontrunner.base.config import SiteSettings

DEFAULT = "en"
PLAIN_SITE = SiteSettings()
"""A site without a name of its own."""


class Count(int):
    """A number in a message: `{n:# task|# tasks}` is singular for 1, with `#` for the number."""

    def __format__(self, spec: str) -> str:
        """The number, or the form of a noun or verb that goes with it."""
        if not spec:
            return str(int(self))
        one, _, many = spec.partition("|")
        return (one if self == 1 or not many else many).replace("#", f"{int(self):,}")


class Words:
    """The messages of one language."""

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        self.language = language
        self.messages = messages

    def __call__(self, key: str, /, **values: object) -> str:
        """The message `key` with `values` put in; raises KeyError for an unknown key.

        Whole numbers choose between singular and plural: see `Count`.
        """
        if not values:
            return self.messages[key]
        counts = {k: Count(v) if isinstance(v, int) else v for k, v in values.items()}
        return self.messages[key].format(**counts)

    def named(self, table: str, name: str) -> str:
        """What readers call something of the catalog, such as a task type; its own name if
        nothing else is known."""
        return self.messages.get(f"{table}.{name}", name)

    def unit(self, name: str) -> str:
        """What readers call a unit of time."""
        return self.named("units", name)

    def below(self, table: str) -> dict[str, str]:
        """All messages of one table, by their short keys."""
        start = f"{table}."
        return {k.removeprefix(start): v for k, v in self.messages.items() if k.startswith(start)}


@cache
def languages() -> tuple[str, ...]:
    """The languages that there is a file for, the default first."""
    found = sorted(
        one.name.removesuffix(".toml")
        for one in resources.files(__package__).joinpath("i18n").iterdir()
        if one.name.endswith(".toml")
    )
    return (DEFAULT, *(one for one in found if one != DEFAULT))


@cache
def words(language: str, site: SiteSettings = PLAIN_SITE) -> Words:
    """The messages of `language`, with the name and tagline of `site` if it has its own."""
    own = _own_messages(site)
    return Words(language, {**_messages(language), **own}) if own else _plain(language)


def _own_messages(site: SiteSettings) -> dict[str, str]:
    own = {}
    if site.name != PLAIN_SITE.name:
        own = {"site.name": site.name, "home.title": site.name}
    if site.tagline:
        own["home.lead"] = site.tagline
    return own


@cache
def _plain(language: str) -> Words:
    return Words(language, _messages(language))


@cache
def _messages(language: str) -> dict[str, str]:
    folder = resources.files(__package__).joinpath("i18n")
    tables = tomllib.loads(folder.joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    names = folder.joinpath("names", f"{language}.toml")
    if names.is_file():
        tables |= tomllib.loads(names.read_text(encoding="utf-8"))
    return {
        f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()
    }


def preferred(header: str) -> str:
    """The language of ours that an Accept-Language header likes best."""
    wishes = []
    for place, piece in enumerate(header.split(",")):
        tag, _, rest = piece.strip().partition(";")
        try:
            quality = float(rest.strip().removeprefix("q=") or 1) if rest else 1.0
        except ValueError:
            quality = 0.0
        wishes.append((-quality, place, tag.split("-")[0].lower()))
    for quality, _, tag in sorted(wishes):
        if tag in languages() and quality < 0:
            return tag
    return DEFAULT
