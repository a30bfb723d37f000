"""Read the catalog of a snapshot, a large one with every text once.

A decoder creates a new string for each text. The models of a large catalog name the same tasks,
data sets and languages thousands of times: at ten times the public models that is a third of the
catalog.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from frontrunner.catalog.model import Catalog, Model

_LARGE = 12 << 20
"""Bytes; the public catalog has eight million, and is read quicker as it is."""
_MANY_TEXTS = tuple(
    name
    for name, kind in get_type_hints(Model).items()
    if kind in (tuple[str, ...], tuple[str, ...] | None)
)
"""The facts of a model that are many texts."""
_DEFAULTS = {field.name: field.default for field in msgspec.structs.fields(Model)}


class _Stored(Catalog, frozen=True, kw_only=True):
    models: tuple[msgspec.Raw, ...]  # type: ignore[assignment]


def stored_catalog(path: Path) -> Catalog:
    """The catalog in a JSON file. Raises OSError, or ValueError for any bad content."""
    content = path.read_bytes()
    try:
        return _pooled(content) if len(content) >= _LARGE else _plain(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _plain(content: bytes) -> Catalog:
    return msgspec.json.decode(content, type=Catalog)


def _pooled(content: bytes) -> Catalog:
    stored = msgspec.json.decode(content, type=_Stored)
    pool = _Pool()
    decode = msgspec.json.Decoder(Model).decode
    # One after the other: a model's duplicate texts are freed before the next is read.
    models = tuple([pool.shared(decode(one)) for one in stored.models])
    fields: dict[str, Any] = {name: getattr(stored, name) for name in Catalog.__struct_fields__}
    return Catalog(**fields | {"models": models})


class _Pool:
    """Texts, and lists of them, that several models have."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}

    def shared(self, model: Model) -> Model:
        """`model`, which is not shared yet, with its texts replaced by equal ones of the pool."""
        for name in _MANY_TEXTS:
            value = getattr(model, name)
            # A default keeps its identity: an encoder skips fields that are their default.
            if value and value is not _DEFAULTS.get(name):
                msgspec.structs.force_setattr(model, name, self._list(value))
        return model

    def _list(self, values: tuple[str, ...]) -> tuple[str, ...]:
        found = self._lists.get(values)
        if found is None:
            found = tuple([self._texts.setdefault(text, text) for text in values])
            self._lists[found] = found
        return found
