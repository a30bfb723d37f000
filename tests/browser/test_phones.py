"""On a phone every model of a board can be told apart from all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from frontrunner.http.app import Application
from frontrunner.results.ingest import ingest
from frontrunner.web.site import Site
from tests.browser.conftest import served
from tests.factories import catalog, snapshot_of, task, write_scores

pytestmark = pytest.mark.browser
NAMES = (
    "HIT/KaLM-embedding-multilingual-mini-instruct-v1",
    "HIT/KaLM-embedding-multilingual-mini-instruct-v1.5",
    "HIT/KaLM-embedding-multilingual-mini-v1",
    "Qwen/Qwen3-Embedding-8B",
    "Qwen/Qwen3-Embedding-4B",
    "other/Qwen3-Embedding-4B",
    "a/" + "x" * 90 + "1",
    "a/" + "x" * 90 + "2",
)
# The letters that a reader sees: those of hidden elements, and beyond an edge, do not count.
SEEN = """
(cells) => cells.map((cell) => {
  const box = cell.getBoundingClientRect();
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = cell;
  const fits = scrollWidth <= clientWidth + 1 && scrollHeight <= clientHeight + 1;
  return fits && box.width > 0 ? cell.innerText.trim() : "cut";
})
"""


def test_the_table_begins_within_the_first_screen(
    chromium: Any, address: str, snapshot: Any
) -> None:
    """And a column of a wide board is found by its name."""
    board = f"{address}/benchmark/{quote(snapshot.catalog.benchmarks[0].name)}"
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for tab in ("", "/tasks"):
        page.goto(board + tab)
        page.wait_for_selector("#tools:not([hidden])")
        row = page.locator("#board tbody tr").first.bounding_box()
        assert row["y"] + row["height"] < 844, tab
    name = page.locator("#board thead .s").last.get_attribute("data-k")
    page.fill("#jump", name)
    page.wait_for_selector("#board thead .s.here")
    found = page.locator(".here")
    assert found.get_attribute("data-k") == name
    assert found.bounding_box()["x"] + found.bounding_box()["width"] <= 390
    context.close()


def test_an_edge_fades_where_a_table_goes_on(chromium: Any, address: str, snapshot: Any) -> None:
    """At the end it does not, nor where nothing is cut off, nor where the pane has the focus."""
    fade = """(pane) => {
      const { maskImage, maskSize } = getComputedStyle(pane);
      return maskImage === "none" ? "none" : maskSize.includes("calc") ? "past the edge" : "fades";
    }"""
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/benchmark/{quote(snapshot.catalog.benchmarks[0].name)}/tasks")
    page.wait_for_selector("#tools:not([hidden])")
    pane = page.locator(".pane").first
    assert pane.evaluate(fade) == "fades"
    pane.evaluate("(pane) => pane.scrollTo(pane.scrollWidth, 0)")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert pane.evaluate(fade) == "past the edge"
    page.keyboard.press("Tab")
    pane.focus()
    assert pane.evaluate(fade) == "none"
    page.goto(f"{address}/boards")
    assert page.locator(".pane").first.evaluate(fade) == "none"
    context.close()


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_no_two_models_of_a_board_look_the_same(chromium: Any, tmp_path: Path, width: int) -> None:
    known = catalog([task("T1"), task("T2")], models=NAMES)
    scores = {name: {"T1": place / 10, "T2": 0.25} for place, name in enumerate(NAMES)}
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    snapshot = snapshot_of(tmp_path / "home", ingested)
    context = chromium.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    with served(Application(snapshot, pages=Site())) as address:
        for tab in ("", "/tasks"):
            page.goto(f"{address}/benchmark/All{tab}")
            page.wait_for_selector("#tools:not([hidden])")
            seen = page.locator("#board tbody .m").evaluate_all(SEEN)
            assert len(seen) == len(NAMES)
            assert "cut" not in seen
            assert len(set(seen)) == len(NAMES)
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_names_on_a_task_of_many_subsets_keep_their_room(
    chromium: Any, tmp_path: Path, width: int
) -> None:
    """Their column took what the others left, which was nothing: a letter stood on each line."""
    subsets = [f"l{number}" for number in range(20)]
    known = catalog(
        [task("Many", subsets=dict.fromkeys(subsets, ("eng-Latn",)))], models=["org/" + "n" * 20]
    )
    score = {"test": dict.fromkeys(subsets, 0.5)}
    results = write_scores(tmp_path / "results", {known.models[0].name: {"Many": score}})
    snapshot = snapshot_of(tmp_path / "home", ingest(results, known, workers=1))
    context = chromium.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    with served(Application(snapshot, pages=Site())) as address:
        page.goto(f"{address}/tasks/Many")
        room = page.locator("table.ranks tbody .m").evaluate("(cell) => cell.clientWidth")
    context.close()
    assert room >= (100 if width < 640 else 250)


def test_what_a_name_is_stands_in_its_own_row(chromium: Any, tmp_path: Path) -> None:
    """Names that an empty search offers, of which long ones leave it no room beside them."""
    known = catalog(models=NAMES)
    root = write_scores(tmp_path / "results", {name: {"T1": 0.5} for name in NAMES})
    made = snapshot_of(tmp_path / "home", ingest(root, known, workers=1))
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    with served(Application(made, pages=Site())) as url:
        page.goto(f"{url}/search?q=KaLM-embedding-multilingul-mini-instruct")
        outside = """(kinds) => kinds.filter((kind) => {
          const row = kind.closest("li").getBoundingClientRect();
          return kind.getBoundingClientRect().bottom > row.bottom;
        }).length"""
        kinds = page.locator(".hits .kind")
        assert kinds.count() == 2
        assert kinds.evaluate_all(outside) == 0
    context.close()


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("count", [3, 6])
def test_models_are_compared_without_scrolling_sideways(
    chromium: Any, tmp_path: Path, width: int, count: int
) -> None:
    """Headings of full names made each table wider than a phone: they are letters there."""
    known = catalog([task(f"Task{number}") for number in range(130)], models=NAMES)
    ran = {name: [*known.tasks][place:] for place, name in enumerate(NAMES)}
    scores = {name: {one.name: 0.5 + len(name) / 500 for one in ran[name]} for name in NAMES}
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    snapshot = snapshot_of(tmp_path / "home", ingested)
    chosen = NAMES[-count:]
    context = chromium.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    with served(Application(snapshot, pages=Site())) as address:
        page.goto(f"{address}/compare?models={','.join(map(quote, chosen))}")
        page.locator("details:has(.pane) > summary").click()
        tables = page.locator("table.many:visible")
        names = page.locator("table.many:visible thead .n").all_text_contents()
        letters = page.locator("p.letters:visible").all_inner_texts()
        beyond = page.locator(".pane:visible").evaluate_all(
            "(panes) => panes.map((pane) => pane.scrollWidth - pane.clientWidth)"
        )
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        seen = page.locator("table.many:visible tbody td").evaluate_all(SEEN)
        found = tables.count()
    context.close()
    assert found == len(beyond) == 4
    assert beyond == [0] * 4
    assert sideways <= 0
    assert "cut" not in seen
    twins = {"Qwen/Qwen3-Embedding-4B", "other/Qwen3-Embedding-4B"} & {*chosen}
    short = [
        name if len(twins) == 2 and name in twins else name.partition("/")[2] for name in chosen
    ]
    assert [name.strip() for name in names] == short * 4  # what a screen reader says
    assert [[one in text for one in short] for text in letters] == [[True] * count] * 3


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_very_long_names_do_not_make_the_page_scroll_sideways(
    chromium: Any, tmp_path: Path, width: int, count: int
) -> None:
    """The sentence below the drawn differences names the model that others are compared with."""
    names = [f"a/{letter * 90}" for letter in "xyWabc"]
    known = catalog([task(f"Task{number}") for number in range(12)], models=names)
    scores = {
        name: {one.name: 0.9 - place / 10 for one in known.tasks}
        for place, name in enumerate(names)
    }
    ingested = ingest(write_scores(tmp_path / "results", scores), known, workers=1)
    page = chromium.new_page(viewport={"width": width, "height": 844})
    with served(Application(snapshot_of(tmp_path / "home", ingested), pages=Site())) as address:
        page.goto(f"{address}/compare?models={','.join(map(quote, names[:count]))}")
        assert page.locator(".legend:visible").count()
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    assert sideways <= 0
