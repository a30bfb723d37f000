"""The rank of each model on each board, which is kept after its snapshot is removed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from frontrunner.catalog import Catalog
from frontrunner.ranking import Facts, Question, rank
from frontrunner.results.table import ScoreTable


class Standing(NamedTuple):
    """A model on a board: its best row."""

    rank: int
    mean: float | None
    """The board's main mean, from 0 to 1; None if a task that it needs is missing."""


Standings = Mapping[str, Mapping[str, Standing]]
"""Board -> model -> its rank and mean, best first; boards without a row are left out."""


def standings(table: ScoreTable, catalog: Catalog) -> Standings:
    """All boards, ranked as `/v1` ranks them."""
    facts, found = Facts.of(catalog), {}
    for bench in catalog.benchmarks:
        board = rank(table, facts, Question.of(bench))
        means = board.means[board.primary or "mean_task"].tolist()
        rows: dict[str, Standing] = {}
        for number, place, mean in zip(
            board.variants.tolist(), board.rank.tolist(), means, strict=True
        ):
            kept = None if math.isnan(mean) else mean
            rows.setdefault(table.variants[number].model, Standing(int(place), kept))
        if rows:
            found[bench.name] = rows
    return found
