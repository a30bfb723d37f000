"""A board's table sorted by the server: `frontend/src/table.ts` has the same rules.

An address says `sort=-mean_task~params`: the columns, the first one first, `-` for descending.
`sort=params&order=desc` is the same for one column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.web.choices import SEPARATOR, without, written
from frontrunner.web.views.board_table import BoardTable

PARAMETERS = frozenset({"sort", "order"})
ORDERS = ("asc", "desc")
FACTS = ("rank", "name", "zero", "params", "dims", "tokens", "open", "covered")
"""The columns before the scores, as the headings call them."""
_ASCENDING_FIRST = frozenset({"rank", "name"})
Value = float | str | None


class Key(NamedTuple):
    """A column that rows are sorted by."""

    column: str
    descending: bool


def read(query: Mapping[str, str]) -> list[Key]:
    """The columns that an address sorts by; a column counts where it is named first."""
    keys = [
        Key(one.removeprefix("-"), one.startswith("-"))
        for piece in query.get("sort", "").split(SEPARATOR)
        if (one := piece.strip())
    ]
    if query.get("order") in ORDERS:
        keys = [key._replace(descending=query["order"] == "desc") for key in keys]
    # Each key sorts all rows, and an address has room for thousands.
    first: dict[str, Key] = {}
    for key in keys:
        first.setdefault(key.column, key)
    return list(first.values())


class Sorting(NamedTuple):
    """What the headings of a table need: how they sort now, and where a click on each leads."""

    keys: Sequence[Key]
    query: Mapping[str, str]
    live: bool = True
    """False in a copy without a server, where only scripts sort."""

    def aria(self, column: str) -> str:
        """`ascending` or `descending`; empty for a column that does not sort."""
        keys = self.keys or [Key("rank", False)]
        found = next((key for key in keys if key.column == column), None)
        return "" if found is None else "descending" if found.descending else "ascending"

    def attributes(self, column: str) -> Markup:
        """What a heading says of its column."""
        key, order = Markup(' data-k="{}"').format(column), self.aria(column)
        return key + Markup(' aria-sort="{}"').format(order) if order else key

    def link(self, column: str) -> Markup:
        """Where a heading leads; empty if nobody would sort the page that it leads to."""
        if not self.live:
            return Markup()
        return Markup(' href="{}" rel="nofollow"').format(self.href(column))

    def href(self, column: str) -> str:
        """The same page sorted by a column; by rank again after both orders."""
        before = next((key for key in self.keys if key.column == column), None)
        first = column not in _ASCENDING_FIRST
        rest = without(self.query, PARAMETERS)
        if before.descending != first if before else column == "rank":
            return rest or "?"
        is_descending = not before.descending if before else first
        sort = written([("sort", f"{'-' * is_descending}{column}")])
        return f"{rest}&{sort[1:]}" if rest else sort


def in_order(table: BoardTable, board: BoardValues, keys: Sequence[Key]) -> BoardTable:
    """The table with its rows and their facts sorted; what is missing comes last either way."""
    columns = [(values, key.descending) for key in keys if (values := _values(table, board, key))]
    if not columns:
        return table
    places = list(range(len(table.rows)))
    for values, descending in reversed(columns):
        there = [place for place in places if values[place] is not None]
        missing = [place for place in places if values[place] is None]
        # A sort that is turned round must leave equal rows as they are.
        there.sort(key=lambda place: _comparable(values[place]), reverse=descending)
        places = [*there, *missing]
    return table._replace(
        rows=[table.rows[place] for place in places],
        fact_columns={
            name: [some[place] for place in places] for name, some in table.fact_columns.items()
        },
        hidden=frozenset(now for now, place in enumerate(places) if place in table.hidden),
        is_sorted=True,
    )


def _values(table: BoardTable, board: BoardValues, key: Key) -> list[Value] | None:
    """The value of every row in a column; None if the table has no such column."""
    if key.column in FACTS:
        return [_fact(key.column, row) for row in board.rows]
    keys = [column.key for column in table.columns]
    if key.column not in keys:
        return None
    place = keys.index(key.column)
    return [_score(row.cells[place].text, row.cells[place].part) for row in table.rows]


def _fact(column: str, row: BoardRow) -> Value:
    model = row.model
    values: dict[str, Value] = {
        "rank": row.rank,
        "name": model.name.lower().replace("_", "-"),
        "zero": None if row.zero_shot_pct < 0 else row.zero_shot_pct,
        "params": row.total_params_b,
        "dims": row.embedding_dim,
        "tokens": row.max_tokens,
        "open": model.openness_score if model.openness else None,
        "covered": len(row.scores_by_task),
    }
    return values[column]


def _comparable(value: Value) -> tuple[float, str]:
    return (0, value) if isinstance(value, str) else (value or 0, "")


def _score(text: str, part: str) -> Value:
    """A score as it is shown; a mean over some of the tasks is not compared with whole ones."""
    try:
        return None if part else float(text)
    except ValueError:
        return None
