"""What kind of model stands behind a printed name: what the first board's boxes ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from frontrunner.catalog import Catalog, Model


class Kinds(msgspec.Struct, frozen=True, array_like=True):
    """What a model is, as the boxes ask."""

    proprietary: bool = False
    sentence_transformers: bool = False
    cross_encoder: bool = False
    instructions: bool = False
    lexical: bool = False
    """Such as BM25: neither a bi-encoder nor a cross-encoder."""


UNKNOWN = Kinds()
"""A model that nothing is known of counts as open, and as a bi-encoder without instructions."""


def old_kinds(model_meta: Mapping[str, Any]) -> dict[str, Kinds]:
    """Printed name -> kinds, of every model in the old board's own list."""
    listed = model_meta.get("model_meta")
    cross = {str(one) for one in model_meta.get("cross_encoders") or ()}
    facts = listed if isinstance(listed, Mapping) else {}
    found = {
        _printed(str(name)): _old_kinds(_printed(str(name)), about, cross)
        for name, about in facts.items()
        if isinstance(about, Mapping)
    }
    return {one: Kinds(cross_encoder=True) for one in cross} | found


def _printed(key: str) -> str:
    """The old list writes `org__name` or `name`; its tables print the name."""
    return key.rsplit("__", 1)[-1].rsplit("/", 1)[-1]


def _old_kinds(name: str, about: Mapping[str, Any], cross: set[str]) -> Kinds:
    return Kinds(
        proprietary=bool(about.get("is_proprietary")),
        sentence_transformers=bool(about.get("is_sentence_transformers_compatible")),
        cross_encoder=name in cross,
        instructions=bool(about.get("uses_instruct")),
        lexical=_is_lexical(name),
    )


def kinds_by_name(catalog: Catalog, old: Mapping[str, Kinds]) -> dict[str, Kinds]:
    """Printed name -> kinds, of today's models and those of the old list, which counts first."""
    today = {model.name.rsplit("/", 1)[-1]: _kinds(model) for model in catalog.models}
    return today | dict(old)


def _kinds(model: Model) -> Kinds:
    return Kinds(
        proprietary=model.open_weights is False,
        sentence_transformers="Sentence Transformers" in model.frameworks,
        cross_encoder="cross-encoder" in model.types,
        instructions=bool(model.instruction_tuned),
        lexical=_is_lexical(model.name),
    )


def _is_lexical(name: str) -> bool:
    return "bm25" in name.lower()
