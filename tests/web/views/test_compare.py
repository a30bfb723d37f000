"""Models side by side: which board is shown, and over which tasks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from frontrunner.answers.service import Service
from frontrunner.results.ingest import ingest
from frontrunner.web.views import compare
from tests.factories import catalog, snapshot_of, task, write_scores
from tests.web.conftest import HOSTILE, NAME, SCORES, Browser


def _types(html: str) -> dict[str, list[str]]:
    """Label -> the cells of its row, in the table of types."""
    table = html[html.index('"col">Type<') :].partition("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)(?=<tr>|$)', table, re.DOTALL)
    cell = r'<td(?! class="means")[^>]*>([^<\s]+)'
    return {re.sub("<[^>]*>", "", row.partition("</a>")[0]): re.findall(cell, row) for row in rows}


def test_the_current_board_with_most_shared_tasks_is_shown(service: Service) -> None:
    sides = compare._sides(service, ("org/small", "org/large"))
    [first, second] = compare.common_boards(service, sides)
    assert (first.bench.name, first.shared, first.tasks) == (NAME, 1, 2)
    assert (second.bench.name, second.shared, second.tasks) == ("Old", 1, 1)


def test_means_are_over_the_tasks_that_all_have(browser: Browser) -> None:
    html = browser.text("/compare", "models=org/small,org/large")
    assert "1 of 2 tasks" in html
    types = _types(html)
    assert types["Retrieval"] == ["45.00", "70.00", "-25.00"]
    assert types["Pair classification"] == ["\u2013"] * 3
    assert "Not every selected model completed a task of this type" in html


def test_a_mean_over_a_part_is_shown_with_how_much_it_covers(browser: Browser) -> None:
    """A board where a model lacks a task had a dash there, though its own page has a number."""
    html = browser.text("/compare", "models=org/small,org/large")
    boards = html[html.index("<h2>Boards") :]
    assert re.search(r'class="half"[^>]*>70\.00 <small>1/2</small>', boards)
    assert "A mean in italics, such as 70.00 (1/2), covers only the tasks" in boards


def test_where_all_is_there_the_means_are_those_of_the_board(browser: Browser) -> None:
    html = browser.text("/compare", f"models=org/small,{HOSTILE}")
    assert "completed all 2 tasks of this board" in html
    pairs = SCORES["org/small"]["Pairs"]["default"]
    assert _types(html)["Pair classification"] == [
        f"{pairs * 100:.2f}",
        "0.00",
        f"{pairs * 100:+.2f}",
    ]


def test_who_has_chosen_nothing_is_shown_where_to_begin(browser: Browser) -> None:
    html = browser.text("/compare")
    assert "start with the top three" in html
    assert 'href="/compare?models=' in html
    assert "start with the top three" not in browser.text("/compare", "models=org/small")


@pytest.mark.parametrize(
    ("boards", "models", "tables"),
    [
        (10, "org/small,org/large", [5, 5]),
        (11, "org/small,org/large", [6, 5]),
        (9, "org/small,org/large", [9]),
        (10, f"org/small,org/large,{HOSTILE}", [10]),
    ],
)
def test_many_boards_of_two_models_stand_in_two_tables(
    service: Service, monkeypatch: pytest.MonkeyPatch, boards: int, models: str, tables: list[int]
) -> None:
    first = compare.common_boards(service, compare._sides(service, ("org/small", "org/large")))[0]
    monkeypatch.setattr(compare, "common_boards", lambda *_: [first] * boards)
    html = Browser(service).text("/compare", f"models={models}")
    listed = html[html.index("<h2>Boards") :].split("<tbody>")[1:]
    assert [one.partition("</table>")[0].count("<tr>") for one in listed] == tables


def test_another_board_can_be_chosen(browser: Browser) -> None:
    html = browser.text("/compare", "models=org/small,org/large&board=Old")
    assert '<option value="Old" selected>' in html
    assert "superseded" in html
    unknown = browser.text("/compare", "models=org/small,org/large&board=None")
    assert f'<option value="{NAME}" selected>' in unknown


@pytest.mark.parametrize(
    "query", ["", "models=", "models=,,", "models=org/small", "models=no/body"]
)
def test_too_few_models_are_no_error(browser: Browser, query: str) -> None:
    page = browser.page("/compare", query)
    assert page.status == 200
    assert b'name="models"' in page.answer.identity


def test_a_model_that_is_named_twice_stands_once(browser: Browser) -> None:
    names = ["org/small", "org/small", "org/large", HOSTILE, "org/unrun"]
    html = browser.text("/compare", f"models={','.join(names)}")
    assert html.count('scope="row">') > 0
    rows, columns = html.split('aria-label="Facts"')[1:3]
    assert columns.partition("<tbody>")[0].count('scope="col" class="n"') == 4
    assert rows.count('<th scope="row" class="m">') == 4


def test_the_page_says_whether_the_gap_is_real(browser: Browser) -> None:
    html = browser.text("/compare", "models=org/small,org/large")
    assert "Is the gap real?" in html
    assert "small minus large: -25.00 points, the mean over 1 task." in html
    assert "Too few tasks to say." in html
    assert "They share only 1 task here, and an interval needs at least 8" in html
    assert "两者在此只有 1 个共同任务" in browser.text(
        "/zh/compare", "models=org/small,org/large", "zh"
    )
    assert "small is better on 0, large on 1; 0 are equal." in html
    assert html.count('cy="10"') == 2  # the mean and the task


def test_one_type_of_task_can_be_chosen(browser: Browser) -> None:
    """By a link in the table of types, and by the form; the address keeps it."""
    query = f"models=org/small,{HOSTILE}"
    whole = browser.text("/compare", query)
    assert "type=PairClassification" in whole
    html = browser.text("/compare", f"{query}&type=PairClassification")
    assert '<option value="PairClassification" selected>' in html
    assert 'aria-current="true">Pair classification' in html
    assert '<input type="hidden" name="type" value="PairClassification">' in html
    plot = html[html.index("<figure") :]
    assert ">Pairs<" in plot
    assert ">Search<" not in plot
    unknown = browser.text("/compare", f"{query}&type=Nothing")
    assert '<option value="Nothing"' not in unknown
    assert unknown.count('cy="10"') == whole.count('cy="10"')


def test_one_model_has_no_gap(browser: Browser) -> None:
    assert "Is the gap real?" not in browser.text("/compare", "models=org/small")


def test_the_table_of_types_says_what_each_gap_means(browser: Browser) -> None:
    html = browser.text("/compare", f"models=org/small,{HOSTILE}")
    # On a phone the difference stands above what it means: a column less, so that none is cut off.
    said = re.findall(r'<td class="means"><span class="narrow-only">(.+?)</span>([^<]+)', html)
    assert said == [("+20.00", "Too few tasks to say."), ("+71.24", "Too few tasks to say.")]
    three = browser.text("/compare", f"models=org/small,org/large,{HOSTILE}")
    assert '<td class="means">' not in three


def test_words_stand_left_and_numbers_right(browser: Browser) -> None:
    html = browser.text("/compare", "models=org/small,org/large")
    head = html.partition('<table class="plain across">')[2].partition("<tbody>")[0]
    columns = re.findall(r'<th scope="col"( class="n")?>([^<\n]+)', head)
    words = [name for is_number, name in columns if not is_number]
    assert words == ["Model", "Licence", "Kind", "Modality"]


def test_a_type_alone_chooses_a_board_that_has_it(browser: Browser) -> None:
    query = f"models=org/small,{HOSTILE}&type=PairClassification"
    html = browser.text("/compare", query)
    assert '<option value="PairClassification" selected>' in html


def test_models_of_one_name_are_told_apart_by_their_owners(tmp_path: Path) -> None:
    """It said "same minus same", and two of the headings were the same."""
    names = ["one/same", "two/same", "one/other"]
    known = catalog([task(f"T{number}") for number in range(3)], models=names)
    scores = {
        name: {one.name: 0.9 - place / 10 for one in known.tasks}
        for place, name in enumerate(names)
    }
    read = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    page = Browser(Service(snapshot_of(tmp_path / "home", read)))
    html = page.text("/compare", f"models={','.join(names)}")
    heads = re.findall(r'<span class="whose">(.*?)</span>', html)
    assert set(heads) == {"one/same", "two/same", "other"}
    assert "two/same minus one/same: " in html or "one/same minus two/same: " in html
    alone = page.text("/compare", "models=one/same,one/other")
    assert set(re.findall(r'<span class="whose">(.*?)</span>', alone)) == {"same", "other"}
