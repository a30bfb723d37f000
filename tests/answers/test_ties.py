"""`/v1/ties`: which models a board cannot tell from one."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.filters import RankRequest, TiesRequest
from frontrunner.answers.rank_schemas import TiedRow
from frontrunner.answers.service import Service
from frontrunner.answers.ties import ties
from frontrunner.base.errors import UnknownNameError
from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, task, write_scores

LEVELS = {"org/a": 0.9, "org/b": 0.5, "org/c": 0.5, "org/d": 0.5}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service_of(tmp_path_factory.mktemp("home"), tasks=8)


def service_of(root: Path, tasks: int) -> Service:
    known = [task(f"T{n}") for n in range(tasks)]
    scores = {model: {one.name: level for one in known} for model, level in LEVELS.items()}
    entries = catalog(known, models=(*LEVELS, "org/unrun"))
    read = ingest(write_scores(root / "results", scores), entries, workers=1)
    return Service(snapshot_of(root / "home", read))


def asked(model: str, **ranking: object) -> TiesRequest:
    return TiesRequest(model=model, ranking=RankRequest(benchmark="All", **ranking))  # type: ignore[arg-type]


def test_the_models_that_are_tied_are_named_as_the_board_counts_them(service: Service) -> None:
    board = service.board("All")
    for row in board.rows:
        found = ties(service, asked(row.model.name))
        others = [one for one in board.rows if LEVELS[one.model.name] == LEVELS[row.model.name]]
        names = [one.model.name for one in others if one != row]
        assert found.tied_with == row.tied_with == len(names)
        assert found.rank == row.rank
        assert found.rows == [TiedRow(rank=2, model=name, experiments=None) for name in names]


def test_a_narrowed_board_has_ties_of_its_own(service: Service) -> None:
    found = ties(service, asked("org/b", tasks=tuple(f"T{n}" for n in range(7))))
    assert (found.tied_with, found.rows) == (None, [])
    assert ties(service, asked("org/b", languages=("eng",))).tied_with == 2


def test_a_board_of_few_tasks_knows_of_no_ties(tmp_path: Path) -> None:
    found = ties(service_of(tmp_path, tasks=7), asked("org/b"))
    assert (found.rank, found.tied_with, found.rows) == (2, None, [])


def test_a_model_without_a_row_is_not_found(service: Service) -> None:
    with pytest.raises(UnknownNameError, match="All: no row of org/unrun"):
        ties(service, asked("org/unrun"))
