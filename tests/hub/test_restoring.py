"""Bring a saved Space back by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import MovedError, StaleParentError
from frontrunner.hub.committing import Patience
from frontrunner.hub.restoring import restore, to_restore
from frontrunner.hub.saved_tree import save_tree, tree_to_save
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub

__all__ = ["hub", "plain_client"]
QUICK = Patience(send=5, settle=1, busy=2, look=0.01)


@pytest.fixture
def saved(hub: Hub, tmp_path: Path) -> Path:
    """The old board, which was replaced since."""
    hub.wait("RUNNING")
    folder = tmp_path / "saved"
    save_tree(hub.opened(), tree_to_save(hub.opened(), BOARD, hub.board.head.id, 0.0), folder)
    hub.stored.push(hub.board, {"app.py": None, "index.html": "new"})
    return folder


def test_it_serves_the_saved_files_again(hub: Hub, saved: Path) -> None:
    told: list[str] = []
    what = to_restore(hub.opened(), saved)
    assert (what.parent.id, what.added, what.deleted) == (hub.board.head.id, 1, 1)
    landed = restore(hub.opened(), saved, what, told.append, QUICK)
    assert hub.board.head.id == hub.run().serving == landed.commit
    assert "index.html" not in hub.board.head.files
    assert hub.stored.content(hub.board.head.files["app.py"]).startswith(b"import gradio")


def test_nothing_is_written_over_a_commit_that_was_not_seen(hub: Hub, saved: Path) -> None:
    what = to_restore(hub.opened(), saved)
    with pytest.raises(StaleParentError, match="name it with --parent"):
        to_restore(hub.opened(), saved, "a" * 40)
    other = hub.stored.push(hub.board, {"index.html": "mended"})
    with pytest.raises(StaleParentError):
        restore(hub.opened(), saved, what, patience=QUICK)
    assert hub.board.head.id == other.id


def test_a_name_that_leads_elsewhere_is_not_written_to(hub: Hub, saved: Path) -> None:
    hub.api().move_repo(BOARD, "board/aside", repo_type="space")
    with pytest.raises(MovedError):
        to_restore(hub.opened(), saved)
