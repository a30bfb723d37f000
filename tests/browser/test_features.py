"""Search, every filter, ranking again, pins, downloads and charts, on whichever board is served."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars
import pytest

from frontrunner.snapshot.reader import Snapshot
from tests.browser.conftest import BIG
from tests.browser.waits import copied, expect, filters_set, in_query

pytestmark = pytest.mark.browser
# For each filter a value that is on the page, and what a row's facts must then be. `f` are the
# facts, `i` is the row.
FILTERS = {
    "weights": ("open", "f.flags[i] & 1"),
    "zero": ("only", "f.zero[i] === 100"),
    "instructions": ("no", "!(f.flags[i] & 2)"),
    "st": ("yes", "f.flags[i] & 4"),
    "kind": ("", "f.type[i] === value"),
    "use": ("", "f.use[i] === value"),
    "licence": ("", "f.licence[i] === value"),
    "modality": ("", "f.modalities[i].split(' ').includes(value)"),
    "coverage": ("50", "f.covered[i] * 2 >= tasks"),
    "min": ("0.05", "f.params[i] >= 0.05"),
    "max": ("0.2", "f.params[i] !== null && f.params[i] <= 0.2"),
    "since": ("2022-01", "f.date[i] >= 22 * 12 + 1"),
}
_WANTED = """
async ([test, value]) => {
  const fits = new Function('f', 'i', 'value', 'tasks', `return ${test}`);
  // The page of the chart has all facts; that of the table leaves out what its rows show.
  const sent = await (await fetch(`${location.pathname}/size`)).text();
  const page = new DOMParser().parseFromString(sent, 'text/html');
  const f = JSON.parse(page.querySelector('#facts').textContent);
  const tasks = JSON.parse(document.querySelector('#setup').textContent).tasks;
  return f.name.filter((_, i) => fits(f, i, value, tasks)).length;
}
"""


def board_name(snapshot: Snapshot) -> str:
    """The board to look at: the biggest of the real ones, or the first."""
    names = [bench.name for bench in snapshot.catalog.benchmarks]
    return BIG if BIG in names else names[0]


@pytest.fixture
def board(page: Any, address: str, snapshot: Snapshot) -> Any:
    """The board, ready."""
    page.goto(f"{address}/benchmark/{quote(board_name(snapshot))}")
    page.wait_for_selector("#tools:not([hidden])")
    return page


def _shown(page: Any) -> int:
    text = page.inner_text("#shown")
    return int(text.split()[0]) if text[0].isdigit() else 0


def _choose(page: Any, name: str, value: str) -> str:
    """Set a filter, to its first choice where no value is given; the value."""
    control = page.locator(f'#filters [name="{name}"]').first
    if control.get_attribute("type") == "checkbox":
        control.check()
        return str(control.get_attribute("value"))
    if control.evaluate("one => one.tagName") == "INPUT":
        control.fill(value)
        control.dispatch_event("change")
        return value
    value = value or control.locator("option").nth(1).get_attribute("value")
    control.select_option(value)
    return value


def test_each_filter_leaves_the_models_that_it_names(board: Any) -> None:
    everything = _shown(board)
    board.click("#filters summary")
    for name, (value, test) in FILTERS.items():
        chosen = _choose(board, name, value)
        filters_set(board, 1)
        assert _shown(board) == board.evaluate(_WANTED, [test, chosen]), name
        board.click("#filters button[type=reset]")
        filters_set(board, 0)
        expect(board.locator("#shown")).to_contain_text(f"{everything} of {everything}")


def test_a_chip_removes_its_filter_and_rows_are_numbered_as_shown(board: Any) -> None:
    everything = _shown(board)
    board.click("#filters summary")
    _choose(board, "coverage", "50")
    chip = board.locator("#chips button")
    expect(chip).to_have_count(1)
    expect(chip).to_contain_text("50%")
    board.keyboard.press("Escape")
    chip.click()
    expect(chip).to_have_count(0)
    filters_set(board, 0)
    assert _shown(board) == everything
    board.click('#board th[data-k="params"] .sort')
    expect(board.locator("#board")).to_have_class(re.compile("placed"))


def test_filters_by_what_is_open_want_all_of_it(board: Any) -> None:
    board.click("#filters summary")
    boxes = board.locator('#filters input[name="facets"]')
    boxes.nth(0).check()
    boxes.nth(4).check()
    wanted = board.evaluate(_WANTED, ["(f.facets[i] & 17) === 17", ""])
    in_query(board, "facets", "0~4")
    assert _shown(board) == wanted
    board.reload()
    board.wait_for_selector("#tools:not([hidden])")
    expect(boxes.nth(4)).to_be_checked()
    assert _shown(board) == wanted


def test_several_licences_are_alternatives(board: Any) -> None:
    board.click("#filters summary")
    boxes = board.locator('#filters input[name="licence"]')
    if boxes.count() < 2:
        pytest.skip("one licence")
    for place in (0, 1):
        boxes.nth(place).check()
    values = [boxes.nth(place).get_attribute("value") for place in (0, 1)]
    in_query(board, "licence", "~".join(values))
    test = f"{values!r}.includes(f.licence[i])"
    assert _shown(board) == board.evaluate(_WANTED, [test, ""])
    board.reload()
    board.wait_for_selector("#tools:not([hidden])")
    expect(boxes.nth(1)).to_be_checked()
    expect(board.locator("#chips button")).to_contain_text(", ".join(values))
    board.locator("#chips button").click()
    expect(board.locator("#chips button")).to_have_count(0)


def test_all_rows_come_and_the_first_is_the_first(board: Any) -> None:
    count = board.evaluate("JSON.parse(document.querySelector('#facts').textContent).name.length")
    expect(board.locator("#board tbody tr")).to_have_count(count)
    expect(board.locator("#board tbody tr").first.locator(".r")).to_have_text("1")


def test_ranking_again_by_each_kind_of_pick(board: Any) -> None:
    board.click("#rerank summary")
    for pick in ("types", "domains", "tasks"):
        expect(board.locator("#rerank form")).to_be_visible()
        box = board.locator(f'#rerank input[name="{pick}"]').first
        if pick == "domains" and not box.count():
            continue
        value = box.locator("..").inner_text().strip()
        box.check()
        board.click("#rerank button.main")
        expect(board.locator("#asked span")).to_contain_text(value)
        board.click("#asked .back")
        expect(board.locator("#asked")).to_be_hidden()
        board.click("#rerank summary")
        expect(box).not_to_be_checked()


def test_a_slash_goes_to_the_search(board: Any) -> None:
    board.keyboard.press("/")
    expect(board.locator("[data-find]")).to_be_focused()
    board.keyboard.type("a/b")
    expect(board.locator("[data-find]")).to_have_value("a/b")


def test_an_address_that_ranks_again_opens_ranked(
    page: Any, address: str, snapshot: Snapshot
) -> None:
    name = board_name(snapshot)
    task = snapshot.catalog.benchmark_by_name[name].scopes[0].task
    page.goto(f"{address}/benchmark/{quote(name)}?tasks={task}")
    expect(page.locator("#asked span")).to_contain_text(task)
    covered = page.locator("#board tbody tr").first.locator('td:has-text("1/1")')
    expect(covered).to_have_count(1)


def test_what_is_shown_is_saved_as_values(board: Any) -> None:
    name = board.locator("#board tbody tr").first.locator(".m a").get_attribute("href")
    owner_and_name = name.removesuffix("/").split("/models/")[1]
    words = owner_and_name.split("/")[-1].split("%")[0]
    board.fill("#q", words)
    in_query(board, "q", words)
    shown = _shown(board)
    board.click("#share summary")
    saved = {}
    for kind in ("json", "parquet", "csv"):
        with board.expect_download() as download:
            board.click(f'[data-save="{kind}"]')
        saved[kind] = Path(download.value.path())
    rows = json.loads(saved["json"].read_text(encoding="utf-8"))["rows"]
    frame = polars.read_parquet(saved["parquet"])
    table = polars.read_csv(saved["csv"])
    assert len(rows) == frame.height == table.height == shown
    assert [row["name"] for row in rows] == frame["name"].to_list()
    assert frame["rank"].to_list() == [row["rank"] for row in rows]
    assert frame.schema["rank"] == polars.Float64


def test_the_frame_of_a_board_is_copied(board: Any, address: str) -> None:
    board.click("#share summary")
    frame = copied(board, '[data-copy="embed"]')
    assert frame.startswith("<iframe")
    assert "embed=1" in frame


def test_the_link_to_a_view_is_copied(board: Any, address: str) -> None:
    board.locator('th[data-k="params"] .sort').click()
    board.click("#share summary")
    assert copied(board, '[data-copy="link"]') == board.url
    assert "sort=-params" in board.url


def test_a_dot_says_its_name_and_leads_to_its_model(
    page: Any, address: str, snapshot: Snapshot
) -> None:
    page.goto(f"{address}/benchmark/{quote(board_name(snapshot))}/size")
    dot = page.locator("figure circle:visible").last
    if not dot.count():
        pytest.skip("nothing to draw on this board")
    dot.hover(force=True)
    expect(page.locator(".tip")).to_be_visible()
    page.locator("figure a:visible").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/**")


@pytest.fixture
def copy(page: Any, copy_address: str) -> Any:
    """A page on a copy without a server."""
    return page


@pytest.mark.parametrize("snapshot", ["small", "starter"], indirect=True, scope="session")
class TestCopy:
    """A copy on a plain file server does all that needs no server, and says what does."""

    def test_a_board_of_a_copy_sorts_and_filters(
        self, copy: Any, copy_address: str, snapshot: Snapshot
    ) -> None:
        copy.goto(f"{copy_address}/benchmark/{quote(board_name(snapshot))}/")
        copy.wait_for_selector("#tools:not([hidden])")
        everything = _shown(copy)
        copy.locator('th[data-k="params"] .sort').click()
        head = copy.locator('th[data-k="params"]')
        expect(head).to_have_attribute("aria-sort", "descending")
        copy.click("#filters summary")
        _choose(copy, "zero", "only")
        filters_set(copy, 1)
        assert _shown(copy) < everything
        copy.keyboard.press("Escape")
        copy.click("#rerank summary")
        expect(copy.locator("#rerank .panel")).to_contain_text("without one")

    def test_links_of_a_copy_lead_on(
        self, copy: Any, copy_address: str, snapshot: Snapshot
    ) -> None:
        copy.goto(f"{copy_address}/")
        copy.click("header nav a >> nth=0")
        copy.wait_for_url("**/boards/")
        copy.goto(f"{copy_address}/benchmark/{quote(board_name(snapshot))}/")
        for tab in copy.locator("nav.tabs a").all():
            answer = copy.request.get(tab.evaluate("one => one.href"))
            assert answer.ok, tab.inner_text()
        copy.locator("#board tbody .m a").first.click()
        copy.wait_for_url("**/models/**")
        copy.click('.tongues a[lang="zh"]')
        copy.wait_for_url("**/zh/models/**")
        expect(copy.locator("html")).to_have_attribute("lang", "zh")

    def test_old_links_lead_on_from_the_front_of_a_copy(
        self, copy: Any, copy_address: str, snapshot: Snapshot
    ) -> None:
        name = board_name(snapshot)
        twice = quote(quote(name.upper(), safe=""), safe="")
        entities = quote("".join(f"&#{ord(sign)};" for sign in name), safe="")
        for value, language in ((entities, ""), (twice, "/zh")):
            copy.goto(f"{copy_address}{language}/?benchmark_name={value}")
            copy.wait_for_url(f"**/board{language}/benchmark/**")
        expect(copy.locator("h1")).to_contain_text(
            snapshot.catalog.benchmark_by_name[name].display_name
        )
        copy.goto(f"{copy_address}/?amp;Task=nothing%3Cb%3E")
        expect(copy.locator("[data-old-unknown]")).to_contain_text("nothing<b>")
        copy.goto(f"{copy_address}/")
        expect(copy.locator("[data-old-unknown]")).to_be_hidden()

    def test_data_of_a_copy_is_there(
        self, copy: Any, copy_address: str, snapshot: Snapshot
    ) -> None:
        copy.goto(f"{copy_address}/benchmark/{quote(board_name(snapshot))}/")
        for link in copy.locator("#share a").all():
            assert copy.request.get(link.evaluate("one => one.href")).ok
