"""From how boards stood at each moment to the past of each board and each model. Pure."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from frontrunner.snapshot.comparison import Move, board_change
from frontrunner.snapshot.standings import Standing, Standings

TOP = 10
"""Models of a board whose places are shown over time."""
MOST_CHANGES = 100
"""Changes that are kept of a board or a model; the newest."""
_NONE = -1.0

Kind = Literal["came", "went", "leader", "rescored", "moved"]


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One thing that happened to a model on a board."""

    point: int
    """The number of the snapshot with which it happened."""
    kind: Kind
    """`leader`: it is first now; `rescored`: it has another mean; `moved`: others moved it."""
    board: str
    model: str
    before: int | None
    after: int | None
    """Its rank."""
    mean_before: float | None = None
    mean_after: float | None = None


class Placed(msgspec.Struct, frozen=True, array_like=True):
    """A model on a board at one moment."""

    model: str
    rank: int
    mean: float | None


class BoardState(msgspec.Struct, frozen=True, array_like=True):
    """A board at one moment."""

    point: int
    models: int
    """How many models it has."""
    came: int
    went: int
    top: tuple[Placed, ...]
    """The first models, best first."""


class BoardPast(msgspec.Struct, frozen=True, array_like=True):
    """A board over time."""

    states: tuple[BoardState, ...]
    """Oldest first; moments at which the board had no row are left out."""
    changes: tuple[Change, ...]
    """Newest first."""


class ModelState(msgspec.Struct, frozen=True, array_like=True):
    """A model on a board at one moment."""

    point: int
    rank: int
    models: int
    """How many models the board had."""
    mean: float | None


class ModelPast(msgspec.Struct, frozen=True, array_like=True):
    """A model over time."""

    boards: dict[str, tuple[ModelState, ...]]
    """Board -> where it stood, oldest first."""
    changes: tuple[Change, ...]
    """Newest first."""


class _Line:
    """A model on a board, in columns: a board has thousands of such places over the years."""

    __slots__ = ("means", "numbers")

    def __init__(self) -> None:
        self.numbers = array("i")
        self.means = array("d")

    def add(self, point: int, one: Standing, models: int) -> None:
        self.numbers.extend((point, one.rank, models))
        self.means.append(_NONE if one.mean is None else one.mean)

    @classmethod
    def of(cls, states: Iterable[ModelState]) -> _Line:
        found = cls()
        for one in states:
            found.add(one.point, Standing(one.rank, one.mean), one.models)
        return found

    def states(self) -> tuple[ModelState, ...]:
        numbers = self.numbers
        return tuple(
            ModelState(
                numbers[3 * n], numbers[3 * n + 1], numbers[3 * n + 2],
                None if mean == _NONE else mean,
            )
            for n, mean in enumerate(self.means)
        )  # fmt: skip


class Timeline:
    """Takes one moment after another, oldest first."""

    def __init__(self) -> None:
        self._point = -1
        self._before: Standings = {}
        self._states: dict[str, list[BoardState]] = {}
        self._lines: dict[str, dict[str, _Line]] = {}
        self._of_board: dict[str, deque[Change]] = {}
        self._of_model: dict[str, deque[Change]] = {}

    @classmethod
    def resumed(
        cls,
        points: int,
        before: Standings,
        boards: Mapping[str, BoardPast],
        models: Mapping[str, ModelPast],
    ) -> Timeline:
        """The timeline of `points` moments that gave `boards` and `models`, to add more to.

        `before` is the last of these moments.
        """
        found = cls()
        found._point, found._before = points - 1, before
        for name, board in boards.items():
            found._states[name] = list(board.states)
            found._of_board[name] = deque(reversed(board.changes), MOST_CHANGES)
        for name, model in models.items():
            found._lines[name] = {one: _Line.of(states) for one, states in model.boards.items()}
            found._of_model[name] = deque(reversed(model.changes), MOST_CHANGES)
        return found

    def add(self, now: Standings) -> None:
        """The next moment."""
        self._point += 1
        for board in sorted(now.keys() | self._before.keys()):
            before, after = self._before.get(board, {}), now.get(board, {})
            came = went = 0
            if self._point:
                found = board_change(board, before, after)
                came, went = len(found.came), len(found.went)
                self._note(board, [_change(self._point, board, move) for move in found.moves])
                self._note_leader(board, before, after)
            for model, one in after.items():
                lines = self._lines.setdefault(model, {})
                lines.setdefault(board, _Line()).add(self._point, one, len(after))
            if after:
                top = tuple(Placed(name, *after[name]) for name in list(after)[:TOP])
                state = BoardState(self._point, len(after), came, went, top)
                self._states.setdefault(board, []).append(state)
        self._before = now

    def _note(self, board: str, changes: list[Change]) -> None:
        for one in changes:
            if one.kind != "moved":
                self._keep(self._of_board, board, one)
            if one.kind != "moved" or min(one.before or TOP, one.after or TOP) < TOP:
                self._keep(self._of_model, one.model, one)

    def _note_leader(
        self, board: str, before: Mapping[str, Standing], after: Mapping[str, Standing]
    ) -> None:
        was, now = next(iter(before), None), next(iter(after), None)
        if now is not None and was is not None and was != now:
            old = before.get(now)
            change = Change(
                self._point, "leader", board, now, old.rank if old else None, after[now].rank,
                old.mean if old else None, after[now].mean,
            )  # fmt: skip
            self._keep(self._of_board, board, change)
            self._keep(self._of_model, now, change)

    @staticmethod
    def _keep(of: dict[str, deque[Change]], name: str, change: Change) -> None:
        of.setdefault(name, deque(maxlen=MOST_CHANGES)).append(change)

    def boards(self) -> Iterator[tuple[str, BoardPast]]:
        """The past of each board that ever had a row, by name."""
        for name, states in sorted(self._states.items()):
            yield name, BoardPast(tuple(states), tuple(reversed(self._of_board.get(name, ()))))

    def models(self) -> Iterator[tuple[str, ModelPast]]:
        """The past of each model that was ever on a board, by name."""
        for name, lines in sorted(self._lines.items()):
            boards = {board: line.states() for board, line in sorted(lines.items())}
            yield name, ModelPast(boards, tuple(reversed(self._of_model.get(name, ()))))


def _shown(mean: float | None) -> float | None:
    """A mean as pages show it: with two decimals, on a scale to 100."""
    return None if mean is None else round(mean * 100, 2)


def _change(point: int, board: str, move: Move) -> Change:
    kind: Kind = "came" if move.before is None else "went" if move.after is None else "moved"
    if kind == "moved" and _shown(move.mean_before) != _shown(move.mean_after):
        kind = "rescored"
    return Change(
        point, kind, board, move.model, move.before, move.after, move.mean_before, move.mean_after
    )
