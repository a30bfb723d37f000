"""About the data: where it came from, what was left out, what moved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from frontrunner.answers import schemas
from frontrunner.answers.service import Service
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.shades import STEPS
from frontrunner.web.views.rows import ModelName
from frontrunner.web.visit import Shown, Visit

_SHOWN = 200
_MOVES = 8


class Move(NamedTuple):
    """One model that stands elsewhere on a board than before."""

    name: ModelName
    before: int | None
    after: int | None

    @property
    def weight(self) -> float:
        """How much a move matters: from 5 to 1 more than from 350 to 328."""
        return abs(math.log((self.before or 1) / (self.after or 1)))


class BoardMoves(NamedTuple):
    """What moved on one board."""

    name: str
    display_name: str
    arrived: list[Move]
    left: list[Move]
    moved: list[Move]

    @property
    def total(self) -> int:
        """How many models stand elsewhere."""
        return len(self.arrived) + len(self.left) + len(self.moved)


class _Placed(msgspec.Struct, frozen=True):
    rank: int
    model: schemas.LeaderModel


class _Places(msgspec.Struct, frozen=True):
    rows: list[_Placed]


def data(visit: Visit) -> Shown:
    """Provenance, coverage, rejected files and policies."""
    info = msgspec.json.decode(visit.service.info().identity, type=schemas.SnapshotInfo)
    values = {
        "info": info,
        "counts": msgspec.structs.asdict(info.counts),
        "rejected": info.rejected[:_SHOWN],
        "hidden": max(0, len(info.rejected) - _SHOWN),
        "boards": _coverage(visit),
    }
    return Shown("data.html", visit.t("data.title"), values, visit.t("data.lead"))


def _coverage(visit: Visit) -> list[tuple[str, str, int, int, int]]:
    """Name, title, rows, complete rows and tasks of each board on the menu."""
    service = visit.service
    lines = []
    for bench in service.snapshot.catalog.benchmarks:
        rows = len(_places(service, bench.name))
        complete = service.numbers.benchmarks.get(bench.name, 0)
        lines.append((bench.name, bench.display_name, rows, complete, len(bench.scopes)))
    return sorted(lines, key=lambda line: -line[2])


def _places(service: Service, name: str) -> dict[str, int]:
    """Model -> its best rank on a board; nothing where there is no such board."""
    if name not in service.snapshot.catalog.benchmark_by_name:
        return {}
    rows = msgspec.json.decode(service.scores(name, ()).identity, type=_Places).rows
    return {row.model.name: row.rank for row in reversed(rows)}


def previous(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot that was current before this one became so, if it is still kept.

    A snapshot may become current several times, by a rollback for one; the last time counts.
    """
    store = Store(Home.of_snapshot(snapshot.folder).path)
    events = [event.snapshot for event in store.history()]
    if snapshot.id in events:
        events = events[: len(events) - 1 - events[::-1].index(snapshot.id)]
    for name in reversed(events):
        if name != snapshot.id and (store.folder / name / "manifest.json").is_file():
            return Snapshot(store.folder / name)
    return None


def changes(visit: Visit) -> Shown:
    """What moved since the snapshot before."""
    title = visit.t("changes.title")
    older, moves = board_changes(visit)
    values = {
        "older": older,
        "boards": moves,
        "arrived": _everywhere(board.arrived for board in moves),
        "left": _everywhere(board.left for board in moves),
        "most": _MOVES,
        "current": visit.service.snapshot.manifest.provenance,
    }
    return Shown("changes.html", title, values, visit.t("changes.lead"))


def board_changes(visit: Visit) -> tuple[Snapshot | None, list[BoardMoves]]:
    """The snapshot before this one, and what moved since; none where it cannot be read."""
    try:
        older = previous(visit.service.snapshot)
        return older, [] if older is None else _all_moves(visit, older)
    except (FrontrunnerError, msgspec.DecodeError):
        return None, []


def _all_moves(visit: Visit, older: Snapshot) -> list[BoardMoves]:
    before, newer = Service(older), visit.service
    boards = []
    for bench in newer.snapshot.catalog.benchmarks:
        found = board_moves(
            bench.name, bench.display_name, _places(before, bench.name), _places(newer, bench.name)
        )
        if found.total:
            boards.append(found)
    old = {bench.name for bench in newer.snapshot.catalog.benchmarks if bench.superseded_by}
    return sorted(boards, key=lambda board: (board.name in old, -board.total))


def _everywhere(moves: Iterable[Iterable[Move]]) -> list[ModelName]:
    """The models of all boards, each once, those that stand highest anywhere first."""
    best: dict[ModelName, int] = {}
    for move in (move for some in moves for move in some):
        place = move.after or move.before or 0
        best[move.name] = min(best.get(move.name, place), place)
    return sorted(best, key=lambda name: (best[name], name.name))


def board_moves(
    name: str, display_name: str, before: dict[str, int], after: dict[str, int]
) -> BoardMoves:
    """The difference between two states of a board; the moves that matter most come first."""
    arrived = [Move(ModelName.of(m), None, after[m]) for m in after if m not in before]
    left = [Move(ModelName.of(m), before[m], None) for m in before if m not in after]
    moved = [
        Move(ModelName.of(m), before[m], after[m])
        for m in after
        if m in before and before[m] != after[m]
    ]
    moved.sort(key=lambda move: (-move.weight, move.after))
    arrived.sort(key=lambda move: move.after or 0)
    left.sort(key=lambda move: move.before or 0)
    return BoardMoves(name, display_name, arrived, left, moved)


def styleguide(visit: Visit) -> Shown:
    """The parts that pages are made of, in one place."""
    return Shown("styleguide.html", "Style guide", {"steps": range(STEPS + 1)})
