"""Ask a board with care: for so long, until it stops answering, and nothing that does harm."""

from __future__ import annotations

import time
from collections.abc import Callable

from frontrunner.base.errors import ContractError, NotAskedError
from frontrunner.checks.contract.askable import why_not_asked
from frontrunner.checks.contract.fetch import Fetch, Response

TOTAL_SECONDS = 900.0
"""For everything that is asked of one board, unless the user says otherwise."""
_IN_A_ROW = 3
_IN_TOTAL = 10
"""Requests without an answer after which no more are sent."""


class CarefulFetch:
    """A `Fetch` that gives up on a board: three requests in a row, or ten in all, unanswered."""

    def __init__(
        self,
        fetch: Fetch,
        seconds: float = TOTAL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._clock = clock
        self._ends = clock() + seconds
        self._in_a_row = self._in_total = 0
        self.stopped = ""
        """Why nothing more is asked; empty while the board answers."""

    def __call__(self, path: str) -> Response:
        """The answer to `path`; raises NotAskedError if it is not asked, or ContractError."""
        if reason := why_not_asked(path):
            raise NotAskedError(f"{path.partition('?')[0]} is not requested: {reason}.")
        if not self.stopped and self._clock() >= self._ends:
            self.stopped = f"the board took longer than {self._seconds:g} seconds"
        if self.stopped:
            raise NotAskedError(f"not asked: {self.stopped}")
        try:
            response = self._fetch(path)
        except ContractError:
            self._count_failure()
            raise
        self._in_a_row = 0
        return response

    def _count_failure(self) -> None:
        self._in_a_row += 1
        self._in_total += 1
        if self._in_a_row == _IN_A_ROW:
            self.stopped = f"the board did not answer {_IN_A_ROW} requests in a row"
        elif self._in_total == _IN_TOTAL:
            self.stopped = f"the board did not answer {_IN_TOTAL} requests"
