"""The uncertainty of ranks, as fields of rows."""

from __future__ import annotations

from frontrunner.ranking import Board
from frontrunner.ranking.bands import Bands


def band_columns(board: Board, how_sure: Bands | None) -> dict[str, list[int | None]]:
    """The fields of the rows; null if they are not known."""
    if how_sure is None:
        nothing: list[int | None] = [None] * len(board.rank)
        return {"rank_low": nothing, "rank_high": nothing, "tied_with": nothing}
    return {
        "rank_low": [low or None for low in how_sure.low.tolist()],
        "rank_high": [high or None for high in how_sure.high.tolist()],
        "tied_with": [None if tied < 0 else tied for tied in how_sure.tied.tolist()],
    }
