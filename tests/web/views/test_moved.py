"""Every model of the old board can be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from frontrunner.base.home import Home
from frontrunner.checks.parity.fates import RowFate, keep_moved, read_moved
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import export
from frontrunner.web.views.moved import former_names
from tests.web.conftest import Browser

ROWS = (
    RowFate(name="small", link="https://example.org/small", model="org/small", how="link",
            reason="the same", tables=2, cells=56, equal=50, differs=6),
    RowFate(name="<i>gone</i>", link="javascript:alert(1)", model=None, how="unregistered",
            reason="nobody registered it", tables=1, cells=3),
    RowFate(name="forgotten", link=None, model="org/forgotten", how="link", reason="was here",
            tables=1, cells=1),
)  # fmt: skip


@pytest.fixture
def home(snapshot: Snapshot) -> Iterator[Path]:
    """A home that keeps the answers for as long as a test."""
    home = snapshot.folder.parent.parent
    keep_moved("abc", ROWS, home)
    yield home
    Home(home).moved.unlink()


def test_every_model_has_an_answer_and_those_of_today_a_link(browser: Browser, home: Path) -> None:
    html = browser.text("/moved")
    assert '<a href="/models/org/small"' in html
    assert "nobody registered it" in html
    assert "2 of 3 are here today" in html
    assert "/models/org/forgotten" not in html
    assert 'href="/moved?model=small"' in html


def test_names_and_links_are_untrusted(browser: Browser, home: Path) -> None:
    html = browser.text("/moved")
    assert "<i>gone" not in html
    assert "javascript:" not in html


def test_one_model_can_be_asked_for_without_scripts(browser: Browser, home: Path) -> None:
    html = browser.text("/moved", "model=SMALL")
    assert "nobody registered it" not in html
    assert "example.org/small" in html
    assert "No model of the old board" in browser.text("/moved", "model=zzz")


def test_what_is_published_later_is_seen(browser: Browser, home: Path) -> None:
    assert "forgotten" in browser.text("/moved")
    keep_moved("abd", ROWS[:1], home)
    assert "forgotten" not in browser.text("/moved")


def test_whoever_asks_for_an_old_model_is_shown_the_way(browser: Browser, home: Path) -> None:
    assert 'href="/moved?model=forgotten"' in browser.text("/models/forgoten")
    assert 'href="/moved"' in browser.text("/models")


def test_a_copy_has_the_page_too(snapshot: Snapshot, home: Path, tmp_path: Path) -> None:
    export.export(snapshot, tmp_path / "copy")
    assert "nobody registered it" in (tmp_path / "copy/moved/index.html").read_text("utf-8")


def test_without_a_comparison_the_page_says_so(browser: Browser) -> None:
    page = browser.page("/moved")
    assert page.status == 404
    assert "has been published here" in page.answer.identity.decode()


def test_a_damaged_file_is_none(home: Path) -> None:
    Home(home).moved.write_bytes(b"{")
    assert read_moved(home) is None


def test_the_reason_comes_first_so_that_a_phone_shows_it(browser: Browser, home: Path) -> None:
    html = browser.text("/moved")
    row = html[html.index("&lt;i&gt;gone") :]
    assert row.index("nobody registered it") < row.index("<td")


def test_a_model_is_found_by_its_name_on_the_old_board(browser: Browser, home: Path) -> None:
    before = replace(ROWS[0], name="Tiny-v0")
    keep_moved("abc", (before, *ROWS), home)
    assert former_names(browser.service) == {
        "org/small": "Tiny-v0",
    }
