"""A board by language: a column for each of those that most models were run on, or were picked.

A thousand columns of hundreds of rows are half a million cells, which no browser shows at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.web.script import as_json
from frontrunner.web.views.board_table import BoardTable, heading, make_rows
from frontrunner.web.views.row_facts import fact_columns
from frontrunner.web.views.rows import Column, across, shaded
from frontrunner.web.words import Words

MOST = 60
"""Columns that are shown by default."""


class ByLanguage(NamedTuple):
    """The table, and which languages it is about."""

    table: BoardTable
    shown: list[str]
    languages: list[str]
    """All that there are, those that most models were run on first."""
    unknown: list[str]
    """What was picked and is not there."""
    most: int = MOST


def by_language(service: Service, bench: Benchmark, t: Words, picked: str) -> ByLanguage:
    """The means in the languages that `picked` names, with commas between them."""
    board = service.board(bench.name)
    found = service.per_language(bench.name)
    scores = {
        (row.model_name, as_json(row.experiments)): row.scores_by_language for row in found.rows
    }
    counts = Counter(label for some in scores.values() for label in some)
    languages = sorted(counts, key=lambda label: (-counts[label], label))
    wanted, unknown = _pick(picked, languages)
    shown = wanted or languages[:MOST]
    own = [scores.get((row.model.name, as_json(row.experiments)), {}) for row in board.rows]
    whys = [t("board.no_language")] * len(own)
    columns = [shaded((one.get(label) for one in own), whys) for label in shown]
    cells = across(columns, len(own))
    table = BoardTable(
        heading(service, bench, board),
        tuple(Column("language", label, t.named("tongues", label), "") for label in shown),
        make_rows(board, cells, t),
        fact_columns(board),
    )
    return ByLanguage(table, shown, languages, unknown)


def _pick(picked: str, languages: Sequence[str]) -> tuple[list[str], list[str]]:
    """The languages of a list with commas, whatever their case; and what is none."""
    known = {label.lower(): label for label in languages}
    named = [one.strip() for one in re.split("[,~]", picked) if one.strip()]
    there = dict.fromkeys(known[one.lower()] for one in named if one.lower() in known)
    return list(there), [one for one in named if one.lower() not in known]
