"""The page that says where a number comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from frontrunner.web import text
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.web.conftest import HOSTILE, NAME, Browser, plain_commands


def test_a_score_has_a_page_with_its_file_revisions_and_command(browser: Browser) -> None:
    html = browser.text("/scores/org/small", f"board={NAME}&task=Search")
    assert "<b>45.00</b> Search" in html
    for wanted in (
        "org__small/r1/Search.json",
        "mteb run -m org/small -t Search",
        "2.0.0",
        "The mean of 2 scores",
        "50.00",
        "40.00",
        "German",
        "/v1/source?model=org%2Fsmall&amp;task=Search",
        '<meta name="robots" content="noindex">',
    ):
        assert wanted in plain_commands(html), wanted


def test_a_mean_says_over_which_tasks_it_is_taken_and_links_to_each(browser: Browser) -> None:
    html = browser.text("/scores/org/small", f"board={NAME}&mean=mean_task")
    assert "Mean of the scores on 2 tasks." in html
    assert "<b>58.12</b>" in html
    assert "/scores/org/small?board=Mix%20(eng%2C%20v1)&amp;task=Search" in html
    assert 'The files are in <code class="long">org__small/r1/</code>' in html
    assert '<td class="files">Search.<wbr>json' in html
    assert "mteb run -m org/small -t Search Pairs" in plain_commands(html)
    types = browser.text("/scores/org/small", f"board={NAME}&mean=mean_task_type")
    assert "type=PairClassification" in types
    one = browser.text("/scores/org/small", f"board={NAME}&type=Retrieval")
    assert "Mean of the scores on the task of this type" in one
    assert "Pairs" not in one


def test_a_row_says_what_it_lacks_how_to_run_it_and_where_to_submit_it(browser: Browser) -> None:
    html = browser.text("/scores/org/large", f"board={NAME}")
    assert "Missing 1 of 2 tasks" in html
    assert "mteb run -m org/large -t Pairs" in plain_commands(html)
    assert "Then add the result files that mteb writes" in html
    mean = browser.text("/scores/org/large", f"board={NAME}&mean=mean_task")
    assert "This one covers 1/2 of them" in mean
    whole = browser.text("/scores/org/small", f"board={NAME}")
    assert "Missing" not in whole
    assert "mean=mean_task" in whole


def test_the_means_of_languages_and_groups_are_explained(browser: Browser) -> None:
    html = browser.text("/scores/org/small", f"board={NAME}&language=German")
    assert "<b>40.00</b> German" in html
    assert "de · test" in html


def test_private_tasks_that_are_missing_are_named_and_no_command_runs_them(tmp_path: Path) -> None:
    known = catalog([task("T1"), task("Secret", public=False)])
    scores = {"org/a": {"T1": 0.9}, "org/b": {"T1": 0.2, "Secret": 0.6}}
    read = ingest(write_scores(tmp_path / "r", scores), known, workers=1)
    browser = Browser(Service(snapshot_of(tmp_path / "home", read)))
    html = browser.text("/scores/org/a", "board=All")
    assert "Only those who have the data can run Secret" in html
    assert "T1 Secret" not in html
    assert "mteb run -m org/a -t T1<" in plain_commands(html)
    assert "The data of this task is private" in browser.text("/scores/org/b", "task=Secret")


def test_every_number_of_a_board_has_its_page(browser: Browser, service: Service) -> None:
    board = service.board(NAME)
    for row in board.rows:
        for name in board.task_types:
            shown = row.scores_by_task_type.get(name)
            html = browser.text(f"/scores/{row.model.name}", f"board={NAME}&type={name}")
            assert f"<b>{text.score(shown)}</b>" in html


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/scores", ""),
        ("/scores/org/none", f"board={NAME}"),
        ("/scores/org/small", ""),
        ("/scores/org/small", "board=None"),
        ("/scores/org/small", f"board={NAME}&task=None"),
        ("/scores/org/small", f"board={NAME}&mean=rank"),
        ("/scores/org/small", f"board={NAME}&type=None"),
        ("/scores/org/small", f"board={NAME}&group=None"),
        ("/scores/org/small", f"board={NAME}&language=None"),
        ("/scores/org/small", f"board={NAME}&run=x"),
        ("/scores/org/unrun", f"board={NAME}"),
    ],
)
def test_what_does_not_exist_is_not_found(browser: Browser, path: str, query: str) -> None:
    assert browser.page(path, query).status == 404


def test_names_are_escaped_in_both_languages(browser: Browser) -> None:
    for language in ("en", "zh"):
        path = f"/{language}/scores/{HOSTILE}"
        html = browser.text(path, f"board={NAME}&task=Search", language)
        assert "<script>alert(1)" not in html
        assert "evil/&lt;script&gt;" in html


def test_a_number_of_a_customized_board_is_that_boards(browser: Browser) -> None:
    """With the weights and the parts that make it, and the way back to that board."""
    board = browser.text(f"/benchmark/{NAME}", "languages=German&weigh=Retrieval:3")
    link = "/scores/org/small?languages=German&amp;weigh=Retrieval%3A3&amp;board="
    assert link in board
    query = f"board={NAME}&languages=German&weigh=Retrieval:3"
    mean = browser.text("/scores/org/small", f"{query}&mean=mean_task")
    assert "<b>40.00</b> Mean" in mean
    assert "ranking that you customized" in mean
    assert "<small>\u00d73</small>" in mean
    assert "?languages=German&amp;weigh=Retrieval:3" in mean
    task = browser.text("/scores/org/small", f"{query}&task=Search")
    assert "<b>40.00</b> Search" in task
    assert "Only German counts" in task
    assert "/v1/source" not in task


@pytest.mark.parametrize(
    "query", ["mean=mean_task&policy=strict", "language=German&policy=lenient"]
)
def test_a_number_of_the_board_itself_is_not_said_to_be_customized(
    browser: Browser, query: str
) -> None:
    html = browser.text("/scores/org/small", f"board={NAME}&{query}")
    assert "ranking that you customized" not in html
    assert "policy=" not in html.partition("<main")[2].partition("</main>")[0]


def test_a_row_names_the_models_that_are_tied_with_it(tmp_path: Path) -> None:
    """With a link to compare each; a number of the row does not repeat it."""
    tasks = [task(f"T{n}") for n in range(8)]
    levels = {"org/a": 0.9, "org/b": 0.5, "org/c": 0.5}
    scores = {model: {one.name: level for one in tasks} for model, level in levels.items()}
    known = catalog(tasks, models=tuple(levels))
    read = ingest(write_scores(tmp_path / "r", scores), known, workers=1)
    browser = Browser(Service(snapshot_of(tmp_path / "home", read)))
    compare = "/compare?models=org/b,org/c&amp;board=All"
    html = browser.text("/scores/org/b", "board=All")
    assert "Tied with <small>1 model</small>" in html
    assert compare in html
    assert "models=org/b,org/b" not in html
    assert "org/b,org/c" in browser.text("/zh/scores/org/b", "board=All", "zh")
    assert compare in browser.text("/scores/org/b", "board=All&languages=eng")
    assert compare not in browser.text("/scores/org/b", "board=All&mean=mean_task")
    first = browser.text("/scores/org/a", "board=All")
    assert "No other model is tied with this one" in first
    assert "/scores/org/b?board=All" in browser.text("/models/org/b")
