"""`filter_data`: the first board's search and filters over the tables that a program sends.

The board kept no state: it narrowed what it was sent. Ranks are those of the whole table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.files.columns import MODEL, SIZE
from frontrunner.legacy.files.markup import parse_anchor
from frontrunner.legacy.gradio.kinds import UNKNOWN, Kinds
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

Test = Callable[[Kinds], bool]
_TESTS: dict[str, Test] = {
    "Open": lambda kinds: not kinds.proprietary,
    "Proprietary": lambda kinds: kinds.proprietary,
    "Sentence Transformers": lambda kinds: kinds.sentence_transformers,
    "Cross-Encoders": lambda kinds: kinds.cross_encoder,
    "Bi-Encoders": lambda kinds: not kinds.cross_encoder and not kinds.lexical,
    "Uses Instructions": lambda kinds: kinds.instructions,
    "No Instructions": lambda kinds: not kinds.instructions,
}
MODEL_TYPES = tuple(_TESTS)


Cell = str | int | float | bool | None


class Frame(msgspec.Struct):
    """A table as it travels."""

    headers: list[str]
    data: list[list[Cell]]
    metadata: Any = None


class Filters(msgspec.Struct, frozen=True):
    """What to keep."""

    search: str
    """Regular expressions without regard to capitals; `;` stands for or."""
    types: Sequence[str]
    """Of MODEL_TYPES; a model of any one is kept."""
    sizes: Sequence[str]
    """Of SIZE_RANGES. As soon as one is missing, models of unknown size go."""


def filter_frames(
    filters: Filters, frames: Sequence[Frame], kinds: Mapping[str, Kinds]
) -> list[Frame]:
    """Each table with the rows that the filters leave; an empty one holds one empty row.

    `kinds` tells by a model's printed name what it is. Raises LegacyError for an expression that
    is none or takes too long, a filter that never was, and a table without the columns asked for.
    """
    keep = _keeper(filters, kinds)
    ends = time.monotonic() + _SECONDS
    return [_narrowed(frame, keep, ends) for frame in frames]


Keep = Callable[[str, Any], bool]
"""Whether a model, by its printed name and its size as the table has it, is kept."""


def _keeper(filters: Filters, kinds: Mapping[str, Kinds]) -> Keep | None:
    """What decides on a row; None where nothing is filtered."""
    tests: list[Keep] = []
    if filters.search:
        found = search(filters.search)
        tests.append(lambda name, _: found(name))
    if set(filters.types) != set(MODEL_TYPES):
        wanted = [_known(_TESTS, one) for one in filters.types]
        tests.append(lambda name, _: any(test(kinds.get(name, UNKNOWN)) for test in wanted))
    if set(filters.sizes) != set(SIZE_RANGES):
        ranges = [_known(SIZE_RANGES, one) for one in filters.sizes]
        tests.append(lambda _, size: _within(size, ranges))
    return (lambda name, size: all(test(name, size) for test in tests)) if tests else None


_Entry = TypeVar("_Entry")


def _known(known: Mapping[str, _Entry], name: str) -> _Entry:
    if name not in known:
        raise LegacyError(f"There is no filter called {name!r}. There are: {', '.join(known)}.")
    return known[name]


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
                raise LegacyError("The tables are too large, and were given up.")
            if keep(parse_anchor(str(row[model])[:_LONGEST_CELL]).name, row[size]):
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
