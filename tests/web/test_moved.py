"""Where did my model go?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.errors import LegacyError
from frontrunner.parity.moved import FILE, Moved, RowFate, publish, read_moved, slug
from frontrunner.web import export
from tests.web.conftest import Browser

HOSTILE = "../<script>alert(1)</script>"


def fate(name: str, model: str | None, link: str | None = None, **more: object) -> RowFate:
    values = {"how": "link", "reason": f"why {name}", "tables": 1, "cells": 3, "equal": 2} | more
    return RowFate(name=name, link=link, model=model, stood=("en", "en STS"), **values)  # type: ignore[arg-type]


MOVED = Moved(
    snapshot="abc",
    legacy="old",
    rows=(
        fate("small-v1", "org/small", "https://huggingface.co/org/small"),
        fate("gone-768", None, "https://huggingface.co/other/gone", how="variant"),
        fate(HOSTILE, None, "javascript:alert(1)"),
        fate("left", "org/that-left-since"),
    ),
)


@pytest.fixture
def home(browser: Browser) -> Iterator[Path]:
    """The home of the small board, with answers published; taken away again."""
    home = browser.service.snapshot.folder.parent.parent
    publish(MOVED, home)
    yield home
    (home / FILE).unlink()


def test_every_old_row_has_an_answer_and_a_link(browser: Browser, home: Path) -> None:
    page = browser.text("/moved")
    for row in MOVED.rows:
        assert f'href="/moved/{slug(row.name)}"' in page
        one = browser.page(f"/moved/{slug(row.name)}")
        assert one.status == 200
    assert 'href="/models/org/small"' in browser.text("/moved/small-v1")
    assert "why gone-768" in browser.text("/moved/gone-768")
    assert "en STS" in browser.text("/moved/gone-768")


@pytest.mark.parametrize("asked", ["small-v1", "SMALL-V1", "org/small"])
def test_a_model_is_found_by_its_name_and_by_its_link(
    browser: Browser, home: Path, asked: str
) -> None:
    assert "why small-v1" in browser.text(f"/moved/{asked}")


def test_names_are_text_and_only_web_links_are_links(browser: Browser, home: Path) -> None:
    for path in ("/moved", f"/moved/{slug(HOSTILE)}"):
        page = browser.text(path)
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page


def test_the_search_needs_no_script(browser: Browser, home: Path) -> None:
    found = browser.text("/moved", "q=GONE+768")
    assert "why gone-768" in found
    assert "why small-v1" not in found
    assert "No model of the older board" in browser.text("/moved", "q=nobody")


def test_a_model_that_left_since_is_not_linked(browser: Browser, home: Path) -> None:
    page = browser.text("/moved/left")
    assert "org/that-left-since" in page
    assert 'href="/models/org/that-left-since"' not in page


def test_an_unknown_model_is_offered_its_old_self(browser: Browser, home: Path) -> None:
    page = browser.page("/models/gone-786")
    assert page.status == 404
    assert 'href="/moved/gone-768"' in page.answer.identity.decode()
    assert browser.page("/moved/nobody").status == 404


def test_what_is_published_later_is_seen_at_once(browser: Browser, home: Path) -> None:
    assert "why small-v1" in browser.text("/moved")
    publish(Moved(snapshot="abc", legacy="old", rows=(fate("fresh", None),)), home)
    assert "why fresh" in browser.text("/moved")


def test_nothing_published_is_said(browser: Browser) -> None:
    assert "No comparison" in browser.text("/moved")
    assert "/moved" not in browser.text("/models")


def test_a_damaged_file_says_what_to_do(browser: Browser, home: Path) -> None:
    (home / FILE).write_text("{")
    page = browser.page("/moved")
    assert page.status == 500
    assert "--publish" in page.answer.identity.decode()
    assert browser.page("/models").status == 200
    with pytest.raises(LegacyError, match="--publish"):
        read_moved(home)


def test_a_home_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LegacyError, match="cannot be written"):
        publish(MOVED, tmp_path / "missing")


def test_a_copy_has_a_page_for_each(browser: Browser, home: Path, tmp_path: Path) -> None:
    export.export(browser.service.snapshot, tmp_path / "copy")
    for row in MOVED.rows:
        page = tmp_path / "copy" / "moved" / slug(row.name) / "index.html"
        assert row.reason.split("<")[0] in page.read_text(encoding="utf-8").replace("&lt;", "<")
    assert json.loads((home / FILE).read_bytes())["legacy"] == "old"
