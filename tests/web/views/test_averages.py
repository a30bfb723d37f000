"""What the means of a board are taken over."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.answers.service import Service
from frontrunner.answers.values import BoardRow
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Aggregation, Benchmark, CustomGroup, CustomGrouping
from frontrunner.results.ingest import ingest
from frontrunner.web.urls import Links
from frontrunner.web.views.averages import Average, averaged
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.factories import catalog, scope, snapshot_of, task, write_scores

ONE = task("One", subsets={"en": ("eng-Latn",), "de": ("deu-Latn",)})
TWO = task("Two", type="Retrieval", simplified_type="retrieval")
SECRET = task("Secret", public=False)
TASKS = (ONE, TWO, SECRET)
GROUP = CustomGroup(label="Near", scopes=(scope(ONE, subsets=["de"]), scope(TWO)))
BOARD = Benchmark(
    name="All",
    display_name="All",
    scopes=tuple(scope(one) for one in TASKS),
    aggregations=(
        Aggregation.MEAN_TASK,
        Aggregation.MEAN_TASK_TYPE,
        Aggregation.TASK_TYPES,
        Aggregation.PUBLIC_PRIVATE,
        Aggregation.CUSTOM_GROUPS,
    ),
    groupings=(CustomGrouping(name="By distance", groups=(GROUP,)),),
    public_only=True,
)
SCORES: dict[str, dict[str, Any]] = {
    "org/a": {"One": {"test": {"en": 0.2, "de": 0.4}}, "Two": 0.5, "Secret": 0.9},
    "org/b": {"One": {"test": {"en": 0.6, "de": 0.8}}},
}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    folder = tmp_path_factory.mktemp("board")
    known = catalog(TASKS, benchmarks=[BOARD])
    read = ingest(write_scores(folder / "results", SCORES), known, workers=1)
    service = Service(snapshot_of(folder / "home", read))
    return Visit(service, words("en"), Links(), "", {})


def found(visit: Visit, kind: str, key: str, model: str = "org/a") -> Average:
    board = visit.service.board("All")
    rows: list[BoardRow] = board.rows
    [row] = [row for row in rows if row.model.name == model]
    return averaged(visit, BOARD, board, row, (kind, key))


def names(average: Average) -> list[str]:
    return [line.task for line in average.lines]


def test_only_public_tasks_count_if_the_board_ranks_on_them(visit: Visit) -> None:
    mean = found(visit, "mean", "mean_task")
    assert (names(mean), mean.value) == (["Two", "One"], "40.00")
    assert names(found(visit, "mean", "mean_public")) == ["Two", "One"]
    assert names(found(visit, "mean", "mean_private")) == ["Secret"]
    assert names(found(visit, "", "")) == ["Secret", "Two", "One"]


def test_a_type_and_a_group_have_their_own_tasks(visit: Visit) -> None:
    kind = found(visit, "type", "Retrieval")
    assert (names(kind), kind.label, kind.value) == (["Two"], "Retrieval", "50.00")
    group = found(visit, "group", "By distance:Near")
    assert (group.label, group.value) == ("Near", "45.00")
    assert [(line.task, line.where) for line in group.lines] == [("Two", ""), ("One", "de")]


def test_a_mean_over_what_a_model_has_says_what_is_missing(visit: Visit) -> None:
    mean = found(visit, "mean", "mean_task", "org/b")
    assert (mean.value, mean.part) == ("70.00", "1/2")
    assert (mean.missing, mean.private) == (["Two"], [])
    assert mean.command == "mteb run -m org/b -t Two"
    assert found(visit, "", "", "org/b").private == ["Secret"]
    assert found(visit, "mean", "mean_task").part == ""


def test_a_language_lists_its_scores(visit: Visit) -> None:
    label = visit.service.snapshot.catalog.languages.label("eng-Latn")
    language = found(visit, "language", label)
    assert [(line.task, line.where, line.score) for line in language.lines] == [
        ("Secret", "default · test", 0.9),
        ("Two", "default · test", 0.5),
        ("One", "de · test", 0.4),
        ("One", "en · test", 0.2),
    ]
    assert language.value == "50.00"


@pytest.mark.parametrize(
    ("kind", "key"),
    [("mean", "rank"), ("type", "STS2"), ("group", "By distance:Far"), ("language", "Klingon")],
)
def test_a_column_that_does_not_exist_is_named(visit: Visit, kind: str, key: str) -> None:
    with pytest.raises(UnknownNameError):
        found(visit, kind, key)
