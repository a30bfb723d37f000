"""Boards that readers rank again: from the board's own rule, and with a word about every change."""

from __future__ import annotations

import html
import re

import pytest

from frontrunner.answers.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.results.ingest import ingest
from frontrunner.web.views import ranked
from tests.factories import catalog, result, scope, snapshot_of, task, write
from tests.web.conftest import NAME, Browser

PAGE = f"/benchmark/{NAME}"
TASKS = [
    task("OneTask"),
    task("T2", type="Retrieval"),
    task("Hidden1", type="Retrieval", public=False),
    task("Hidden2", type="Retrieval", public=False),
]
SCORES = {
    "org/a": {"OneTask": 0.9, "T2": 0.8, "Hidden1": 0.1, "Hidden2": 0.1},
    "org/b": {"OneTask": 0.8, "T2": 0.7, "Hidden1": 0.9, "Hidden2": 0.9},
    "org/c": {"OneTask": 0.7, "T2": 0.9, "Hidden1": 0.5, "Hidden2": 0.5},
}


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A board that shows two private tasks without counting them, as RTEB does."""
    root = tmp_path_factory.mktemp("private")
    scopes = tuple(scope(one) for one in TASKS)
    bench = Benchmark(name="Half", display_name="Half", scopes=scopes, public_only=True)
    known = catalog(TASKS, models=sorted(SCORES), benchmarks=[bench])
    for model, scores in SCORES.items():
        for name, value in scores.items():
            path = f"{model.replace('/', '__')}/r1/{name}.json"
            write(root / "results", path, result(name, value))
    return Service(snapshot_of(root / "home", ingest(root / "results", known, workers=1)))


def said(page: str) -> str:
    """What stands above the table; empty if the board is as it is."""
    found = re.search(r'<p id="asked".*?</p>', page, re.DOTALL)
    text = re.sub(r"<[^>]+>", "", found[0]) if found else ""
    return html.unescape(" ".join(text.split()))


def models(page: str) -> list[str]:
    return re.findall(r'<tr[^>]*><td class=r[^>]*>\d+<th[^>]*><a href="/models/([^"]+)"', page)


@pytest.mark.parametrize(
    "query", ["types=STS~Retrieval", "tasks=OneTask~T2~Hidden1~Hidden2", "weigh=OneTask:1"]
)
def test_private_tasks_do_not_count_when_a_board_is_ranked_again(
    private: Service, query: str
) -> None:
    browser = Browser(private)
    board, again = browser.text("/benchmark/Half"), browser.text("/benchmark/Half", query)
    assert models(again) == models(board) == ["org/a", "org/c", "org/b"]
    assert "of the board\u2019s 2 tasks" in said(again) or "the same 2 tasks" in said(again)
    assert "2 private tasks are shown and do not count." in said(again)
    assert not said(board)


def test_a_smaller_set_of_tasks_is_said(private: Service) -> None:
    text = said(Browser(private).text("/benchmark/Half", "types=Retrieval"))
    assert text.startswith("This ranking counts 1 of the board\u2019s 2 tasks: Retrieval.")


def test_the_form_says_which_tasks_never_count(private: Service) -> None:
    page = html.unescape(Browser(private).text("/benchmark/Half/customize"))
    assert "The board counts 2 public tasks; so does your ranking. 2 private tasks" in page
    assert 'name="weigh.OneTask"' in page
    assert 'name="weigh.Hidden1"' not in page
    assert page.count("private, not counted") == 2


def test_another_rule_for_means_is_said(browser: Browser) -> None:
    assert "Means are lenient" in said(browser.text(PAGE, "policy=lenient"))


def test_rows_do_not_repeat_a_long_query(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    again = "~".join(["Retrieval:3"] * 200)
    page = browser.text(PAGE, f"weigh={again}")
    assert "?weigh=Retrieval%3A3&amp;board=" in page
    monkeypatch.setattr(ranked, "_LONGEST", 10)
    page = browser.text(PAGE, "weigh=Retrieval:4")
    assert "&amp;board=" not in page
    assert "class=src" not in page


def test_weights_are_said_with_a_link_that_removes_them(browser: Browser) -> None:
    page = browser.text(PAGE, "weigh=Retrieval:3~Pairs:0.5&types=Retrieval&max=500M")
    assert said(page).startswith("Ranked with your weights: Retrieval \u00d73, Pairs \u00d70.5.")
    assert "Ranked by Borda count, weighted." in said(page)
    links = html.unescape(page)
    assert 'href="/benchmark/Mix%20(eng%2C%20v1)?types=Retrieval&max=500M">Remove weights' in links
    assert 'href="/benchmark/Mix%20(eng%2C%20v1)?max=500M">Back' in links


def test_a_task_is_called_by_its_own_name_beside_its_weight(private: Service) -> None:
    text = said(Browser(private).text("/benchmark/Half", "weigh=OneTask:2~Retrieval:3"))
    assert text.startswith("Ranked with your weights: Retrieval \u00d73, OneTask \u00d72.")


def test_equal_weights_rank_as_the_board(browser: Browser) -> None:
    page = browser.text(PAGE, "weigh=Search:4~Pairs:4")
    assert models(page) == models(browser.text(PAGE))


def test_filters_hide_rows_on_the_server(browser: Browser) -> None:
    page = browser.text(PAGE, "max=500M&use=yes")
    assert page.count("<tr hidden>") == 2
    assert 'class="board few placed"' in page
    assert "Commercial use: yes" in page


def test_the_form_filters_models_too(browser: Browser) -> None:
    """So that readers without scripts can; several values of a filter stay."""
    page = browser.text(f"{PAGE}/customize", "max=500M&use=yes&weights=open~closed&min=1M")
    assert '<input name="max" value="500M"' in page
    assert '<option value="yes" selected>' in page
    assert '<option value="open~closed" selected>' in page
    assert re.findall('<input type="hidden" name="([^"]+)"', page) == ["min"]


def test_what_cannot_be_ranked_says_why(browser: Browser) -> None:
    everything = browser.text(PAGE, "weigh=Search:0~Pairs:0")
    assert "so this is the board itself. Every task weighs 0" in everything
    assert models(everything) == models(browser.text(PAGE))
    assert "so this is the board itself" in browser.text(PAGE, "types=BitextMining")
    misspelled = browser.page(PAGE, "weigh=Serch:2")
    assert misspelled.status == 422
    assert "?weigh=Search%3A2" in misspelled.answer.identity.decode()
    assert browser.page(PAGE, "weigh=Search:1000").status == 422
    assert "?subsets=de" in browser.text(PAGE, "subsets=dee")


def test_a_form_that_was_sent_leads_to_the_board(browser: Browser) -> None:
    sent = "languages=German&types=Retrieval&weigh.Search=2&weigh.Pairs=&max=500M&apply=1"
    page = browser.page(f"/zh{PAGE}/customize", sent)
    assert page.status == 302
    query = b"languages=German&types=Retrieval&weigh=Search:2&max=500M"
    assert dict(page.headers)[b"location"] == b"/zh/benchmark/Mix%20(eng%2C%20v1)?" + query


def test_a_form_is_filled_in_with_what_is_chosen(browser: Browser) -> None:
    page = html.unescape(
        browser.text(f"{PAGE}/customize", "languages=German&types=Retrieval&weigh=Search:2&max=7B")
    )
    assert '<input name="languages" value="German"' in page
    assert 'name="types" value="Retrieval" checked' in page
    assert 'name="weigh.Search" value="2"' in page
    assert '<input name="max" value="7B"' in page
    assert '<option value="German" label="deutsch' in page
