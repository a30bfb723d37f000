"""The filters of a board, applied by the server: `frontend/src/filters.ts` has the same rules.

Rows that a filter leaves out stay in the page, hidden, so that a script can filter again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from frontrunner.answers.values import BoardRow, BoardValues
from frontrunner.web import text
from frontrunner.web.choices import SEPARATOR, without
from frontrunner.web.licences import USES, commercial_use
from frontrunner.web.views.row_facts import FACETS
from frontrunner.web.visit import Visit
from frontrunner.web.words import Words

FILTERS = (
    "min", "max", "weights", "zero", "instructions", "st", "kind", "use", "licence", "modality",
    "since", "coverage", "facets",
)  # fmt: skip
"""The parameters of an address, in the order of the panel."""
Test = Callable[[BoardRow], bool]


def kept(query: Mapping[str, str], board: BoardValues, tasks: int) -> list[bool]:
    """[rows] Whether the filters of `query` leave a row; `tasks` is what coverage is out of."""
    given = ((name, query.get(name, "").strip()) for name in FILTERS)
    tests = [_test(name, value, tasks) for name, value in given if _values(value)]
    return [all(test(row) for test in tests) for row in board.rows]


def _values(given: str | None) -> list[str]:
    """The values of a filter; none for one that only has separators."""
    return [one.strip() for one in (given or "").split(SEPARATOR) if one.strip()]


def _test(name: str, value: str, tasks: int) -> Test:
    wanted = frozenset(_values(value))
    if name in ("min", "max"):
        return _size(name, text.billions(value))
    if name == "zero":
        least = 100 if value == "only" else 0
        return lambda row: row.zero_shot_pct >= least
    if name == "since":
        return lambda row: (row.model.release_date or "")[:7] >= value
    if name == "coverage":
        return lambda row: len(row.scores_by_task) * 100 >= int(value) * tasks
    if name == "facets":
        facets = [FACETS[int(one)] for one in wanted]
        return lambda row: all(row.model.openness.get(one) for one in facets)
    of_row = _VALUES[name]
    return lambda row: not wanted.isdisjoint(of_row(row))


def _size(name: str, limit: float | None) -> Test:
    def test(row: BoardRow) -> bool:
        size = row.total_params_b
        if limit is None:
            return True
        return size is not None and (size >= limit if name == "min" else size <= limit)

    return test


def _yes(is_so: bool) -> tuple[str]:
    return ("yes" if is_so else "no",)


_VALUES: Mapping[str, Callable[[BoardRow], tuple[str, ...]]] = {
    "weights": lambda row: ("open" if row.model.open_weights else "closed",),
    "instructions": lambda row: _yes(row.model.instruction_tuned),
    "st": lambda row: _yes(row.model.sentence_transformers_compatible),
    "kind": lambda row: (row.model.model_type,),
    "use": lambda row: (commercial_use(row.model.license),),
    "licence": lambda row: (text.short_licence(row.model.license),),
    "modality": lambda row: tuple(row.model.modalities),
}


# --- what is said of them -------------------------------------------------------------------------


class Chip(NamedTuple):
    """A filter that is set, and the address without it."""

    name: str
    value: str
    href: str


def chips(visit: Visit, board: str) -> list[Chip]:
    """The filters that a query sets."""
    t, query = visit.t, visit.query
    return [
        Chip(
            _name(t, name),
            t("site.list").join(_word(t, name, one) for one in _values(query[name])),
            visit.links.board(board) + without(query, {name}),
        )
        for name in FILTERS
        if _values(query.get(name))
    ]


def _name(t: Words, name: str) -> str:
    if name in ("min", "max"):
        return re.split("[,\uff08]", t("tools.size"))[0]
    return t(f"tools.{name}")


def _word(t: Words, name: str, value: str) -> str:
    if name in ("min", "max"):
        sign = "\u2265" if name == "min" else "\u2264"
        return f"{sign} {_with_unit(value)}"
    if name == "coverage":
        return t("tools.complete") if value == "100" else f"\u2265 {value}%"
    if name == "facets":
        return t.named("facets", FACETS[int(value)])
    key = _WORDS.get((name, value))
    if key:
        return t(key)
    return t.named({"kind": "kinds", "modality": "modalities"}.get(name, ""), value)


def _with_unit(value: str) -> str:
    """A size as it was typed; one without a unit is in billions."""
    typed = value.strip().upper()
    return f"{typed}B" if typed[-1:].isdigit() else typed


_WORDS = {
    ("weights", "open"): "tools.open",
    ("weights", "closed"): "tools.closed",
    ("zero", "known"): "tools.zero_known",
    ("zero", "only"): "tools.zero_only",
    **{(name, one): f"tools.{one}" for name in ("instructions", "st") for one in ("yes", "no")},
    **{("use", one): f"uses.{one}" for one in USES},
}
