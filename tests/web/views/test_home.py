"""The front page: the menu, and leaders by size."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import structs

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark, MenuEntry
from frontrunner.results.ingest import ingest
from frontrunner.web.urls import Links
from frontrunner.web.views import boards, home
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.web.conftest import NAME, Browser


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


def test_the_counts_of_a_tile_are_those_of_its_board(service: Service) -> None:
    visit = Visit(service, words("en"), Links(), "", {})
    heading = boards.board(Visit(service, words("en"), Links(), NAME, {})).values["heading"]
    tiles = [one for group in home.menu(visit, everything=True) for one in group.entries]
    [tile] = [one for one in tiles if one.bench.name == NAME]
    assert (tile.tasks, tile.models, tile.complete) == (2, 3, 2)
    assert (heading.tasks, heading.models, heading.complete) == (2, 3, 2)


def test_the_front_page_counts_every_board_that_ranks_a_model(browser: Browser) -> None:
    """The menu leaves out earlier versions, so that its counts were less than its heading says."""
    page = browser.text("/")
    [listed] = re.findall(r'<table class="leaders menu">.*?</table>', page, re.DOTALL)
    assert re.findall(r'<td class="n">(\d+)', listed) == ["1", "1"]
    assert listed.index("More boards") > listed.index("#group-1")
    assert "<b>2</b> boards" in page
    assert '<h3><a href="/boards">All 2 boards</a></h3>' in page


def test_a_board_without_models_has_no_tile_and_does_not_count(tmp_path: Path) -> None:
    """The front page counts what ranks a model; the list of all boards has the others too."""
    run, unrun = task("Run"), task("Unrun")
    boards = [
        Benchmark(name=one.name, display_name=one.name, scopes=(scope(one),), on_menu=True)
        for one in (run, unrun)
    ]
    menu = (
        MenuEntry(name="Retrieval", children=("Run", "Unrun")),
        MenuEntry(name="By domain", children=("Unrun",)),
    )
    known = structs.replace(catalog([run, unrun], ["org/model"], boards), menu=menu)
    results = write_scores(tmp_path / "results", {"org/model": {"Run": 0.5}})
    snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
    browser = Browser(Service(snapshot))
    front = browser.text("/")
    [listed] = re.findall(r'<table class="leaders menu">.*?</table>', front, re.DOTALL)
    assert re.findall(r'<td class="n">(\d+)', listed) == ["1"]
    assert '<h3><a href="/boards">All 1 board</a></h3>' in front
    assert "By domain" not in front
    assert "/benchmark/Run" in front
    assert "/benchmark/Unrun" not in front
    assert "/benchmark/Unrun" in browser.text("/boards")


def test_before_the_first_results_the_front_page_shows_every_board(tmp_path: Path) -> None:
    run = task("Run")
    board = Benchmark(name="Run", display_name="Run", scopes=(scope(run),), on_menu=True)
    menu = (MenuEntry(name="Retrieval", children=("Run",)),)
    known = structs.replace(catalog([run], ["org/model"], [board]), menu=menu)
    (tmp_path / "results").mkdir()
    snapshot = snapshot_of(tmp_path / "home", ingest(tmp_path / "results", known, workers=1))
    front = Browser(Service(snapshot)).text("/")
    assert '<h3><a href="/boards">All 1 board</a></h3>' in front
    assert "/benchmark/Run" in front


def test_the_front_page_says_what_its_numbers_are(browser: Browser) -> None:
    leaders = browser.text("/").partition("Best models by size</h2>")[2]
    assert "its mean score from 0 to 100" in leaders.partition("<table")[0]


def test_the_broadest_boards_of_text_come_first(service: Service) -> None:
    assert home.flagships(service) == [NAME]


def test_counts_of_one_have_a_singular(service: Service) -> None:
    t = words("en")
    assert [t("home.boards", n=n) for n in (1, 2)] == ["board", "boards"]
