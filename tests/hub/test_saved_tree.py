"""A repository is saved whole, is checked when it is read back, and can be brought back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import HubError, NotOnHubError, StaleParentError
from frontrunner.base.home import Home
from frontrunner.hub.committing import Guarded, commit
from frontrunner.hub.git_objects import plain_entry
from frontrunner.hub.reading import settings_of
from frontrunner.hub.replacement import restore_saved, whole_tree
from frontrunner.hub.saved_tree import SavedTree, read_saved, save_tree, tree_to_save
from frontrunner.hub.standin.faults import refusal
from tests.hub.made_hub import BOARD, OLD_FILES, Hub
from tests.hub.test_committing import QUICK


def save(hub: Hub, folder: Path) -> SavedTree:
    opened, head = hub.opened(), hub.board.head.id
    about = tree_to_save(opened, BOARD, head, at=1.0)
    about = msgspec.structs.replace(about, settings=settings_of(opened, BOARD))
    return save_tree(opened, about, folder)


def test_a_tree_is_saved_with_the_settings_of_the_space(hub: Hub, tmp_path: Path) -> None:
    hub.stored.push(hub.board, {"deep/er/x.txt": "1"})
    folder = Home(tmp_path).saved_space(BOARD, hub.board.head.id)
    saved = save(hub, folder)
    assert read_saved(folder) == saved
    assert (saved.repo_id, saved.commit) == (BOARD, hub.board.head.id)
    assert (folder / "files/deep/er/x.txt").read_text() == "1"
    assert set(saved.files) == {*OLD_FILES, ".gitattributes", "deep/er/x.txt"}
    assert saved.settings is not None
    assert saved.settings.variables == {"RESULTS": "board/results"}
    assert saved.settings.secrets == ("API_KEY",)
    assert b"secret-value" not in (folder / "saved.json").read_bytes()


def test_an_older_commit_is_saved_while_the_board_goes_on(hub: Hub, tmp_path: Path) -> None:
    before = hub.board.head.id
    hub.stored.push(hub.board, {"app.py": "print('newer')"})
    opened = hub.opened()
    save_tree(opened, tree_to_save(opened, BOARD, before, at=1.0), tmp_path / "s")
    assert (tmp_path / "s/files/app.py").read_text() == OLD_FILES["app.py"]


def test_saving_again_reads_back_and_downloads_nothing(hub: Hub, tmp_path: Path) -> None:
    first = save(hub, tmp_path / "s")
    asked = len(hub.stored.asked)
    hub.stored.inject(refusal(500, path="/resolve", times=99))
    assert save(hub, tmp_path / "s") == first
    assert not any("/resolve" in path for _, path, _ in hub.stored.asked[asked:])


def test_what_fails_half_way_leaves_no_folder(hub: Hub, tmp_path: Path) -> None:
    hub.stored.inject(refusal(404, path="/resolve/.*requirements"))
    with pytest.raises(NotOnHubError):
        save(hub, tmp_path / "s")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("harm", ["change", "remove", "manifest", "extra"])
def test_damage_is_found(hub: Hub, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "s"
    saved = save(hub, folder)
    if harm == "change":
        (folder / "files/app.py").write_text("other")
    elif harm == "remove":
        (folder / "files/app.py").unlink()
    elif harm == "manifest":
        (folder / "saved.json").write_text("{")
    else:
        (folder / "files/more").write_bytes(b"")
        more = {**saved.files, "more": plain_entry(b"")}
        changed = msgspec.structs.replace(saved, files=more)
        (folder / "saved.json").write_bytes(msgspec.json.encode(changed))
    with pytest.raises(HubError):
        read_saved(folder)


def test_another_commit_in_the_folder_is_not_taken_for_this_one(hub: Hub, tmp_path: Path) -> None:
    save(hub, tmp_path / "s")
    hub.stored.push(hub.board, {"a": "1"})
    with pytest.raises(HubError, match="Move it away"):
        save(hub, tmp_path / "s")


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a/../../b", "a\\b"])
def test_a_path_that_leads_out_is_not_saved(hub: Hub, tmp_path: Path, path: str) -> None:
    files = {**hub.board.head.files, path: hub.stored.store(b"1")}
    hub.stored.commit(hub.board, files, author="owner", title="x")
    with pytest.raises(HubError, match="is not saved"):
        save(hub, tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def test_a_tree_is_replaced_and_brought_back(hub: Hub, tmp_path: Path) -> None:
    save(hub, tmp_path / "s")
    before, opened = hub.board.head, hub.opened()
    new = {"README.md": b"---\nsdk: static\n---\n", "index.html": b"new", "x.bin": b"\0" * 9}
    change = whole_tree(opened, BOARD, before.id, new)
    made = commit(opened, Guarded(BOARD, before.id, change, "New board"), QUICK)
    assert set(hub.board.head.files) == set(new)
    back = restore_saved(opened, tmp_path / "s", made.commit, QUICK)
    assert hub.board.head.id == back.commit != before.id
    assert hub.board.head.files == before.files
    assert restore_saved(opened, tmp_path / "s", made.commit, QUICK).how == "found"


def test_a_restore_does_not_overwrite_what_somebody_pushed_since(hub: Hub, tmp_path: Path) -> None:
    save(hub, tmp_path / "s")
    parent = hub.board.head.id
    hub.stored.push(hub.board, {"app.py": "fixed"})
    with pytest.raises(StaleParentError):
        restore_saved(hub.opened(), tmp_path / "s", parent, QUICK)
    assert hub.stored.content(hub.board.head.files["app.py"]) == b"fixed"
