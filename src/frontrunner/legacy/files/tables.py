"""One table of the first board: JSON lines, as pandas wrote them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from frontrunner.legacy.files.columns import MODEL, score_column
from frontrunner.legacy.files.markup import Anchor, parse_anchor

Value = str | int | float | None
Row = Mapping[str, Value]


class Problem(NamedTuple):
    """Something wrong with the old board's files that did not stop the reading."""

    where: str
    what: str


@dataclass(frozen=True)
class Table:
    """The rows of one table, as in the file."""

    board: str
    kind: str
    """The task type; empty for the overall table."""
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Board and kind."""
        return self.board, self.kind

    @property
    def path(self) -> str:
        """Its path below the folder of the old board."""
        return table_path(self.board, self.kind)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column, in the order of the first row that has it."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row))

    @cached_property
    def anchors(self) -> tuple[Anchor, ...]:
        """The model of each row."""
        return tuple(parse_anchor(str(row.get(MODEL) or "")) for row in self.rows)


def table_path(board: str, kind: str) -> str:
    """The path of a table below the folder of the old board."""
    below = f"data_tasks/{kind}" if kind else "data_overall"
    return f"boards_data/{board}/{below}/default.jsonl"


def number(value: Value) -> float | None:
    """A cell as a finite number; None for blanks, text, NaN and infinity."""
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("%"))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None  # an integer with hundreds of digits


def read_table(folder: Path, board: str, kind: str) -> Table:
    """Read one table; lines that cannot be read become problems."""
    path = folder / table_path(board, kind)
    rows: list[Row] = []
    problems: list[Problem] = []
    # Not splitlines(): a name may contain U+2028, which does not end a line in JSON lines.
    text = path.read_bytes().decode("utf-8", "replace")
    for line_number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{table_path(board, kind)}:{line_number}"
        row = _row(line)
        if isinstance(row, str):
            problems.append(Problem(where, row))
        else:
            rows.append(row)
            problems.extend(Problem(where, what) for what in _oddities(row))
    return Table(board, kind, tuple(rows), tuple(problems))


def _row(line: str) -> Row | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"[:200]
    if not isinstance(row, dict):
        return f"expected an object, found {type(row).__name__}"
    if not isinstance(row.get(MODEL), str) or not parse_anchor(row[MODEL]).name:
        return "the row does not name a model"
    return row


def _oddities(row: Row) -> list[str]:
    found = []
    for column, value in row.items():
        if isinstance(value, (dict, list)):
            found.append(f"{column}: a nested value, read as blank")
        elif isinstance(value, float) and not math.isfinite(value):
            found.append(f"{column}: {value}, read as blank")
        elif _is_text(value) and score_column(column):
            found.append(f"{column}: text instead of a number, read as blank")
    return found


def _is_text(value: Value) -> bool:
    return isinstance(value, str) and bool(value.strip()) and number(value) is None


def table_bytes(table: Table) -> bytes:
    """The table as the first board wrote it: compact, ASCII, slashes escaped, one row a line."""
    lines = (json.dumps(row, separators=(",", ":")).replace("/", "\\/") for row in table.rows)
    return "".join(f"{line}\n" for line in lines).encode("ascii")
