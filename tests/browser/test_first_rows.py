"""The rows of a long board: which are laid out first, and what scripts do to the others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontrunner.catalog import Benchmark, Model
from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.web.site import Site
from frontrunner.web.views.rows import FIRST_ROWS
from tests.browser.conftest import served
from tests.browser.waits import expect
from tests.factories import catalog, scope, snapshot_of, task, write_scores

pytestmark = pytest.mark.browser
MODELS = 70
LOW_ROW = 36
"""As in `frontend/src/table.ts`."""
LAST = f"some-model.v{MODELS}-8b"
SHOWN = "[...document.querySelectorAll('#board tbody tr')].filter((row) => row.offsetParent)"


def _model(number: int) -> Model:
    facets = {"open weights": number % 2 == 0, "paper": number % 3 == 0}
    return Model(
        name=f"org/some-model.v{number}-8b",
        parameters=1_234_000_000 + number * 1_000_000,
        openness=facets,
    )


@pytest.fixture(scope="module")
def long_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a board of 70 models, of which the last one lacks three tasks."""
    root = tmp_path_factory.mktemp("long")
    tasks = [task("S1"), *(task(f"R{n}", type="Retrieval") for n in range(1, 4))]
    models = [_model(number) for number in range(1, MODELS + 1)]
    scores = {
        model.name: {one.name: 0.9 - place / 1000 for one in tasks}
        for place, model in enumerate(models)
    }
    scores[models[-1].name] = {"S1": 0.1}
    read = ingest(write_scores(root / "results", scores), catalog(tasks, models=models), workers=1)
    with served(Application(snapshot_of(root / "home", read), pages=Site())) as address:
        yield f"{address}/benchmark/All"


@pytest.fixture
def desk(page: Any) -> Any:
    """A window of 1440 by 900 pixels."""
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


def test_the_first_rows_are_laid_out_before_scripts_run_and_fill_the_window(
    desk: Any, long_board: str
) -> None:
    """What is painted first: the board's script has not come, so no row is put into the page."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    desk.route("**/board.*.js", hold)
    desk.goto(long_board, wait_until="commit")
    desk.wait_for_function(f"() => {SHOWN}.length >= {FIRST_ROWS}")
    desk.wait_for_timeout(200)
    assert desk.evaluate(f"{SHOWN}.length") == FIRST_ROWS
    assert desk.evaluate(f"{SHOWN}.at(-1).getBoundingClientRect().bottom") > 900
    assert held
    held[0].continue_()
    desk.wait_for_function(f"() => {SHOWN}.length == {MODELS}")


@pytest.mark.parametrize("height", [900, 1600, 1800, 2400])
def test_nothing_moves_in_a_tall_window_while_rows_come(
    desk: Any, long_board: str, height: int
) -> None:
    desk.set_viewport_size({"width": 1440, "height": height})
    desk.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())"
        " window.moved += one.value }).observe({type: 'layout-shift', buffered: true})"
    )
    desk.goto(long_board)
    desk.wait_for_function(f"() => {SHOWN}.length == {MODELS}")
    desk.wait_for_timeout(300)
    assert desk.evaluate("window.moved") == 0


@pytest.mark.parametrize("height", [900, 600])
@pytest.mark.parametrize("scrolled", [False, True], ids=["at the top", "scrolled down"])
def test_a_change_lays_out_the_rows_of_the_window_before_it_is_painted(
    desk: Any, long_board: str, height: int, scrolled: bool
) -> None:
    desk.set_viewport_size({"width": 1440, "height": height})
    desk.goto(long_board)
    desk.wait_for_function(f"() => {SHOWN}.length == {MODELS}")
    top, at_once, bottom, moved = desk.evaluate(
        """(scrolled) => {
          scrollTo(0, scrolled ? document.documentElement.scrollHeight : 0);
          const before = scrollY;
          const top = document.querySelector('.pane').getBoundingClientRect().top;
          document.querySelector('#board th[data-k="params"] .sort').click();
          const rows = [...document.querySelectorAll('#board tbody tr')];
          const bottom = rows.at(-1).getBoundingClientRect().bottom;
          return [top, rows.length, bottom, scrollY - before];
        }""",
        scrolled,
    )
    assert at_once == math.ceil((height - max(0, top)) / LOW_ROW)
    assert bottom >= min(height, top + height - 64)  # the table is no higher than that
    assert moved == 0
    expect(desk.locator("#board tbody tr")).to_have_count(MODELS)


def test_rows_below_the_first_ones_are_as_complete(desk: Any, long_board: str) -> None:
    desk.goto(long_board)
    desk.wait_for_function(f"() => {SHOWN}.length == {MODELS}")
    names = "all => all.map((one) => one.innerHTML.replace(/\\d+/g, ''))"
    kinds = desk.locator("#board tbody .m a").evaluate_all(names)
    assert set(kinds) == {"<i>org/</i>some-model.<wbr>v-<wbr>b"}
    row = desk.locator("#board tbody tr", has_text=LAST)
    assert row.locator("th").get_attribute("title") == f"org/{LAST}"
    empty = row.locator("td.no").evaluate_all("all => all.map((one) => one.title)")
    assert "Missing 3 tasks" in empty
    assert all(empty)


WAYS = ("mouse", "keyboard", "finger", "no scripts")


@pytest.mark.parametrize("way", WAYS)
def test_all_tasks_that_a_type_lacks_are_one_step_away(
    chromium: Any, long_board: str, way: str
) -> None:
    """The cell says that three are missing; its card names them, and so does the row's page."""
    context = chromium.new_context(
        java_script_enabled=way != "no scripts", has_touch=way == "finger"
    )
    page = context.new_page()
    page.goto(long_board)
    row = page.locator("#board tbody tr", has_text=LAST)
    if way == "no scripts":
        row.locator("a.src").focus()
        page.keyboard.press("Enter")
    else:
        page.wait_for_function(f"() => {SHOWN}.length == {MODELS}")
        cell = row.locator("td.no[title='Missing 3 tasks']")
        if way == "mouse":
            cell.click()
        elif way == "finger":
            cell.tap()
        else:
            row.locator(".m a").focus()
            page.keyboard.press("End")
            while not page.evaluate("document.activeElement.title").startswith("Missing 3"):
                page.keyboard.press("ArrowLeft")
            page.keyboard.press("Enter")
    missing = page.locator("article.source .missing")
    expect(missing).to_be_visible()
    for name in ("R1", "R2", "R3"):
        expect(missing.get_by_role("link", name=name, exact=True)).to_be_visible()
    context.close()


