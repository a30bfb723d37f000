"""Which board and tab a path names, and which view makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.base.errors import UnknownNameError
from frontrunner.catalog import Benchmark
from frontrunner.results.ingest import ingest
from frontrunner.web.urls import Links
from frontrunner.web.views import boards
from frontrunner.web.views.board_table import TABS
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.factories import catalog, scope, snapshot_of, task, write_scores
from tests.web.conftest import NAME, Browser


def visit(service: Service, name: str) -> Visit:
    return Visit(service, words("en"), Links(), name, {})


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_made(service: Service, tab: str) -> None:
    name = f"{NAME}/{tab}" if tab else NAME
    bench, found = boards.split(visit(service, name))
    assert (bench.name, found) == (NAME, tab)
    shown = boards.board(visit(service, name))
    assert shown.values["tab"] == tab
    assert shown.status == 200
    assert ("table" in shown.values) == (shown.template == "board_table.html")


@pytest.mark.parametrize(
    ("tab", "sorts"), [("", True), ("tasks", True), ("languages", True), ("size", False)]
)
def test_without_scripts_the_tables_say_that_their_headings_sort(
    browser: Browser, tab: str, sorts: bool
) -> None:
    html = browser.text(f"/benchmark/{NAME}/{tab}".rstrip("/"))
    said = html.partition("<noscript>")[2].partition("</noscript>")[0]
    assert ("Click a heading to sort" in said) == sorts
    assert ("Sorting and filters need JavaScript" in said) != sorts


@pytest.mark.parametrize("name", ["", "nothing", f"{NAME}/nothing", "/tasks", "nothing/tasks"])
def test_another_path_names_none(service: Service, name: str) -> None:
    with pytest.raises(UnknownNameError):
        boards.split(visit(service, name))


def test_a_tab_that_the_board_lacks_is_unknown(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.web.views.board_table.tabs_of", lambda *_: ("", "tasks"))
    boards.board(visit(service, f"{NAME}/tasks"))
    with pytest.raises(UnknownNameError):
        boards.board(visit(service, f"{NAME}/languages"))


def test_the_index_lists_boards_that_are_on_no_menu(service: Service) -> None:
    groups = boards.index(visit(service, "")).values["groups"]
    assert {entry.bench.name for group in groups for entry in group.entries} == {NAME, "Old"}


def test_boards_without_rows_are_counted_where_the_front_page_leaves_them_out(
    tmp_path: Path, browser: Browser
) -> None:
    first, other = task("T1"), task("T2")
    benchmarks = [
        Benchmark(name=one.name, display_name=one.name, scopes=(scope(one),))
        for one in (first, other)
    ]
    known = catalog([first, other], benchmarks=benchmarks)
    results = write_scores(tmp_path / "results", {"org/a": {"T1": 0.5}})
    shown = Browser(Service(snapshot_of(tmp_path / "home", ingest(results, known, workers=1))))
    page = shown.text("/boards")
    assert "<h1>Boards <small>2</small></h1>" in page
    assert "1 ranks models; 1 ranks none yet." in page
    assert "<b>1</b> board<" in shown.text("/")
    assert "none yet" not in browser.text("/boards")
