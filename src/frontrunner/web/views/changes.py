"""What changed since the snapshot before: ranks on boards, and the scores behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from frontrunner.answers.service import Service
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from frontrunner.web.views.newer import is_old
from frontrunner.web.views.rows import ModelName
from frontrunner.web.views.score_changes import ScoreChange, ScoreChanges, score_changes
from frontrunner.web.visit import Shown, Visit
from frontrunner.web.words import Words

Experiments = dict[tuple[str, str], dict[str, Any]]
"""Model and id of an experiment -> its parameters."""
_MOVES = 8
_SCORES = 50


class Move(NamedTuple):
    """One model whose rank on a board changed."""

    name: ModelName
    before: int | None
    after: int | None

    @property
    def weight(self) -> float:
        """How much a move matters: from 5 to 1 more than from 350 to 328."""
        return abs(math.log((self.before or 1) / (self.after or 1)))


class BoardMoves(NamedTuple):
    """The rank changes on one board."""

    name: str
    display_name: str
    arrived: list[Move]
    left: list[Move]
    moved: list[Move]

    @property
    def total(self) -> int:
        """How many models changed their rank."""
        return len(self.arrived) + len(self.left) + len(self.moved)


class Changes(NamedTuple):
    """All that changed since the snapshot before."""

    older: Snapshot | None
    """None if there is none that can be read."""
    boards: list[BoardMoves]
    """Boards on which a rank changed."""
    scores: ScoreChanges


class ScoreRow(NamedTuple):
    """A run whose scores changed, ready to be shown."""

    model: ModelName
    task: str
    href: str
    """The task's page; empty if the task is no longer in the catalog."""
    where: str
    """The subset and the split with the largest difference."""
    change: ScoreChange


def places(service: Service, name: str) -> dict[str, int]:
    """Model -> its best rank on a board; empty if the board does not exist."""
    if name not in service.snapshot.catalog.benchmark_by_name:
        return {}
    return service.ranks(name)


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
    """What changed since the previous snapshot."""
    title = visit.t("changes.title")
    found = all_changes(visit)
    moves = found.boards
    values = {
        "older": found.older,
        "boards": moves,
        "scores": found.scores,
        "score_rows": _score_rows(visit, found),
        "arrived": _everywhere(board.arrived for board in moves),
        "left": _everywhere(board.left for board in moves),
        "most": _MOVES,
        "told": scores_in_words(visit.t, found.scores),
        "current": visit.service.snapshot.manifest.provenance,
    }
    return Shown("changes.html", title, values, visit.t("changes.lead"))


def all_changes(visit: Visit) -> Changes:
    """The snapshot before this one, and what changed since; nothing if it cannot be read."""
    nothing = Changes(None, [], ScoreChanges(0, 0, 0, []))
    try:
        older = previous(visit.service.snapshot)
        if older is None:
            return nothing
        scores = score_changes(older, visit.service.snapshot, _SCORES)
        return Changes(older, _all_moves(visit, older), scores)
    except (FrontrunnerError, msgspec.DecodeError, OSError):
        return nothing


def in_words(t: Words, found: Changes) -> str:
    """What changed, in a sentence or two."""
    if found.older is None:
        return t("changes.first")
    ranks = t("changes.boards", n=len(found.boards)) if found.boards else t("changes.same_ranks")
    return f"{ranks}{t('site.space')}{scores_in_words(t, found.scores)}"


def scores_in_words(t: Words, found: ScoreChanges) -> str:
    """How many scores changed, were added and were removed."""
    counts = (("changed", found.changed), ("added", found.added), ("removed", found.removed))
    told = [t(f"changes.scores_{what}", n=n) for what, n in counts if n]
    return t("site.space").join(told) or t("changes.same_scores")


def _score_rows(visit: Visit, found: Changes) -> list[ScoreRow]:
    """The runs whose scores changed most, with the parameters of those that are experiments."""
    experiments: Experiments = {}
    if found.older and any(one.experiment for one in found.scores.largest):
        for snapshot in (found.older, visit.service.snapshot):
            for variant in snapshot.table.variants:
                if variant.experiment is not None:
                    key = variant.model, variant.experiment_id
                    experiments[key] = dict(variant.experiment)
    return [_score_row(visit, one, experiments) for one in found.scores.largest]


def _score_row(visit: Visit, change: ScoreChange, experiments: Experiments) -> ScoreRow:
    known = visit.service.snapshot.catalog.task_by_name
    where = [change.subset, change.split] if change.subset != "default" else [change.split]
    return ScoreRow(
        ModelName.of(change.model, experiments.get((change.model, change.experiment))),
        change.task,
        visit.links.task(change.task) if change.task in known else "",
        " · ".join(where),
        change,
    )


def _all_moves(visit: Visit, older: Snapshot) -> list[BoardMoves]:
    before, newer = Service(older), visit.service
    boards = []
    for bench in newer.snapshot.catalog.benchmarks:
        found = board_moves(
            bench.name, bench.display_name, places(before, bench.name), places(newer, bench.name)
        )
        if found.total:
            boards.append(found)
    old = {bench.name for bench in newer.snapshot.catalog.benchmarks if is_old(bench)}
    return sorted(boards, key=lambda board: (board.name in old, -board.total))


def _everywhere(moves: Iterable[Iterable[Move]]) -> list[ModelName]:
    """The models of all boards, each once, sorted by their best rank."""
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
