"""Names like the one that a reader meant."""

from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.web.lookup import holding, kinds, near, near_pages, near_tabs
from frontrunner.web.urls import Links
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.web.conftest import NAME


@pytest.fixture
def visit(service: Service) -> Visit:
    return Visit(service, words("en"), Links(), "", {})


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ORG_SMALL", "org/small"),
        ("smal", "org/small"),
        ("Serch", "Search"),
        ("mix-eng-v1", NAME),
        ("Mix & match", NAME),
    ],
)
def test_capitals_signs_and_the_owner_do_not_count(visit: Visit, wanted: str, found: str) -> None:
    assert found in [one.name for one in near(visit, wanted)]


@pytest.mark.parametrize("wanted", ["", "zzzzzzzzzzzz", "\N{SNOWMAN}" * 1_000])
def test_what_is_like_nothing_finds_nothing(visit: Visit, wanted: str) -> None:
    assert near(visit, wanted) == []


def test_each_address_is_offered_once(visit: Visit) -> None:
    found = [one.href for one in near(visit, "org/small")]
    assert len(found) == len(set(found))


def test_a_search_finds_the_names_that_hold_its_words(visit: Visit) -> None:
    by_kind = {
        names.kind: [one.name for one in holding(names, "org l", 9)] for names in kinds(visit)
    }
    assert by_kind["nav.models"] == ["org/large", "org/small"]
    models = next(names for names in kinds(visit) if names.kind == "nav.models")
    assert len(holding(models, "org", 2)) == 2
    assert holding(models, " ; ", 9) == []


@pytest.mark.parametrize(
    ("wanted", "boards", "tasks"),
    [
        ("german retr", [NAME, "Old"], ["Search"]),
        ("deutsch", [NAME, "Old"], ["Search"]),
        ("德语", [NAME, "Old"], ["Search"]),
        ("english pair", [NAME], ["Pairs"]),
        ("mix", [NAME], []),
        ("suomi", [], []),
    ],
)
def test_a_search_knows_languages_and_kinds_of_task(
    visit: Visit, wanted: str, boards: list[str], tasks: list[str]
) -> None:
    by_kind = {n.kind: [one.name for one in holding(n, wanted, 9)] for n in kinds(visit)}
    assert by_kind["nav.boards"] == boards
    assert by_kind["nav.tasks"] == tasks


def test_tabs_of_a_board(visit: Visit) -> None:
    assert [one.name for one in near_tabs(visit, f"{NAME}/taks")] == [f"{NAME}/tasks", NAME]
    assert near_tabs(visit, "no board/tasks") == []


def test_pages(visit: Visit) -> None:
    assert [one.href for one in near_pages(visit, "modles", ("models", "tasks"))] == ["/models"]
