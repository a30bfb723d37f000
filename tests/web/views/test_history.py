"""Boards over time."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.snapshot.timeline import Change
from frontrunner.web.views.history import in_words
from frontrunner.web.words import languages, words
from tests.web.conftest import HOSTILE, NAME, Browser, build, write_results
from tests.web.test_change_feeds import grown


@pytest.mark.parametrize("language", languages())
def test_every_page_of_the_past(tmp_path: Path, language: str) -> None:
    browser = Browser(grown(tmp_path, 3))
    index = browser.text(f"/{language}/history")
    assert "Mix &amp; match" in index
    assert index.count("<time") == 2 + 3
    board = browser.text(f"/{language}/history/{NAME}")
    assert '<svg class="chart wide"' in board
    assert ">unrun" in board
    assert 'style="' not in board
    assert "<script>alert" not in board
    for model in ("org/unrun", "org/small", HOSTILE):
        page = browser.text(f"/{language}/models/{model}/history")
        assert page.count("<time") >= 2
        assert "<script>alert" not in page


def test_without_a_past_pages_say_so(tmp_path: Path) -> None:
    browser = Browser(Service(build(tmp_path / "home", write_results(tmp_path / "r"))))
    assert "No earlier snapshot" in browser.text("/history")
    assert "no ranked model" in browser.text(f"/history/{NAME}")
    assert "on no board" in browser.text("/models/org/small/history")
    assert "/models/org/small/history" not in browser.text("/models/org/small")


def test_a_board_that_never_was_is_not_there(browser: Browser) -> None:
    assert browser.page("/history/None").status == 404
    assert browser.page("/models/no/one/history").status == 404


def test_a_page_is_made_again_when_the_past_is(tmp_path: Path) -> None:
    service = grown(tmp_path, 2)
    browser = Browser(service)
    before = browser.text("/history")
    grown(tmp_path, 3)
    assert browser.text("/history").count("<time") == before.count("<time") + 1


@pytest.mark.parametrize(
    ("ranks", "means", "said"),
    [
        ((3, 2), (0.5, 0.6), "The mean of a went from 50.00 to 60.00, rank 3 \u2192 2."),
        ((3, 3), (0.5, 0.6), "The mean of a went from 50.00 to 60.00, rank still 3."),
        ((3, 4), (0.5, None), "a lost its mean of 50.00: it now lacks a result"),
        ((3, 2), (None, 0.6), "a now has a result on every task: mean 60.00, rank 3 \u2192 2."),
    ],
)
def test_a_mean_that_came_or_went_is_told_as_such(
    ranks: tuple[int, int], means: tuple[float | None, float | None], said: str
) -> None:
    change = Change(1, "rescored", "B", "org/a", *ranks, *means)
    told = in_words(words("en"), change, short=True)
    assert told.startswith(said)
    assert "\u2013" not in told
    assert "\u2013" not in in_words(words("zh"), change)
