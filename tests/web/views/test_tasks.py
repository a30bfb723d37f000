"""The list of tasks, and the scores on one."""

from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.answers.values import TaskResult, TaskResults
from frontrunner.web.render import environment
from frontrunner.web.urls import Links
from frontrunner.web.views import tasks
from frontrunner.web.visit import Visit
from frontrunner.web.words import words


@pytest.fixture
def visit(service: Service) -> Visit:
    return Visit(service, words("en"), Links(), "", {})


def row(rank: int, model: str, **cells: float) -> TaskResult:
    """A row whose cells are named `subset_split`."""
    scores: dict[str, dict[str, float]] = {}
    for name, score in cells.items():
        subset, split = name.split("_")
        scores.setdefault(subset, {})[split] = score
    return TaskResult(rank, model, 0.5, scores, None)


def test_a_task_of_one_place_has_no_columns_for_it(visit: Visit) -> None:
    found = tasks.table(TaskResults(["en"], ["test"], [row(1, "org/a", en_test=0.5)]), visit)
    assert found.columns == []
    assert [len(one.cells) for one in found.rows] == [1]


def test_places_without_any_score_are_left_out(visit: Visit) -> None:
    rows = [row(1, "org/a", en_test=0.5), row(2, "org/b", de_dev=0.4)]
    found = tasks.table(TaskResults(["de", "en"], ["dev", "test"], rows), visit)
    assert found.columns == [("de", "dev"), ("en", "test")]
    assert [[cell.text for cell in one.cells][1:] for one in found.rows] == [
        ["\N{EN DASH}", "50.00"],
        ["40.00", "\N{EN DASH}"],
    ]


def test_a_task_of_many_places_shows_the_first(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_MOST_COLUMNS", 2)
    cells = {f"s{number}_test": 0.5 for number in range(5)}
    subsets = sorted(name.split("_")[0] for name in cells)
    found = tasks.table(TaskResults(subsets, ["test"], [row(1, "org/a", **cells)]), visit)
    assert (len(found.columns), found.hidden) == (2, 3)


def test_results_on_other_data_are_marked(visit: Visit) -> None:
    rows = [row(1, "org/a", en_test=0.5)._replace(other_data=True), row(2, "org/b", en_test=0.4)]
    found = tasks.table(TaskResults(["en"], ["test"], rows), visit)
    assert [one.other_data for one in found.rows] == [True, False]


def test_the_list_counts_what_each_filter_leaves(visit: Visit) -> None:
    finder = tasks.tasks(visit).values["finder"]
    counts = {one.name: {value: n for value, _, n in one.options} for one in finder.choices}
    assert counts["type"] == {"Retrieval": 1, "PairClassification": 1}
    assert counts["language"] == {"English": 2, "German": 1}
    assert counts["domain"] == {"Legal": 1}
    assert counts["results"] == {"yes": 2}


def test_a_task_without_statistics_has_none(service: Service) -> None:
    assert tasks.statistics(service, "Search", words("en")) == []


def test_statistics_are_named(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {
        "num_samples": 171_382,
        "queries_text_statistics": {"min_text_length": 30, "of_subset": {"not": 1}},
        "unheard_of": 0.5,
        "hf_subset_descriptive_stats": "text",
    }
    monkeypatch.setattr(service, "statistics", lambda name: {"test": numbers, "odd": 1})
    assert tasks.statistics(service, "Search", words("en")) == [
        ("test", "", "Samples", "171,382"),
        ("test", "queries", "Shortest text", "30"),
        ("test", "", "unheard of", "0.5"),
    ]
    assert tasks.statistics(service, "Search", words("zh"))[1][1:3] == ("查询", "最短文本")


def test_a_domain_that_the_catalog_names_twice_is_shown_once() -> None:
    names = vars(environment().get_template("parts.html").module)["names"]
    assert str(names(words("en"), "domains", ("Spoken", "Blog", "Spoken"))) == "Spoken, Blog"
