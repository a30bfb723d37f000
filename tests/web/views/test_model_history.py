"""A model over time."""

from __future__ import annotations

from pathlib import Path

from frontrunner.answers.service import Service
from tests.web.conftest import NAME, Browser
from tests.web.test_change_feeds import grown


def test_the_past_shows_on_the_page_of_a_model(tmp_path: Path) -> None:
    page = Browser(grown(tmp_path, 3)).text("/models/org/small")
    assert 'aria-label="Rank"' in page
    assert 'aria-label="Mean"' in page
    assert "/models/org/small/history" in page
    assert "/feeds/models/org/small.atom" in page


def test_a_damaged_past_leaves_the_rest_of_a_model(tmp_path: Path) -> None:
    service = grown(tmp_path, 2)
    home = service.snapshot.folder.parent.parent
    (home / "past" / "timeline" / "timeline.index").write_bytes(b"x")
    browser = Browser(Service(service.snapshot))
    assert browser.page("/models/org/small").status == 200
    assert browser.page("/history").status == 500


def test_the_table_has_every_snapshot_and_the_picture_every_rank(tmp_path: Path) -> None:
    page = Browser(grown(tmp_path, 4)).text("/models/org/unrun/history")
    assert page.count('<circle class="c0"') == 2 * 3  # it came with the second one, and has no mean
    assert page.count('<th scope="row"><time') >= 3
    assert f"{NAME}</a>" in page


def test_boards_with_one_snapshot_share_a_table(tmp_path: Path) -> None:
    page = Browser(grown(tmp_path, 1)).text("/models/org/small/history")
    assert page.count('aria-label="Boards with one snapshot"') == 1
    assert "Table: " not in page
