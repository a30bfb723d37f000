"""A board in frames, on phones, in print, from the keyboard and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.boards import BOARD
from tests.browser.waits import closed, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("snapshot", ["small"], indirect=True, scope="session"),
]


def test_a_board_can_be_framed_elsewhere(page: Any, address: str) -> None:
    page.goto(f"{address}{BOARD}?embed=1")
    assert page.locator("header.top").count() == 0
    link = page.locator("footer a")
    assert link.get_attribute("target") == "_blank"
    assert page.locator("footer code").count() == 1  # the snapshot that the numbers are of


@pytest.mark.parametrize("width", [760, 1440])
def test_no_head_of_a_frame_is_cut(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(f"{address}{BOARD}?embed=1")
    expect(page.locator("#board[data-by=rank]")).to_have_count(1)
    cut = "all => all.filter(a => a.scrollWidth > a.clientWidth).map(a => a.innerText)"
    assert page.locator("#board thead .sort:visible").evaluate_all(cut) == []


def shown_heads(page: Any) -> list[str]:
    heads = page.locator("#board thead th")
    return [one.get_attribute("data-k") for one in heads.all() if one.is_visible()]


@pytest.mark.parametrize("width", [380, 760])
def test_a_frame_shows_size_and_scores_and_what_it_is_sorted_by(
    page: Any, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(f"{address}{BOARD}?embed=1")
    expect(page.locator("#board[data-by=rank]")).to_have_count(1)
    always = shown_heads(page)
    assert always[:3] == ["rank", "name", "params"]
    assert not set(always) & {"zero", "dims", "tokens", "open", "covered"}
    assert len(always) > 3
    page.goto(f"{address}{BOARD}?embed=1&sort=-tokens")
    expect(page.locator("#board[data-by=tokens]")).to_have_count(1)
    assert set(shown_heads(page)) == {*always, "tokens"}
    page.goto(f"{address}{BOARD}?embed=1&sort=-{always[-1]}")
    expect(page.locator(f"#board[data-by='{always[-1]}']")).to_have_count(1)
    for one in ("#board th[aria-sort]", "#board thead th.r", "footer a"):
        box = page.locator(one).bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width, one
        assert box["y"] + box["height"] <= 600, one
    with page.expect_popup() as opened:
        page.locator("footer a").click()
    assert opened.value.url.endswith(f"{BOARD}?sort=-{always[-1]}")


def test_everything_can_be_reached_by_keyboard(board: Any) -> None:
    board.keyboard.press("Tab")
    expect(board.locator("a.skip")).to_be_focused()
    board.locator('th[data-k="params"] .sort').focus()
    board.keyboard.press("Enter")
    expect(board.locator('th[data-k="params"]')).to_have_attribute("aria-sort", "descending")
    board.locator("#filters summary").focus()
    board.keyboard.press("Enter")
    expect(board.locator("#filters[open]")).to_have_count(1)
    board.keyboard.press("Escape")
    closed(board, "#filters")


def test_the_theme_is_remembered(board: Any, address: str) -> None:
    for theme in ("light", "dark"):
        board.click("[data-theme-switch]")
        expect(board.locator("html")).to_have_attribute("data-theme", theme)
    board.goto(address + "/")
    expect(board.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("path", [BOARD, "/boards", "/compare?models=org/small,org/large"])
def test_nothing_moves_while_the_page_loads(page: Any, address: str, path: str) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " window.moved += one.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(address + path)
    page.wait_for_selector("#tools:not([hidden]), .sort, #choose", state="attached")
    page.wait_for_timeout(200)
    assert page.evaluate("window.moved") < 0.001


def test_hostile_names_run_nothing(page: Any, address: str) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in (BOARD, BOARD + "/tasks", BOARD + "/about", "/models/org/large", "/tasks/Pairs"):
        page.goto(address + path)
        page.wait_for_timeout(50)
    assert not said
    assert not re.search("javascript:", page.content().split("<main")[1].split("<pre")[0])


@pytest.fixture
def phone(chromium: Any) -> Any:
    """A page of 360 by 780 pixels."""
    context = chromium.new_context(viewport={"width": 360, "height": 780}, locale="en-US")
    yield context.new_page()
    context.close()


def test_a_phone_shows_scores_at_once_and_all_columns_when_asked(phone: Any, address: str) -> None:
    phone.goto(address + BOARD)
    phone.wait_for_selector("#tools:not([hidden])")
    tokens = phone.locator('th[data-k="tokens"]')
    expect(tokens).to_be_hidden()
    mean = phone.locator('th[data-k="mean_task"]').bounding_box()
    assert mean["x"] + mean["width"] <= 360
    phone.click("#columns")
    expect(tokens).to_be_visible()
    expect(phone.locator("#columns")).to_have_attribute("aria-pressed", "true")


def test_headings_keep_a_tab_stop_if_a_narrower_layout_hides_the_one_they_had(board: Any) -> None:
    stops = "all => all.filter((one) => one.tabIndex === 0 && one.offsetParent).length"
    heads = board.locator("#board thead :is(a, button)")
    board.locator('th[data-k="tokens"] .sort').focus()
    board.set_viewport_size({"width": 360, "height": 780})
    expect(board.locator('th[data-k="tokens"]')).to_be_hidden()
    expect(board.locator('th[data-k="rank"] .sort')).to_have_attribute("tabindex", "0")
    assert heads.evaluate_all(stops) == 1
    board.locator('th[data-k="mean_task"] .sort').focus()
    board.set_viewport_size({"width": 1280, "height": 900})
    expect(board.locator('th[data-k="tokens"]')).to_be_visible()
    expect(board.locator('th[data-k="mean_task"] .sort')).to_have_attribute("tabindex", "0")
    assert heads.evaluate_all(stops) == 1


@pytest.mark.parametrize("tab", ["/tasks", "/languages"])
def test_a_phone_leaves_room_for_scores(phone: Any, address: str, tab: str) -> None:
    phone.goto(address + BOARD + tab)
    phone.wait_for_selector("#tools:not([hidden])")
    pane = phone.locator(".pane").first
    pane.evaluate("one => (one.scrollLeft = 400)")
    model = phone.locator("tbody .m").first.bounding_box()
    width = pane.bounding_box()["width"]
    assert model["x"] - pane.bounding_box()["x"] <= 2  # it stays in view
    assert model["width"] <= width * 0.45
    assert phone.locator("thead tr").first.bounding_box()["height"] <= 110


def test_everything_that_is_pressed_is_large_enough(phone: Any, address: str) -> None:
    for path in (BOARD, BOARD + "/tasks", "/compare?models=org/small,org/large", "/models"):
        phone.goto(address + path)
        phone.wait_for_timeout(200)
        small = phone.evaluate(
            "[...document.querySelectorAll('button, select, summary, input, .tabs a, header a')]"
            ".filter(one => one.offsetParent && (one.offsetHeight < 24 || one.offsetWidth < 24))"
            ".filter(one => one.type !== 'checkbox').map(one => one.outerHTML.slice(0, 80))"
        )
        assert not small, path


def test_why_a_score_is_missing_is_told_to_a_finger(board: Any) -> None:
    cell = board.locator("#board td.no").first
    cell.click()
    expect(board.locator(".pane .tip")).to_have_text(cell.get_attribute("title"))
    board.keyboard.press("Escape")
    expect(board.locator(".pane .tip")).to_have_count(0)


def test_the_headings_sort_in_place_and_without_scripts(chromium: Any, address: str) -> None:
    """The same link: a script sorts the page that is there, the server sends another one."""
    orders = []
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{address}{BOARD}?max=100B")
        if scripts:
            page.evaluate("window.same = true")
        page.locator('th[data-k="params"] .sort').click()
        expect(page.locator('th[data-k="params"]')).to_have_attribute("aria-sort", "descending")
        expect(page).to_have_url(f"{address}{BOARD}?max=100B&sort=-params")
        orders.append(page.locator("#board tbody tr:visible .m a").all_text_contents())
        if scripts:
            assert page.evaluate("window.same") is True
            page.reload()
            assert page.locator("#board tbody tr:visible .m a").all_text_contents() == orders[0]
        context.close()
    assert orders[0] == orders[1]
    assert len(orders[0]) > 1


def test_a_board_is_ranked_and_filtered_without_scripts(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{BOARD}?max=500M&use=yes")
    names = page.locator("#board tbody tr:visible .m a")
    expect(names).to_have_text(["org/small"])
    page.get_by_role("link", name="Customize ranking").click()
    page.get_by_label("Weight of Retrieval").fill("3")
    page.get_by_label("Languages").fill("German")
    page.click("button.main")
    expect(page.locator("#asked")).to_contain_text("Ranked with your weights: Retrieval \u00d73.")
    expect(page.locator("#asked")).to_contain_text("German")
    expect(names).to_have_text(["org/small"])
    page.locator("#chips a").nth(1).click()  # any licence
    page.locator("#chips a").first.click()  # any size
    expect(names).to_have_count(3)
    context.close()


def test_the_open_tab_is_seen_where_the_system_chooses_colours(chromium: Any, address: str) -> None:
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(address + BOARD)
    colours = page.locator(".tabs a").evaluate_all(
        "all => all.map(one => getComputedStyle(one).borderBottomColor)"
    )
    assert len(set(colours[1:])) == 1
    assert colours[0] != colours[1]
    context.close()


def test_a_board_is_printed_whole(board: Any) -> None:
    board.emulate_media(media="print")
    expect(board.locator("#tools")).to_be_hidden()
    expect(board.locator(".pin").first).to_be_hidden()
    expect(board.locator(".pane").first).to_have_css("max-height", "none")


def test_a_frame_of_a_copy_shows_the_board_alone(page: Any, copy_address: str) -> None:
    page.goto(f"{copy_address}{BOARD}/?embed=1")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("#board")).to_be_visible()


@pytest.mark.parametrize("tab", ["", "tasks/"])
def test_the_headings_of_a_copy_sort_with_scripts_and_are_no_links_without(
    chromium: Any, copy_address: str, tab: str
) -> None:
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{copy_address}{BOARD}/{tab}")
        links = page.locator("#board thead a.sort[href]")
        if scripts:
            page.wait_for_selector("#tools:not([hidden])")
            links.last.focus()
            page.keyboard.press("Enter")
            expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
            expect(page).to_have_url(re.compile(r"\?sort=-"))
        else:
            expect(links).to_have_count(0)
            assert page.locator("#board thead .sort.only:visible").count() == 0
            expect(page.locator("#board thead th.m")).to_have_text("Model")
        context.close()
