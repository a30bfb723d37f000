"""`filter_data`: the first board's search and filters over the tables that a program sends.

The board kept no state: it narrowed what it was sent. Ranks are those of the whole table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.files.columns import MODEL, SIZE
from frontrunner.legacy.files.markup import Anchor, parse_anchor
from frontrunner.legacy.gradio.model_types import MODEL_TYPES, NamedTypes, types_of
from frontrunner.legacy.gradio.search import search

SIZE_RANGES = {
    "<100M": (0.0, 100.0),
    "100M to 250M": (100.0, 250.0),
    "250M to 500M": (250.0, 500.0),
    "500M to 1B": (500.0, 1000.0),
    ">1B": (1000.0, float("inf")),
}
"""Millions of parameters: more than the first, at most the second."""
_LONGEST_CELL = 4096
"""So much of a model's cell is looked at for its name."""
_SECONDS = 5.0
"""For all tables together: those of the old board take a fiftieth of it."""

FrameValue = str | int | float | bool | None


class Frame(msgspec.Struct):
    """A table as it travels."""

    headers: list[str]
    data: list[list[FrameValue]]
    metadata: msgspec.Raw = msgspec.Raw(b"null")
    """Not looked at, and not sent back."""


class Filters(msgspec.Struct, frozen=True):
    """What to keep."""

    search: str
    """Regular expressions, ignoring case; `;` separates alternatives."""
    types: Sequence[str]
    """A model of any one is kept. A type that is not in MODEL_TYPES finds nothing."""
    sizes: Sequence[str]
    """Of SIZE_RANGES. As soon as one is missing, models of unknown size go."""


def filter_frames(
    filters: Filters, frames: Sequence[Frame], known: Mapping[str, NamedTypes]
) -> list[Frame]:
    """Each table with the rows that the filters leave; an empty one holds one empty row.

    `known` has the types of models by their printed names. Raises LegacyError for an expression
    that is invalid or takes too long, an unknown size, and a table without the columns needed.
    """
    keep = _keeper(filters, known)
    ends = time.monotonic() + _SECONDS
    return [_narrowed(frame, keep, ends) for frame in frames]


Keep = Callable[[Anchor, Any], bool]
"""Whether a model is kept, by its name and link, and its size as in the table."""


def _keeper(filters: Filters, known: Mapping[str, NamedTypes]) -> Keep | None:
    """What decides on a row; None where nothing is filtered."""
    tests: list[Keep] = []
    if filters.search:
        found = search(filters.search)
        tests.append(lambda model, _: found(model.name))
    if set(filters.types) != set(MODEL_TYPES):
        wanted = set(filters.types)
        tests.append(lambda model, _: not wanted.isdisjoint(types_of(model, known)))
    if set(filters.sizes) != set(SIZE_RANGES):
        ranges = [_range(one) for one in filters.sizes]
        tests.append(lambda _, size: _within(size, ranges))
    return (lambda model, size: all(test(model, size) for test in tests)) if tests else None


def _range(name: str) -> tuple[float, float]:
    if name not in SIZE_RANGES:
        raise LegacyError(f"Unknown model size {name!r}. The sizes are: {', '.join(SIZE_RANGES)}.")
    return SIZE_RANGES[name]


def _within(size: object, ranges: Sequence[tuple[float, float]]) -> bool:
    number = isinstance(size, int | float) and not isinstance(size, bool)
    return number and any(low < size <= high for low, high in ranges)  # type: ignore[operator]


def _narrowed(frame: Frame, keep: Keep | None, ends: float) -> Frame:
    rows = [row for row in frame.data if row]
    if keep is not None and rows:
        model, size = _column(frame, MODEL), _column(frame, SIZE)
        kept = []
        for row in rows:
            if time.monotonic() > ends:
                raise LegacyError("The tables are too large to filter.")
            if keep(parse_anchor(str(row[model])[:_LONGEST_CELL]), row[size]):
                kept.append(row)
        rows = kept
    return Frame(frame.headers, rows or [[]])


def _column(frame: Frame, name: str) -> int:
    try:
        index = frame.headers.index(name)
    except ValueError:
        raise LegacyError(f"A table has no column {name!r}, by which it is filtered.") from None
    if any(len(row) <= index for row in frame.data if row):
        raise LegacyError(f"A row of a table is too short to have the column {name!r}.")
    return index
