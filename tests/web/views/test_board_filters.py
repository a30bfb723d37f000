"""Filters of a board as the server applies them."""

from __future__ import annotations

import pytest

from frontrunner.answers.service import Service
from frontrunner.web.urls import Links
from frontrunner.web.views.board_filters import chips, kept
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.web.conftest import HOSTILE, NAME

SMALL, LARGE = "org/small", "org/large"


def left(service: Service, **query: str) -> set[str]:
    board = service.board(NAME)
    shown = kept(query, board, len(board.tasks))
    return {row.model.name for row, is_kept in zip(board.rows, shown, strict=True) if is_kept}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {SMALL, LARGE, HOSTILE}),
        ({"max": "500M"}, {SMALL, HOSTILE}),
        ({"min": "100M", "max": "7"}, {LARGE, HOSTILE}),
        ({"weights": "open"}, {SMALL}),
        ({"weights": "closed"}, {LARGE, HOSTILE}),
        ({"zero": "known"}, {SMALL}),
        ({"zero": "only"}, set()),
        ({"st": "yes"}, {SMALL}),
        ({"instructions": "no"}, {SMALL, LARGE, HOSTILE}),
        ({"use": "yes"}, {SMALL}),
        ({"use": "unknown~no"}, {LARGE, HOSTILE}),
        ({"licence": "mit"}, {SMALL}),
        ({"modality": "text"}, {SMALL, LARGE, HOSTILE}),
        ({"kind": "dense"}, {SMALL, LARGE, HOSTILE}),
        ({"since": "2024-01"}, {LARGE}),
        ({"coverage": "100"}, {SMALL, HOSTILE}),
        ({"facets": "0"}, {SMALL}),
        ({"facets": "0~4"}, set()),
        ({"facets": "0~"}, {SMALL}),
        ({"facets": "~", "coverage": " ", "use": "~"}, {SMALL, LARGE, HOSTILE}),
    ],
)
def test_rows_that_filters_leave(service: Service, query: dict[str, str], names: set[str]) -> None:
    assert left(service, **query) == names


def test_a_filter_without_a_value_is_none(service: Service) -> None:
    query = {"facets": "~", "coverage": " ", "use": "~~"}
    assert chips(Visit(service, words("en"), Links(), NAME, query), NAME) == []


def test_each_filter_can_be_removed(service: Service) -> None:
    query = {"max": "500M", "use": "yes~conditions", "facets": "0", "coverage": "90"}
    visit = Visit(service, words("en"), Links(), NAME, query)
    found = [(one.name, one.value, one.href.partition("?")[2]) for one in chips(visit, NAME)]
    assert found == [
        ("Parameters", "\u2264 500M", "use=yes~conditions&facets=0&coverage=90"),
        ("Commercial use", "yes, with conditions", "max=500M&facets=0&coverage=90"),
        ("Coverage", "\u2265 90%", "max=500M&use=yes~conditions&facets=0"),
        ("Require open", "weights", "max=500M&use=yes~conditions&coverage=90"),
    ]


@pytest.mark.parametrize(
    ("language", "query", "said"),
    [
        ("en", {"max": "1"}, ("Parameters", "\u2264 1B")),
        ("en", {"min": "0.5"}, ("Parameters", "\u2265 0.5B")),
        ("en", {"min": " 500m"}, ("Parameters", "\u2265 500M")),
        ("zh", {"max": "7B"}, ("\u53c2\u6570\u91cf", "\u2264 7B")),
    ],
)
def test_a_size_has_its_sign_and_its_unit(
    service: Service, language: str, query: dict[str, str], said: tuple[str, str]
) -> None:
    (found,) = chips(Visit(service, words(language), Links(), NAME, query), NAME)
    assert (found.name, found.value) == said
