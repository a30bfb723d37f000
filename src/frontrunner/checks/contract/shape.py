"""The shape of JSON: which keys and types an answer has, without its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from frontrunner.base.json import loads_or_none

_MAP_FROM = 12
"""An object with at least this many keys, all of one shape, is a map from names to values."""
_DEEPEST = 40


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """The types and keys seen at one place of an answer."""

    types: tuple[str, ...]
    """Sorted; of `null`, `boolean`, `number`, `string`, `array`, `object`."""
    keys: dict[str, Shape] = {}
    always: tuple[str, ...] = ()
    """Keys that every object at this place has."""
    values: Shape | None = None
    """The shape of a map's values, for any key."""
    items: Shape | None = None
    """The shape of an array's items."""


def shape_of(value: Any, depth: int = 0) -> Shape:
    """The shape of decoded JSON."""
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, (list, tuple)):
        some = [shape_of(one, depth + 1) for one in value] if depth < _DEEPEST else []
        return Shape(("array",), items=merged(some) if some else None)
    return Shape((_type(value),))


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else "string"


def _object(value: Mapping[str, Any], depth: int) -> Shape:
    if depth >= _DEEPEST:
        return Shape(("object",))
    keys = {str(key): shape_of(one, depth + 1) for key, one in value.items()}
    if len(keys) >= _MAP_FROM and len({_flat(one) for one in keys.values()}) == 1:
        return Shape(("object",), values=merged(keys.values()))
    return Shape(("object",), keys=keys, always=tuple(sorted(keys)))


def _flat(shape: Shape) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What must be equal for keys to be entries of a map; null may replace a value."""
    return tuple(one for one in shape.types if one != "null"), tuple(sorted(shape.keys))


def merged(shapes: Iterable[Shape]) -> Shape:
    """The shape that all of `shapes` are examples of; there must be at least one."""
    every = list(shapes)
    objects = [one for one in every if "object" in one.types]
    maps = [one.values for one in objects if one.values is not None]
    names = dict.fromkeys(key for one in objects for key in one.keys)
    keys = {key: merged(one.keys[key] for one in objects if key in one.keys) for key in names}
    always = set.intersection(*(set(one.always) for one in objects)) if objects else set()
    if maps:
        # A value that is a map in one answer is a map in all of them.
        maps, keys, always = [*maps, *keys.values()], {}, set()
    items = [one.items for one in every if one.items is not None]
    return Shape(
        types=tuple(sorted({kind for one in every for kind in one.types})),
        keys=keys,
        always=tuple(sorted(always)),
        values=merged(maps) if maps else None,
        items=merged(items) if items else None,
    )


def lost(old: Shape, new: Shape, where: str = "") -> list[str]:
    """What a program written for `old` would miss in `new`, one line each."""
    place = where or "the answer"
    found = []
    strange = [kind for kind in new.types if kind not in old.types]
    if strange:
        found.append(f"{place} was {' or '.join(old.types)} and can now be {' or '.join(strange)}")
    for key, shape in old.keys.items():
        there = f"{where}.{key}" if where else key
        given = new.keys.get(key) or new.values
        if given is not None:
            if key in old.always and new.keys and key not in new.always:
                found.append(f"{there} was always present and can now be missing")
            found += lost(shape, given, there)
        elif key in old.always and "object" in new.types:
            found.append(f"{there} is missing")
    found += _lost_inside(old.values, new.values or _any(new.keys.values()), f"{where}.*")
    return found + _lost_inside(old.items, new.items, f"{where}[]")


def _any(shapes: Iterable[Shape]) -> Shape | None:
    some = list(shapes)
    return merged(some) if some else None


def _lost_inside(old: Shape | None, new: Shape | None, where: str) -> list[str]:
    return lost(old, new, where) if old is not None and new is not None else []


def added(old: Shape, new: Shape, where: str = "") -> list[str]:
    """Keys that `new` has and `old` does not."""
    found = []
    for key, shape in new.keys.items():
        there = f"{where}.{key}" if where else key
        if old.values is not None:
            continue
        if key in old.keys:
            found += added(old.keys[key], shape, there)
        else:
            found.append(there)
    if old.items is not None and new.items is not None:
        found += added(old.items, new.items, f"{where}[]")
    return found


def few(lines: Sequence[str], most: int = 4) -> str:
    """The first of many lines, joined into one."""
    more = f"; and {len(lines) - most} more" if len(lines) > most else ""
    return "; ".join(lines[:most]) + more


def columns_of(table: bytes) -> tuple[str, ...]:
    """The columns of a table in JSON lines, from its first row; none if it has no rows."""
    row = loads_or_none(table.partition(b"\n")[0])
    return tuple(row) if isinstance(row, dict) else ()
