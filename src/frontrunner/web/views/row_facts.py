"""What filters need of each row of a board, for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from frontrunner.answers.values import BoardValues, ModelFacts
from frontrunner.web import text
from frontrunner.web.licences import commercial_use
from frontrunner.web.script import as_json, script_json

FACETS = (
    "open weights",
    "open license",
    "open training code",
    "open training data",
    "paper",
    "model card",
)
"""What may be open about a model, in the order of the bits that filters look at."""
KEY = 500
"""Characters of an experiment's parameters by which scripts find its row again."""
FactColumns = Mapping[str, Sequence[Any]]
"""What filters need of each row, column by column."""


IN_ROWS = frozenset({"name", "params", "zero", "dims", "tokens", "open", "covered", "facets"})
"""Facts that the rows of the summary show, so that scripts read them there.

Of a size, which is shown rounded, the difference is sent as `rest`.
"""


def facts(board: BoardValues) -> str:
    """What filters need of each row, as JSON that is safe inside a page."""
    return script_json(fact_columns(board))


def fact_columns(board: BoardValues, shown: frozenset[str] = frozenset()) -> FactColumns:
    """What filters need of each row.

    `shown` is what the page's own rows show, which is left out.
    """
    models = [row.model for row in board.rows]
    columns: dict[str, list[Any]] = {
        "name": [
            ("" if "name" in shown else m.name)
            if row.experiments is None
            else f"{m.name}#{as_json(row.experiments)[:KEY]}"
            for m, row in zip(models, board.rows, strict=True)
        ],
        "params": [row.total_params_b for row in board.rows],
        "dims": [row.embedding_dim for row in board.rows],
        "tokens": [row.max_tokens for row in board.rows],
        "zero": [row.zero_shot_pct for row in board.rows],
        "flags": [
            m.open_weights + 2 * m.instruction_tuned + 4 * m.sentence_transformers_compatible
            for m in models
        ],
        "type": [m.model_type for m in models],
        "date": [_months(m.release_date) for m in models],
        "licence": [text.short_licence(m.license) for m in models],
        "use": [commercial_use(m.license) for m in models],
        "modalities": [" ".join(m.modalities) for m in models],
        "covered": [len(row.scores_by_task) for row in board.rows],
        "open": [m.openness_score for m in models],
        "facets": [_facet_bits(m) for m in models],
    }
    if "params" in shown:
        columns["rest"] = [_rest(row.total_params_b) for row in board.rows]
    return {name: some for name, some in columns.items() if name == "name" or name not in shown}


def _months(date: str | None) -> int:
    """The months from 2000 to a date such as `2025-06-05`; 0 if it is not known."""
    year, _, month = (date or "")[:7].partition("-")
    return (int(year) - 2000) * 12 + int(month) if year.isdigit() and month.isdigit() else 0


def _rest(size: float | None) -> float:
    """What a size in billions is above what its row shows, in millions; 0 for most."""
    if size is None:
        return 0
    shown = text.parameters(size)
    there = float(shown) / 1e9 if shown.isdigit() else text.billions(shown) or 0
    rest = round((size - there) * 1000, 6)
    return int(rest) if rest.is_integer() else rest


def _facet_bits(model: ModelFacts) -> int:
    return sum(1 << bit for bit, name in enumerate(FACETS) if model.openness.get(name))
