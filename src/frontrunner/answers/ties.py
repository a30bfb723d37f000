"""`/v1/ties`: the models that are tied with one model on the tasks of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from frontrunner.answers import rank_schemas
from frontrunner.answers.filters import TiesRequest
from frontrunner.answers.provenance import find_variant
from frontrunner.answers.rerank import ranked
from frontrunner.base.errors import UnknownNameError
from frontrunner.ranking.bands import tied_rows

if TYPE_CHECKING:
    from frontrunner.answers.service import Service


def ties(service: Service, wanted: TiesRequest) -> rank_schemas.Ties:
    """The models that are tied with one.

    Raises UnknownNameError for a model that does not exist or is not ranked, and what `/v1/rank`
    raises.
    """
    model, snapshot = service.find_model(wanted.model).name, service.snapshot
    found = ranked(service, wanted.ranking)
    board = found.board
    variant = find_variant(snapshot.table, model, wanted.run)
    rows = np.flatnonzero(board.variants == (-1 if variant is None else variant)).tolist()
    if not rows:
        where = found.bench.name if found.bench else "These tasks"
        raise UnknownNameError(f"{where}: no row of {model}. It has no complete result there.")
    tied = tied_rows(snapshot.table, snapshot.facts, found.question, board, rows[0], found.scored)
    runs = service.boards.runs([variant or 0, *board.variants[tied or []].tolist()])
    ranks = board.rank.tolist()
    return rank_schemas.Ties(
        snapshot=snapshot.id,
        benchmark=found.bench.name if found.bench else None,
        model=model,
        experiments=runs[0].experiment,
        rank=ranks[rows[0]],
        tied_with=None if tied is None else len(tied),
        rows=[
            rank_schemas.TiedRow(rank=ranks[row], model=run.model, experiments=run.experiment)
            for row, run in zip(tied or (), runs[1:], strict=True)
        ],
    )
