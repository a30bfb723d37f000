"""How open a model is: six facets, each of which is yes, no or not known."""

from __future__ import annotations

import msgspec

from frontrunner.catalog.model import Model

_OPEN_LICENSES = frozenset(
    {
        "mit",
        "apache-2.0",
        "bsd-3-clause",
        "gpl-3.0",
        "lgpl",
        "lgpl-3.0",
        "mpl-2.0",
        "afl-3.0",
        "eupl-1.2",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "odc-by",
        "cdla-sharing-1.0",
        "openmdw-1.1",
    }
)
"""Licences that mteb counts as open, in lower case."""


def openness(model: Model) -> Model:
    """`model` with the facets that its own facts decide; a facet that is not known is left out."""
    facets = {
        "open weights": model.open_weights,
        "open license": None if model.license is None else _is_open(model.license),
        "open training code": True if model.training_code else None,
        "open training data": True if model.training_data else None,
        "paper": True if model.citation else None,
        "model card": True if model.url else None,
    }
    known = {name: value for name, value in facets.items() if value is not None}
    return msgspec.structs.replace(model, openness=known)


def _is_open(licence: str) -> bool:
    return licence.lower() in _OPEN_LICENSES
