"""Which tasks each model of a board has: read alone, for a whole board takes twice as long."""

from __future__ import annotations

import msgspec

from frontrunner.answers.service import Service


class _Named(msgspec.Struct, frozen=True):
    name: str


class CoveredRow(msgspec.Struct, frozen=True, rename="camel"):
    """One row of a board."""

    model: _Named
    scores_by_task: dict[str, float]


class CoveredBoard(msgspec.Struct, frozen=True):
    """A board's tasks, and its rows in their order."""

    tasks: list[str]
    rows: list[CoveredRow]

    def had(self, model: str) -> int:
        """How many tasks a model has in its first row; 0 if it is not on the board."""
        return next((len(row.scores_by_task) for row in self.rows if row.model.name == model), 0)


def covered(service: Service, board: str) -> CoveredBoard:
    """The coverage of a board, by its name."""
    return msgspec.json.decode(service.scores(board, ()).identity, type=CoveredBoard)
