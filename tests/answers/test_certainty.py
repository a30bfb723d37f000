"""Rows of boards, models and rankings say how sure their ranks are."""

from __future__ import annotations

from pathlib import Path

import msgspec

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.filters import RankRequest
from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from tests.factories import catalog, snapshot_of, task, write_scores


def test_rows_say_how_sure_their_ranks_are(tmp_path: Path) -> None:
    """On the board and on the page of a model, but not on a narrowed board."""
    tasks = [task(f"T{n}") for n in range(8)]
    known = catalog(tasks, models=("org/a", "org/b", "org/c"))
    scores = {
        "org/a": {one.name: 0.9 for one in tasks},
        "org/b": {one.name: 0.5 for one in tasks},
        "org/c": {one.name: 0.5 for one in tasks},
    }
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", read))
    fields = ("rank", "rankLow", "rankHigh", "tiedWith")

    def rows(languages: tuple[str, ...]) -> list[tuple[int | None, ...]]:
        found = msgspec.json.decode(Bodies(service).scores("All", languages).identity)["rows"]
        return [tuple(row[field] for field in fields) for row in found]

    assert rows(()) == [(1, 1, 1, 0), (2, 2, 2, 1), (2, 2, 2, 1)]
    assert rows(("eng",)) == [(1, None, None, None)] + [(2, None, None, None)] * 2
    asked = RankRequest(benchmark="All", languages=("eng",), bands=True)
    narrowed = service.rank(asked).rows[1]
    board, model = service.board("All").rows[1], service.model_scores("org/b").rows[0]
    for row in (board, model, narrowed):
        assert (row.rank_low, row.rank_high, row.tied_with) == (2, 2, 1)

    unasked = msgspec.json.decode(Bodies(service).rank(RankRequest(benchmark="All")).identity)
    assert "rankLow" not in unasked["rows"][0]
    weighted = service.rank(RankRequest(benchmark="All", weights=("T0:2",), bands=True)).rows[0]
    assert (weighted.rank_low, weighted.tied_with) == (None, None)


def test_rows_of_a_board_with_few_tasks_do_not(tmp_path: Path) -> None:
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.5}}
    read = ingest(write_scores(tmp_path / "results", scores), catalog([task("T1")]), workers=1)
    service = Service(snapshot_of(tmp_path / "home", read))
    assert [row.rank_low for row in service.board("All").rows] == [None, None]
