"""What the charts of a board show."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.web.urls import Links
from frontrunner.web.views import pictures
from frontrunner.web.words import words
from tests.web.conftest import NAME


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


def test_dots_know_their_rows(service: Service) -> None:
    numbers = service.board(NAME)
    drawn = pictures.size_against_score(numbers, words("en"), Links()).svg
    for place, row in enumerate(numbers.rows):
        if row.mean_task is not None:
            assert f'data-i="{place}"' in drawn
