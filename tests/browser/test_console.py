"""The console in a real browser: log in, read, roll back; on a desktop and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.home import Home
from frontrunner.gateway.feedback import Feedback, Message
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Commanded, Noted, Refused, Verb
from tests.browser.conftest import AXE
from tests.gateway.conftest import until
from tests.takeover.console.scene import NOW
from tests.takeover.console.stage import Served, served_console

pytestmark = pytest.mark.browser
DIFFERENCES = "/differences?route=/v1/benchmarks/*/scores"
PAGES = ["/login", "/", "/do/rollback", "/do/advance", "/ledger", DIFFERENCES, "/feedback", "/plan",
         "/nothing"]  # fmt: skip
WIDTHS = [1280, 360]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_console(tmp_path_factory.mktemp("console")) as found:
        yield found


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A console that a test may change."""
    with served_console(tmp_path) as found:
        yield found


def opened(chromium: Any, served: Served, width: int = 1280, **options: Any) -> Any:
    """A page of somebody who is logged in; it fails its test when it logs an error."""
    context = chromium.new_context(viewport={"width": width, "height": 740}, **options)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda one: page.wrong.append(one.text) if one.type == "error" else None)
    page.goto(f"{served.url}/login")
    page.get_by_label("Token").fill(served.token)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{served.url}/")
    return page


def closed(page: Any) -> None:
    page.context.close()
    assert page.wrong == []


def ledger_of(served: Served) -> list[Any]:
    ledger = Ledger("", Home(served.watched.home).takeover)
    found = list(ledger.entries())
    ledger.close()
    return found


def write(served: Served, *records: Any) -> None:
    ledger = Ledger("", Home(served.watched.home).takeover)
    for one in records:
        ledger.append("controller", "", one)
    ledger.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_operator_logs_in_reads_rolls_back_and_sees_it_in_the_ledger(
    chromium: Any, fresh: Served, width: int
) -> None:
    page = opened(chromium, fresh, width)
    assert (
        page.get_by_role("heading", level=1).inner_text().startswith("Shifting, step 2 of 5 (5%)")
    )
    assert "5 days" in page.locator("#state").inner_text()
    assert page.locator(".gate").count() == 7
    assert page.locator('[aria-current="step"]').inner_text().startswith("5%")
    before = len(ledger_of(fresh))
    page.get_by_role("link", name="Roll back…").click()
    page.wait_for_url("**/do/rollback")
    assert "5% of the users are on the new board now." in page.locator("main").inner_text()
    page.get_by_label("Reason, for the ledger").fill("Reports of wrong ranks.")
    page.get_by_role("button", name="Roll back now").click()
    page.locator("#sent", has_text=f"Entry {before + 1} was written.").wait_for()
    found = ledger_of(fresh)
    assert len(found) == before + 1
    assert found[-1].actor.startswith("console:")
    assert found[-1].record == Commanded(verb=Verb.ROLLBACK, reason="Reports of wrong ranks.")
    page.get_by_role("link", name="Ledger", exact=True).click()
    text = "Rollback. Reason: Reports of wrong ranks."
    page.locator("h1 ~ .entries li", has_text=text).wait_for()
    page.go_back()
    # The answer comes without a reload.
    write(fresh, Refused(command=found[-1].seq, why="It is a test."))
    page.locator("#sent", has_text="It is a test.").wait_for()
    closed(page)


def test_the_overview_follows_the_ledger_without_a_reload(chromium: Any, fresh: Served) -> None:
    page = opened(chromium, fresh)
    page.evaluate("window.kept = 1")
    write(fresh, Noted(topic="alarm", text="The moon is full."))
    page.locator("#entries", has_text="The moon is full.").wait_for()
    assert page.evaluate("window.kept") == 1
    closed(page)


def test_what_has_the_focus_is_not_replaced(chromium: Any, fresh: Served) -> None:
    page = opened(chromium, fresh)
    page.get_by_role("link", name="The whole ledger").focus()
    page.locator("#entries").evaluate("element => { element.dataset.kept = '1' }")
    write(fresh, Noted(topic="alarm", text="The moon is full."))
    page.locator("footer", has_text="entry 17").wait_for()
    assert page.locator("#entries").get_attribute("data-kept") == "1"
    assert page.evaluate("document.activeElement.textContent") == "The whole ledger"
    closed(page)


def test_without_scripts_everything_works(chromium: Any, fresh: Served) -> None:
    page = opened(chromium, fresh, java_script_enabled=False)
    page.get_by_role("link", name="Pause…").click()
    page.get_by_role("button", name="Pause now").click()
    page.locator("#sent", has_text="was written").wait_for()
    assert ledger_of(fresh)[-1].record == Commanded(verb=Verb.PAUSE)
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Token").wait_for()
    page.goto(fresh.url)
    page.get_by_label("Token").wait_for()
    closed(page)


def test_a_button_can_be_pressed_with_the_keyboard_alone(chromium: Any, fresh: Served) -> None:
    page = opened(chromium, fresh)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Roll back…":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/do/rollback")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Roll back now":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/?sent=*")
    assert ledger_of(fresh)[-1].record == Commanded(verb=Verb.ROLLBACK)
    closed(page)


def test_a_double_click_is_one_command(chromium: Any, fresh: Served) -> None:
    page = opened(chromium, fresh)
    size = len(ledger_of(fresh))
    page.goto(f"{fresh.url}/do/pause")
    page.get_by_role("button", name="Pause now").dblclick()
    until(lambda: len(ledger_of(fresh)) > size)  # the page before is at rest as well
    page.wait_for_load_state("networkidle")
    assert len(ledger_of(fresh)) == size + 1
    page.context.close()


def test_a_page_of_another_port_cannot_press_a_button(chromium: Any, fresh: Served) -> None:
    """An old board on the same host is of the same site, and its pages get the same cookies."""
    page = opened(chromium, fresh)
    size = len(ledger_of(fresh))
    page.route(
        "http://127.0.0.1:9/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{fresh.url}/do/rollback"><button>x</button></form>'
            f'<iframe src="{fresh.url}/"></iframe>',
        ),
    )
    page.goto("http://127.0.0.1:9/")
    assert "Shifting" not in page.frame_locator("iframe").locator("html").inner_text()
    page.get_by_role("button").click()
    page.wait_for_url("**/do/rollback")
    assert "A page of another address sent this form." in page.locator("main").inner_text()
    assert len(ledger_of(fresh)) == size
    page.context.close()


def test_a_script_in_feedback_is_shown_and_not_run(chromium: Any, fresh: Served) -> None:
    text = "<script>document.title = 'gone'</script><img src=x onerror=\"document.title='gone'\">"
    store = Feedback("", fresh.watched.folder)
    store.add(Message(at=NOW, side="new", page="/", text=text))
    store.close()
    page = opened(chromium, fresh)
    page.goto(f"{fresh.url}/feedback")
    assert text in page.locator(".messages").inner_text()
    assert page.title() == "Feedback · Frontrunner console"
    closed(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_is_accessible(
    chromium: Any, served: Served, width: int, scheme: str
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core; run: make setup-browser")
    page = opened(chromium, served, width, color_scheme=scheme, bypass_csp=True)
    for path in PAGES:
        page.goto(served.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.add_script_tag(path=str(AXE))
        found = page.evaluate(
            "rules => axe.run({resultTypes: ['violations'], runOnly: rules})", RULES
        )
        wrong = {one["id"]: [node["html"] for node in one["nodes"]] for one in found["violations"]}
        assert wrong == {}, path
    page.context.close()
