"""The words that catalogs share, such as task types: used to distinguish a new word from a
misspelled one.

`type = "classification"` would create a second type alongside `Classification`, with a mean of its
own. A word is refused only if it is a known one spelled otherwise, or nearly so; new words are
allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from frontrunner.base.near import near_names
from frontrunner.base.toml import parse_toml
from frontrunner.catalog.entries import OwnFile
from frontrunner.catalog.model import Catalog

_NEARLY = 0.88
"""From this similarity on, a word of at least `_LONG` letters counts as a misspelling."""
_LONG = 5


class StandardWords(msgspec.Struct, frozen=True):
    """The content of vocabulary.toml."""

    task_types: tuple[str, ...]
    domains: tuple[str, ...]
    modalities: tuple[str, ...]
    model_types: tuple[str, ...]
    frameworks: tuple[str, ...]


@cache
def standard_words() -> StandardWords:
    """The words that mteb's registry uses."""
    text = files("frontrunner.catalog").joinpath("vocabulary.toml").read_bytes()
    return msgspec.convert(parse_toml(text), StandardWords)


class Vocabulary(NamedTuple):
    """The known words of each key."""

    words: Mapping[tuple[str, str], Mapping[str, str]]
    """Kind of entry and key -> the word as compared -> the word as it is spelled."""

    @classmethod
    def of(cls, catalog: Catalog) -> Vocabulary:
        """The words of `catalog`, and those of mteb, which a catalog without mteb uses too."""
        tasks, models = catalog.tasks, catalog.models
        kinds = tuple(one for model in models for one in model.types)
        base = standard_words()
        return cls(
            {
                ("task", "type"): _compared((*base.task_types, *(t.type for t in tasks))),
                ("task", "domains"): _compared(
                    (*base.domains, *(one for t in tasks for one in t.domains or ()))
                ),
                ("task", "modalities"): _compared(base.modalities),
                ("model", "type"): _compared((*base.model_types, *kinds)),
                ("model", "modalities"): _compared(base.modalities),
                ("model", "frameworks"): _compared(
                    (*base.frameworks, *(one for m in models for one in m.frameworks))
                ),
            }
        )

    def meant(self, kind: str, key: str, word: str) -> str | None:
        """The known word that `word` misspells; None if it is known, or new."""
        known = self.words["model" if kind == "override" else kind, key]
        if word in known.values():
            return None
        plain = _plain(word)
        if plain in known:
            return known[plain]
        near = near_names(plain, known, most=1, cutoff=_NEARLY) if len(plain) >= _LONG else []
        return known[near[0]] if near else None


def words_used(own: OwnFile) -> Iterator[tuple[str, int, str, str]]:
    """Each word that the entries use: kind of entry, its number, the key, the word."""
    for number, task in enumerate(own.task):
        yield "task", number, "type", task.type
        yield from (("task", number, "domains", one) for one in task.domains or ())
        yield from (("task", number, "modalities", one) for one in task.modalities)
    for number, model in enumerate(own.model):
        yield "model", number, "type", model.type
        yield from (("model", number, "modalities", one) for one in model.modalities)
        yield from (("model", number, "frameworks", one) for one in model.frameworks)
    for number, entry in enumerate(own.override):
        if isinstance(entry.type, str):
            yield "override", number, "type", entry.type
        for key in ("modalities", "frameworks"):
            given = getattr(entry, key)
            if isinstance(given, list | tuple):
                yield from (("override", number, key, one) for one in given)


def _compared(words: Iterable[str]) -> dict[str, str]:
    return {_plain(word): word for word in words}


def _plain(word: str) -> str:
    return "".join(one for one in word.casefold() if one.isalnum())
