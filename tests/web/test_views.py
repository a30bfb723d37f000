from __future__ import annotations

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.web import charts
from frontrunner.web.charts import Dot
from frontrunner.web.urls import Links
from frontrunner.web.views import board, home, pictures
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.web.conftest import HOSTILE, NAME


def test_the_table_holds_what_the_api_answers(service: Service) -> None:
    bench = service.find_benchmark(NAME)
    table = board.table(service, bench, words("en"))
    numbers = board.load(service, bench)
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
    heading = board.heading(service, bench, board.load(service, bench))
    assert (heading.models, heading.complete, heading.tasks) == (3, 2, 2)
    assert heading.ordered_by == "borda"


def test_facts_cannot_end_their_script(service: Service) -> None:
    facts = board.facts(board.load(service, service.find_benchmark(NAME)))
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
    numbers = board.load(service, service.find_benchmark(NAME))
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
    numbers = board.load(service, service.find_benchmark(NAME))
    first, second = numbers.rows[:2]
    tasks = list(numbers.tasks)
    apart = [
        msgspec.structs.replace(
            row, mean_task=None, mean_task_type=None, scores_by_task={task: 0.5}
        )
        for row, task in ((first, tasks[0]), (second, tasks[1]))
    ]
    assert pictures.means(msgspec.structs.replace(numbers, rows=apart)) == ([], 0)
