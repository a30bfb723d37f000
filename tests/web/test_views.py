from __future__ import annotations

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.web import charts
from frontrunner.web.charts import Dot
from frontrunner.web.urls import Links
from frontrunner.web.views import board_table, home, pictures
from frontrunner.web.views.rows import ModelName, twins
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.web.conftest import HOSTILE, NAME, Browser


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
        mean = given.mean_task
        assert row.cells[0].text == ("–" if mean is None else f"{mean * 100:.2f}")  # noqa: RUF001


def test_the_heading_counts_who_is_complete(service: Service) -> None:
    bench = service.find_benchmark(NAME)
    heading = board_table.heading(service, bench, service.board(bench.name))
    assert (heading.models, heading.complete, heading.tasks) == (3, 2, 2)
    assert heading.ordered_by == "borda"


def test_facts_cannot_end_their_script(service: Service) -> None:
    facts = board_table.facts(service.board(NAME))
    assert "<" not in facts
    assert HOSTILE in msgspec.json.decode(facts)["name"]


def test_leaders_stand_in_buckets_of_their_size(service: Service) -> None:
    assert [home.bucket_label(*bucket) for bucket in home.BUCKETS] == [
        "< 150M",
        "150M – 600M",  # noqa: RUF001
        "600M – 4B",  # noqa: RUF001
        "≥ 4B",
    ]
    visit = Visit(service, words("en"), Links(), "", {})
    groups = home.menu(visit, everything=True)
    assert [entry.bench.name for group in groups for entry in group.entries] == [NAME, "Old"]


def test_the_front_holds_what_nothing_smaller_beats() -> None:
    dots = [Dot(x, y, f"{x}", "", "") for x, y in [(1, 5), (2, 4), (3, 9), (3, 8), (4, 9)]]
    assert [(dot.x, dot.y) for dot in charts.records(dots)] == [(1, 5), (3, 9)]


@pytest.mark.parametrize("axis", [charts.LOG, charts.LINEAR])
def test_charts_of_one_dot_and_of_none(axis: charts.Axis) -> None:
    dot = Dot(0.5, 50.0, "<b>", "x", "/m")
    assert "&lt;b&gt;" in charts.scatter([dot], [dot], axis, "x", "y")
    assert charts.scatter([], [], axis, "x", "y") == ""
    assert charts.parallel(["a"], ["x", "y"], [[None, None]]) == ""


def test_where_nobody_has_a_mean_pictures_show_the_tasks_that_the_leaders_share(
    service: Service,
) -> None:
    numbers = service.board(NAME)
    strict = {row.model.name: row.mean_task for row in numbers.rows if row.mean_task is not None}
    found, shared = pictures.means(numbers)
    assert shared == 0
    assert {row.model.name: mean for row, mean in found} == strict
    without = [
        msgspec.structs.replace(row, mean_task=None, mean_task_type=None) for row in numbers.rows
    ]
    found, shared = pictures.means(msgspec.structs.replace(numbers, rows=without))
    assert shared == len(numbers.tasks)
    assert {row.model.name: mean for row, mean in found} == pytest.approx(strict)


def test_leaders_that_share_little_make_no_picture(service: Service) -> None:
    numbers = service.board(NAME)
    first, second = numbers.rows[:2]
    tasks = list(numbers.tasks)
    apart = [
        msgspec.structs.replace(
            row, mean_task=None, mean_task_type=None, scores_by_task={task: 0.5}
        )
        for row, task in ((first, tasks[0]), (second, tasks[1]))
    ]
    assert pictures.means(msgspec.structs.replace(numbers, rows=apart)) == ([], 0)


def test_dots_below_a_chart_are_marked_at_its_lower_edge() -> None:
    dots = [Dot(1 + n, 60.0 + n / 10, f"m{n}", "x", "/m", n) for n in range(40)]
    low = Dot(5, 3.0, "failed", "x", "/m", 40)
    svg = charts.scatter([*dots, low], charts.records(dots), charts.LOG, "x", "y")
    assert svg.count("<circle") == 40
    assert svg.count(' low"') == 1
    assert "failed \u00b7 x \u00b7 3.00" in svg
    assert charts.below([*dots, low], charts.LOG) == 1
    assert charts.below(dots, charts.LOG) == 0
    assert charts.below([], charts.LOG) == 0


def test_dots_know_their_rows(service: Service) -> None:
    numbers = service.board(NAME)
    drawn = pictures.size_against_score(numbers, words("en"), Links()).svg
    for place, row in enumerate(numbers.rows):
        if row.mean_task is not None:
            assert f'data-i="{place}"' in drawn


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


def test_rows_of_one_name_show_their_owners() -> None:
    names = [ModelName.of(one) for one in ("a/x", "b/x", "a/y", "x")]
    assert twins(names) == [True, True, False, True]
    runs = [ModelName.of("a/x", {"k": 1}), ModelName.of("a/x")]
    assert twins(runs) == [False, False]


def test_long_parameters_of_an_experiment_are_cut(service: Service) -> None:
    name = ModelName.of("a/x", {"prompt": "y" * 20_000_000})
    assert len(name.variant) == 120
    numbers = service.board(NAME)
    rows = [
        msgspec.structs.replace(row, experiments={"prompt": "y" * 1_000_000})
        for row in numbers.rows
    ]
    assert len(board_table.facts(msgspec.structs.replace(numbers, rows=rows))) < 10_000


def test_charts_show_the_unit_that_fits(service: Service) -> None:
    dots = [Dot(size, 50.0, "m", "", "/m") for size in (1e-4, 1e-3)]
    svg = charts.scatter(dots, dots[:1], charts.LOG, "x", "y")
    assert ">100K<" in svg
    assert ">1M<" in svg
