"""Which of the first board's type boxes find a model.

The first board compared the whole model cell of a row, name and link, with its list of models.
A row that the list did not name was found by *Open* alone. Its models keep this rule; models that
it never showed are described by today's catalog.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from frontrunner.catalog import Catalog, Model
from frontrunner.legacy.files.markup import Anchor

OPEN, PROPRIETARY = "Open", "Proprietary"
SENTENCE_TRANSFORMERS = "Sentence Transformers"
CROSS_ENCODERS, BI_ENCODERS = "Cross-Encoders", "Bi-Encoders"
INSTRUCTIONS, NO_INSTRUCTIONS = "Uses Instructions", "No Instructions"
MODEL_TYPES = (
    OPEN,
    PROPRIETARY,
    SENTENCE_TRANSFORMERS,
    CROSS_ENCODERS,
    BI_ENCODERS,
    INSTRUCTIONS,
    NO_INSTRUCTIONS,
)

_NO_LINK = "https://huggingface.co/spaces/mteb/leaderboard"
"""The link that the first board gave to a listed model without one."""
_HUB = "https://huggingface.co/"

Types = tuple[str, ...]
"""Some of MODEL_TYPES, in their order."""
UNLISTED: Types = (OPEN,)


class NamedTypes(msgspec.Struct, frozen=True, array_like=True):
    """The types of the models that share one printed name."""

    by_link: dict[str, Types]
    others: Types = UNLISTED
    """Of a row with another link, or none."""

    def of(self, link: str | None) -> Types:
        """The types of the row with this name and `link`."""
        return self.by_link.get(link or "", self.others)


def types_of(model: Anchor, known: Mapping[str, NamedTypes]) -> Types:
    """The types of a row's model; one that is unknown is found by *Open* alone."""
    named = known.get(model.name)
    return named.of(model.link) if named else UNLISTED


# --- the first board's models -------------------------------------------------------------------


def old_types(model_meta: Mapping[str, Any], rows: Iterable[Anchor]) -> dict[str, NamedTypes]:
    """Printed name -> types, of each model in the old list or in a row of the old tables."""
    cross = {str(one) for one in model_meta.get("cross_encoders") or ()}
    links: dict[str, dict[str, set[str]]] = {}
    for key, link, types in _listed(model_meta, cross):
        links.setdefault(_printed(key), {}).setdefault(link, set()).update(types)
    for row in rows:
        links.setdefault(row.name, {}).setdefault(row.link or "", set())
    return {
        name: _named({link: _ordered(types) for link, types in one.items()})
        for name, one in links.items()
    }


def _listed(
    model_meta: Mapping[str, Any], cross: Collection[str]
) -> Iterator[tuple[str, str, Iterable[str]]]:
    """The key, link and types of each entry in the old list."""
    facts = model_meta.get("model_meta")
    entries = facts if isinstance(facts, Mapping) else {}
    for key, about in entries.items():
        if isinstance(about, Mapping):
            yield str(key), str(about.get("link") or _NO_LINK), _old_types(str(key), about, cross)
    for key in sorted(cross):
        about = entries.get(key)
        link = about.get("link") if isinstance(about, Mapping) else None
        yield key, str(link or _NO_LINK), (CROSS_ENCODERS,)


def _old_types(key: str, about: Mapping[str, Any], cross: Collection[str]) -> Iterator[str]:
    """As the first board decided, by the whole key: `org__name` is no cross-encoder `name`."""
    yield PROPRIETARY if about.get("is_proprietary") else OPEN
    if about.get("is_sentence_transformers_compatible"):
        yield SENTENCE_TRANSFORMERS
    if key not in cross and key != "bm25":
        yield BI_ENCODERS
    yield INSTRUCTIONS if about.get("uses_instruct") else NO_INSTRUCTIONS


def _printed(key: str) -> str:
    """The old list writes `org__name` or `name`; its tables print the name."""
    return key.rsplit("/", 1)[-1].rsplit("__", 1)[-1]


def _named(by_link: dict[str, Types]) -> NamedTypes:
    """A row with an unknown link gets the types of the first."""
    return NamedTypes(by_link, next(iter(by_link.values())))


def _ordered(types: set[str]) -> Types:
    """`Open` is whatever is not proprietary, also where several entries share a link."""
    complete = types - {OPEN} if PROPRIETARY in types else types | {OPEN}
    return tuple(one for one in MODEL_TYPES if one in complete)


# --- today's models -------------------------------------------------------------------------------


def known_types(catalog: Catalog, old: Mapping[str, NamedTypes]) -> dict[str, NamedTypes]:
    """Printed name -> types, of the old models and of those that only the catalog has.

    Where models of several organisations share a name, the link decides.
    """
    links: dict[str, dict[str, Types]] = {}
    for model in catalog.models:
        name = model.name.rsplit("/", 1)[-1]
        links.setdefault(name, {})[model.url or f"{_HUB}{model.name}"] = _types(model)
    return {name: _named(one) for name, one in links.items()} | dict(old)


def _types(model: Model) -> Types:
    cross = "cross-encoder" in model.types
    wanted = {
        OPEN: model.open_weights is not False,
        PROPRIETARY: model.open_weights is False,
        SENTENCE_TRANSFORMERS: "Sentence Transformers" in model.frameworks,
        CROSS_ENCODERS: cross,
        BI_ENCODERS: not cross and "bm25" not in model.name.lower(),
        INSTRUCTIONS: bool(model.instruction_tuned),
        NO_INSTRUCTIONS: not model.instruction_tuned,
    }
    return tuple(one for one in MODEL_TYPES if wanted[one])
