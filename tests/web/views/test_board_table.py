"""A board: its heading, its rows, and the facts that its script reads."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from frontrunner.web import text
from frontrunner.web.urls import Links
from frontrunner.web.views import board_table, row_facts, rows
from frontrunner.web.words import words
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.web.conftest import NAME, Browser


def test_the_table_holds_what_the_api_answers(service: Service) -> None:
    bench = service.find_benchmark(NAME)
    table = board_table.table(service, bench, words("en"))
    numbers = service.board(bench.name)
    assert [column.key for column in table.columns] == [
        "mean_task",
        "mean_task_type",
        *numbers.task_types,
    ]
    for row, given in zip(table.rows, numbers.rows, strict=True):
        assert row.model.name == given.model.name
        if given.mean_task is not None:
            assert row.cells[0].text == f"{given.mean_task * 100:.2f}"
            assert not row.cells[0].part


def test_a_mean_over_some_tasks_says_over_how_many_and_is_not_shaded(service: Service) -> None:
    """org/large has no result on Pairs: 70.00 is its mean over Search alone."""
    table = board_table.table(service, service.find_benchmark(NAME), words("en"))
    [large] = [row for row in table.rows if row.model.name == "org/large"]
    assert [(cell.text, cell.part, cell.step) for cell in large.cells[:2]] == [
        ("70.00", "1/2", 0)
    ] * 2
    assert "Pairs" in large.cells[0].why
    assert table.partial_mean == large.cells[0]
    html = Browser(service).text(f"/benchmark/{NAME}")
    assert html.count("covers only the tasks that the model completed") == 1
    assert ">70.00 <small>1/2</small>" in html
    assert "covers only the tasks" not in Browser(service).text(f"/benchmark/{NAME}/tasks")


def test_the_heading_counts_who_is_complete(service: Service) -> None:
    bench = service.find_benchmark(NAME)
    heading = board_table.heading(service, bench, service.board(bench.name))
    assert (heading.models, heading.complete, heading.tasks) == (3, 2, 2)
    assert heading.ordered_by == "borda"


def test_the_heading_says_how_many_tasks_count_where_private_ones_only_show(
    service: Service,
) -> None:
    bench, board = service.find_benchmark(NAME), service.board(NAME)
    assert board_table.heading(service, bench, board).counted == 2
    hidden = [
        msgspec.structs.replace(one, is_public=one.name != "Pairs") for one in board.tasks_meta
    ]
    board = msgspec.structs.replace(board, tasks_meta=hidden)
    public = msgspec.structs.replace(bench, public_only=True)
    assert board_table.heading(service, public, board).counted == 1
    assert board_table.heading(service, bench, board).counted == 2


def test_scores_on_tasks_that_a_model_was_trained_on_are_marked(service: Service) -> None:
    table = board_table.task_table(service, service.find_benchmark(NAME), words("en"), Links())
    tasks = [column.key for column in table.columns]
    marked = {
        (row.model.name, task)
        for row in table.rows
        for task, cell in zip(tasks, row.cells, strict=True)
        if cell.trained_on
    }
    assert marked == {("org/small", "Pairs")}
    html = Browser(service).text(f"/benchmark/{NAME}/tasks")
    assert html.count('seen" title="In training data">') == 1


@pytest.mark.parametrize(
    ("openness", "count", "said"),
    [
        ({}, "?", "not known"),
        ({"paper": True}, "1/6", "paper; not known: weights, licence"),
        (dict.fromkeys(row_facts.FACETS, False), "0/6", "Nothing is open"),
        (dict.fromkeys(row_facts.FACETS, True), "6/6", "weights, licence"),
    ],
)
def test_what_is_not_known_of_a_model_is_not_said_to_be_closed(
    service: Service, openness: dict[str, bool], count: str, said: str
) -> None:
    model = msgspec.structs.replace(service.board(NAME).rows[0].model, openness=openness)
    assert text.openness(openness) == count
    assert board_table.openness_in_words(model, words("en")).startswith(said)


def test_ranks_say_how_sure_they_are_on_boards_and_models(tmp_path: Path) -> None:
    tasks = [task(f"T{n}") for n in range(8)]
    scores = {
        model: {one.name: level for one in tasks}
        for model, level in (("org/a", 0.9), ("org/b", 0.5), ("org/c", 0.5))
    }
    known = catalog(tasks, models=sorted(scores))
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", read))
    table = board_table.table(service, service.find_benchmark("All"), words("en"))
    assert [(row.rank, row.band) for row in table.rows] == [(1, "1"), (2, "2"), (2, "2")]
    browser = Browser(service)
    html = browser.text("/benchmark/All")
    assert "data-b=2>2" in html
    assert "95% of the resampled boards" in html
    assert '<small class="band">2</small>' in browser.text("/models/org/b")
    assert ">1 model<" in browser.text("/models/org/b")
    assert "data-b=2>2" in browser.text("/benchmark/All", "languages=English")
    assert "data-b=" not in browser.text("/benchmark/All", "weigh=T0:2")


def test_how_to_read_the_table_stands_above_it_and_opens_without_scripts(service: Service) -> None:
    html = Browser(service).text(f"/benchmark/{NAME}")
    assert html.index('<details class="pop" id="reading">') < html.index('<table id="board"')
    for wanted in ("Scores are multiplied by 100", "How many of six items", "the map of licences"):
        assert html.count(wanted) >= 1, wanted


def test_a_board_of_few_tasks_has_no_legend_for_bands(service: Service) -> None:
    html = Browser(service).text(f"/benchmark/{NAME}")
    assert "data-b=" not in html
    assert "95% of the resampled boards" not in html


def test_columns_of_tasks_come_by_type_and_the_first_of_each_says_it(tmp_path: Path) -> None:
    kinds = {"T1": "STS", "T2": "Retrieval", "T3": "STS"}
    known = catalog([task(name, type=kind) for name, kind in kinds.items()])
    scores = {"org/a": {"T1": 0.1, "T2": 0.2, "T3": 0.3}}
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", ingested))
    bench = service.find_benchmark("All")
    table = board_table.task_table(service, bench, words("en"), Links())
    assert [(column.key, column.group) for column in table.columns] == [
        ("T1", "STS · 2"),
        ("T3", ""),
        ("T2", "Retrieval · 1"),
    ]
    assert [cell.text for cell in table.rows[0].cells] == ["10.00", "30.00", "20.00"]


def test_what_rows_show_is_not_sent_a_second_time(service: Service) -> None:
    whole = msgspec.json.decode(row_facts.facts(service.board(NAME)))
    table = board_table.table(service, service.find_benchmark_or_alias(NAME), words("en"))
    sent = msgspec.json.decode(table.facts)
    assert set(whole) - set(sent) == row_facts.IN_ROWS - {"name"}
    assert [name for name in sent["name"] if name and "#" not in name] == []
    assert set(sent) - set(whole) == {"rest", "lacks"}


def test_a_type_that_lacks_many_tasks_says_how_many_with_the_facts(tmp_path: Path) -> None:
    """Names of two missing tasks are in the cell; of more, the number is sent once."""
    kinds = {"S1": "STS", "R1": "Retrieval", "R2": "Retrieval", "R3": "Retrieval", "S2": "STS"}
    tasks = [task(name, type=kind) for name, kind in kinds.items()]
    known = catalog(tasks, models=["org/a", "org/b", "org/c"])
    scores = {
        "org/a": dict.fromkeys(kinds, 0.5),
        "org/b": {"S1": 0.4},
        "org/c": {"S1": 0.4, "S2": 0.3, "R3": 0.2},
    }
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", ingested))
    table = board_table.table(service, service.find_benchmark("All"), words("en"))
    names = [row.model.name for row in table.rows]
    sent = dict(zip(names, msgspec.json.decode(table.facts)["lacks"], strict=True))
    types = [column.key for column in table.columns if column.kind == "type"]
    assert sent["org/a"] == sent["org/c"] == []
    assert dict(zip(types, sent["org/b"], strict=True)) == {"STS": 0, "Retrieval": 3}
    html = Browser(service).text("/benchmark/All")
    row = next(one for one in html.split("<tr") if "/models/org/b" in one)
    assert "Missing 1 task: S2" in row
    assert "Missing 3 tasks" not in row
    assert '"lacking":"Missing {n:# task|# tasks}"' in html


def test_rows_below_the_first_screens_leave_the_splitting_of_names_to_scripts(
    tmp_path: Path,
) -> None:
    models = [f"org/some-model-{number}" for number in range(rows.FIRST_ROWS + 2)]
    scores = {model: {"T1": 0.9 - place / 100} for place, model in enumerate(models)}
    known = catalog([task("T1")], models=models)
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    service = Service(snapshot_of(tmp_path / "home", ingested))
    first, rest = Browser(service).text("/benchmark/All").split('<tbody class="rest">')
    assert first.count("<i>org/</i>some-model-<wbr>") == rows.FIRST_ROWS
    assert rest.count(">org/some-model-") == 2
    assert "<i>" not in rest


def test_a_reason_that_is_that_of_the_cell_before_is_not_sent_again(service: Service) -> None:
    html = Browser(service).text(f"/benchmark/{NAME}")
    row = next(one for one in html.split("<tr") if "/models/org/large" in one)
    assert row.count("class=half") == 2
    assert row.count('class=half title="Missing 1 task: Pairs"') == 1
