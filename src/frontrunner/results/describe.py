"""What a model_meta.json says of its model, for models that the catalog does not know.

mteb has written this file in about twenty shapes. Each fact is taken alone: one that is absent or
of a wrong type stays unknown, and costs no other fact its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from frontrunner.base.json import loads
from frontrunner.catalog import Model
from frontrunner.catalog.entries import is_api_address
from frontrunner.catalog.openness import openness

_LONGEST = 2_000
"""Characters of one text, such as a citation."""
_MOST = 2_000
"""Entries of one list, such as languages."""
_LARGEST = 10**15
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NO_LICENCE = frozenset({"", "not specified", "none", "unknown", "n/a"})
_NO_NAME = re.compile(r"[\x00-\x1f\x7f]|^\s|\s$")
_LONGEST_NAME = 200


def described_model(data: bytes) -> Model | None:
    """The model that a model_meta.json describes; None if the file gives no usable name."""
    try:
        facts = loads(data)
    except (ValueError, RecursionError):
        return None
    name = facts.get("name") if isinstance(facts, dict) else None
    if not isinstance(name, str) or not is_name(name):
        return None
    return _model(name, facts)


def is_name(name: str) -> bool:
    """Whether `name` can be a model's: one short line, and no address of the API."""
    return 0 < len(name) <= _LONGEST_NAME and not _NO_NAME.search(name) and not is_api_address(name)


def _model(name: str, facts: Mapping[str, Any]) -> Model:
    seen = _data_sets(facts.get("training_datasets"))
    licence = _text(facts.get("license"))
    link = _text(facts.get("reference"))
    data = facts.get("public_training_data")
    model = Model(
        name=name,
        revision=_text(facts.get("revision")),
        url=link if link and link.lower().startswith(("http://", "https://")) else None,
        parameters=_whole(facts.get("n_parameters")),
        active_parameters=_whole(
            _first(facts, "n_active_parameters", "n_active_parameters_override")
        ),
        embedding_dim=_largest(_first(facts, "embed_dim", "embedding_dimension")),
        max_tokens=_number(facts.get("max_tokens")),
        release_date=_date(facts.get("release_date")),
        types=_types(facts),
        instruction_tuned=_flag(_first(facts, "use_instructions", "use_instuctions")),
        open_weights=_flag(_first(facts, "open_weights", "open_source")),
        frameworks=_texts(facts.get("framework")),
        modalities=_texts(facts.get("modalities")) or ("text",),
        languages=_texts(facts.get("languages")),
        citation=_text(facts.get("citation")),
        memory_mb=_number(facts.get("memory_usage_mb")),
        license=None if (licence or "").lower() in _NO_LICENCE else licence,
        training_code=_text(facts.get("public_training_code")),
        training_data=_text(data) or ("True" if data is True else None),
        adapted_from=_text(facts.get("adapted_from")),
        superseded_by=_other(_text(facts.get("superseded_by")), name),
        training_datasets=seen,
        seen_tasks=seen,
        described_by_results=True,
    )
    return openness(model)


def _first(facts: Mapping[str, Any], *keys: str) -> Any:
    return next((facts[key] for key in keys if facts.get(key) is not None), None)


def _text(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return value.strip()[:_LONGEST]


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Sequence):
        return ()
    found = (_text(one) for one in value[:_MOST])
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _number(value: object) -> float | None:
    """A number from 0 to 10**15; infinity means unbounded, which is None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(value) if 0 <= value <= _LARGEST else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number else None


def _largest(value: object) -> int | None:
    """A model with several output sizes (Matryoshka) is listed with its largest."""
    sizes: Iterable[object] = value[:_MOST] if isinstance(value, list) else [value]
    return max((size for one in sizes if (size := _whole(one)) is not None), default=None)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _date(value: object) -> str | None:
    found = _DATE.match(value) if isinstance(value, str) else None
    return found[0] if found else None


def _types(facts: Mapping[str, Any]) -> tuple[str, ...]:
    if facts.get("is_cross_encoder") is True:
        return ("cross-encoder",)
    return _texts(facts.get("model_type")) or ("dense",)


def _data_sets(value: object) -> tuple[str, ...] | None:
    """The data sets that it was trained on; an older file has them as a table with their splits."""
    if isinstance(value, dict):
        value = list(value)
    return tuple(sorted(_texts(value))) if isinstance(value, list) else None


def _other(name: str | None, own: str) -> str | None:
    return None if name == own else name
