"""Two to six models side by side."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from frontrunner.api import schemas
from frontrunner.api.service import Service
from frontrunner.web.views import pictures
from frontrunner.web.views.board import load, type_label
from frontrunner.web.views.rows import Cell, ModelName, shaded
from frontrunner.web.visit import Shown, Visit

MOST = 6


class Side(NamedTuple):
    """One model's facts and its places."""

    name: ModelName
    model: schemas.Model
    boards: dict[str, schemas.ModelScoreRow]


class Line(NamedTuple):
    """One row of a comparison: what is compared, and each model's score."""

    label: str
    href: str | None
    cells: list[Cell]
    ranks: list[str]


def compare(visit: Visit) -> Shown:
    """The models that `models` names, on all boards that two of them share, and on one in full."""
    wanted = [name.strip() for name in visit.query.get("models", "").split(",")]
    catalog = visit.service.snapshot.catalog
    names = list(dict.fromkeys(n for n in wanted if n in catalog.model_by_name))[:MOST]
    sides = [_side(visit.service, name) for name in names]
    shared = _shared(visit.service, sides)
    chosen = visit.query.get("board", "")
    board = chosen if chosen in shared else (shared[0] if shared else "")
    types = _types(visit, board, names) if len(names) > 1 and board else []
    tasks = _tasks(visit, board, names) if len(names) > 1 and board else []
    values = {
        "sides": sides,
        "unknown": [name for name in wanted if name and name not in catalog.model_by_name],
        "boards": [_board_line(visit, name, sides) for name in shared],
        "shared": [catalog.benchmark_by_name[name] for name in shared],
        "board": board,
        "types": types,
        "tasks": tasks,
        "picture": pictures.parallel(
            [side.name.short for side in sides], [(line.label, line.cells) for line in types]
        ),
        "most": MOST,
    }
    title = " · ".join(side.name.short for side in sides) or visit.t("compare.title")
    return Shown("compare.html", title, values, visit.t("compare.lead"))


def _side(service: Service, name: str) -> Side:
    found = msgspec.json.decode(service.model_scores(name).identity, type=schemas.ModelScores)
    return Side(ModelName.of(name), found.model, {row.benchmark_name: row for row in found.rows})


def _shared(service: Service, sides: list[Side]) -> list[str]:
    """The boards that at least two of the models stand on, those that compare most first."""
    known = service.snapshot.catalog.benchmark_by_name
    count: dict[str, int] = {}
    for side in sides:
        for name in side.boards:
            count[name] = count.get(name, 0) + 1
    several = [name for name, number in count.items() if number > 1 or len(sides) == 1]
    types: dict[str, int] = {}
    for side in sides:
        for name, row in side.boards.items():
            types[name] = types.get(name, 0) + len(row.scores_by_task_type)
    size = {name: len(known[name].scopes) for name in several}
    old = {name: bool(known[name].superseded_by) for name in several}
    return sorted(several, key=lambda n: (-count[n], old[n], -types[n], -size[n], n))


def _board_line(visit: Visit, name: str, sides: list[Side]) -> Line:
    rows = [side.boards.get(name) for side in sides]
    values = [None if row is None else (row.mean_task or row.mean_task_type) for row in rows]
    shown = visit.service.snapshot.catalog.benchmark_by_name[name].display_name
    whys = [visit.t("compare.no_mean") if row else visit.t("compare.not_there") for row in rows]
    ranks = [f"{row.rank}/{row.total_models}" if row else "" for row in rows]
    return Line(shown, visit.links.board(name), shaded(values, whys), ranks)


def _rows(visit: Visit, board: str, names: list[str]) -> list[schemas.SummaryRow | None]:
    numbers = load(visit.service, visit.service.find_benchmark(board))
    ordinary = {row.model.name: row for row in reversed(numbers.rows)}
    return [ordinary.get(name) for name in names]


def _types(visit: Visit, board: str, names: list[str]) -> list[Line]:
    rows = _rows(visit, board, names)
    kinds = dict.fromkeys(kind for row in rows if row for kind in row.scores_by_task_type)
    why = visit.t("board.no_result")
    return [
        Line(
            type_label(kind, visit.t),
            None,
            shaded(
                [None if row is None else row.scores_by_task_type.get(kind) for row in rows],
                [why] * len(rows),
            ),
            [],
        )
        for kind in kinds
    ]


def _tasks(visit: Visit, board: str, names: list[str]) -> list[Line]:
    rows = _rows(visit, board, names)
    tasks = dict.fromkeys(task for row in rows if row for task in row.scores_by_task)
    why = visit.t("board.no_result")
    return [
        Line(
            task,
            visit.links.task(task),
            shaded(
                [None if row is None else row.scores_by_task.get(task) for row in rows],
                [why] * len(rows),
            ),
            [],
        )
        for task in tasks
    ]