def test_what_is_not_sent_twice_filters_and_sorts_by_its_exact_value(
    desk: Any, long_board: str
) -> None:
    """The rows show 1.24B for 1.235 to 1.244 billion parameters."""
    desk.goto(f"{long_board}?min=1.237B&max=1.239B")
    names = desk.locator("#board tbody tr:visible .m a")
    expect(names).to_have_count(3)
    desk.goto(f"{long_board}?facets=0~4")  # weights and a paper
    expect(names).to_have_count(MODELS // 6)
    desk.goto(f"{long_board}?sort=params")
    desk.wait_for_function(f"() => {SHOWN}.length == {MODELS}")
    assert names.first.text_content() == "org/some-model.v1-8b"
    assert names.last.text_content() == f"org/{LAST}"


def test_a_board_without_models_blames_no_filter(chromium: Any, tmp_path: Path) -> None:
    """It asked to clear a filter, above the sentence that no model has a result."""
    boards = [
        Benchmark(name=one, display_name=one, scopes=(scope(task(one)),))
        for one in ("Run", "Empty")
    ]
    known = catalog([task("Run"), task("Empty")], ["org/model"], boards)
    read = ingest(write_scores(tmp_path / "r", {"org/model": {"Run": 0.5}}), known, workers=1)
    page = chromium.new_page()
    with served(Application(snapshot_of(tmp_path / "home", read), pages=Site())) as address:
        page.goto(f"{address}/benchmark/Empty")
        page.wait_for_selector("#tools:not([hidden])")
        expect(page.locator("#shown")).to_have_text("")
        expect(page.locator(".empty")).to_have_text("No model has a result on this board yet.")
        page.goto(f"{address}/benchmark/Run")
        page.fill("#q", "nothing like it")
        expect(page.locator("#shown")).to_have_text("No matches. Clear a filter.")
    page.close()
