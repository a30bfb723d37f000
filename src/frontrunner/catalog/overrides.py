"""`[[override]]`: correct what the registry says of a model, with a reason that its page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from frontrunner.base.near import near_names
from frontrunner.catalog.entries import Entry, OwnOverride
from frontrunner.catalog.model import Correction, Model
from frontrunner.catalog.openness import openness
from frontrunner.catalog.own_files import OwnFiles

_NO_FACTS = frozenset({*Entry.__struct_fields__, "reason"})
_OF_OPENNESS = frozenset({"open_weights", "license", "training_code", "training_data", "citation"})


def corrected_models(own: OwnFiles, models: Mapping[str, Model]) -> dict[str, Model]:
    """The models of `models` that the files override, by name.

    Raises CatalogError if an entry names no such model, overrides nothing, or makes a model its own
    successor.
    """
    found: dict[str, Model] = {}
    for number, entry in enumerate(own.entries.override):
        where = f".override[{number}]"
        model = models.get(entry.name)
        if model is None:
            near = near_names(entry.name, models, most=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise own.error(f"{where}.name", f"there is no model {entry.name!r}{hint}")
        if not _facts(entry):
            raise own.error(where, "it overrides nothing; add at least one key of the model")
        if entry.superseded_by == entry.name:
            raise own.error(f"{where}.superseded_by", f"{entry.name!r} is superseded by itself")
        found[entry.name] = _corrected(model, entry)
    return found


def _facts(entry: OwnOverride) -> dict[str, Any]:
    """The facts that an entry gives."""
    values = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return {k: v for k, v in values.items() if k not in _NO_FACTS and v is not msgspec.UNSET}


def _corrected(model: Model, entry: OwnOverride) -> Model:
    facts = _facts(entry)
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
    }
    if "type" in fields:
        fields["types"] = (fields.pop("type"),)
    if "training_datasets" in fields:
        fields["training_datasets"] = tuple(sorted(fields["training_datasets"]))
        fields["seen_tasks"] = fields["training_datasets"]
    corrections = tuple(
        Correction(
            fact=name,
            was=_as_text(getattr(model, name)),
            now=_as_text(value) or "",
            reason=entry.reason,
        )
        for name, value in fields.items()
        if name != "seen_tasks"
    )
    fresh = msgspec.structs.replace(model, **fields, corrections=corrections)
    if not _OF_OPENNESS & fields.keys():
        return fresh
    decided = openness(fresh).openness
    changed = {_FACET[name] for name in _OF_OPENNESS & fields.keys()}
    own = {facet: value for facet, value in decided.items() if facet in changed}
    return msgspec.structs.replace(fresh, openness={**model.openness, **own})


_FACET = {
    "open_weights": "open weights",
    "license": "open license",
    "training_code": "open training code",
    "training_data": "open training data",
    "citation": "paper",
}


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
