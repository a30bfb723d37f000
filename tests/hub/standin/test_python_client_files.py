"""The real client of Python reads and commits files in the stand-in as it would on the Hub."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationDelete
from huggingface_hub.errors import (
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)

from frontrunner.hub.standin.switches import Switches
from tests.hub.made_hub import BOARD, OLD_FILES, Hub
from tests.hub.standin.uploads import SPACE, add, status

# The client uploads to LFS in a way that its HTTP library warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


def test_a_tree_in_pages_with_its_folders(hub: Hub) -> None:
    hub.stored.switches = Switches(tree_page=2)
    api = hub.api()
    rows = {one.path: one for one in api.list_repo_tree(**SPACE, recursive=True, expand=True)}
    assert set(rows) == {*OLD_FILES, "data", ".gitattributes"}
    assert rows["data"].last_commit is not None
    assert {one.path for one in api.list_repo_tree(**SPACE)} == {
        "README.md", "app.py", "requirements.txt", "data", ".gitignore", ".gitattributes",
    }  # fmt: skip
    assert [one.path for one in api.list_repo_tree(**SPACE, path_in_repo="data")] == [
        "data/boards.csv"
    ]
    info = api.get_paths_info(**SPACE, paths=["app.py", "data", "none"])
    assert [one.path for one in info] == ["app.py", "data"]


def test_files_are_downloaded_at_a_commit(hub: Hub, tmp_path: Path) -> None:
    before = hub.board.head.id
    hub.stored.push(hub.board, {"app.py": "print()\n"})
    for revision, expected in ((before, OLD_FILES["app.py"]), (None, "print()\n")):
        path = hub.api().hf_hub_download(
            **SPACE, filename="app.py", revision=revision, cache_dir=tmp_path
        )
        assert Path(path).read_text() == expected
    folder = hub.api().snapshot_download(**SPACE, revision=before, cache_dir=tmp_path / "all")
    assert Path(folder, "data/boards.csv").read_text() == OLD_FILES["data/boards.csv"]


def test_a_commit_adds_changes_and_deletes(hub: Hub) -> None:
    parent = hub.board.head.id
    made = hub.api().create_commit(
        **SPACE,
        operations=[
            add("app.py", b"new"),
            add("data/x.bin", b"BIN1" + b"\0" * 2000),
            CommitOperationDelete("requirements.txt"),
            CommitOperationDelete(".gitattributes"),
        ],
        commit_message="Change",
        commit_description="All of it",
        parent_commit=parent,
    )
    head = hub.board.head
    assert (made.oid, head.parent, head.author) == (head.id, parent, "owner")
    assert set(head.files) == {
        "README.md",
        "app.py",
        "data/boards.csv",
        "data/x.bin",
        ".gitignore",
    }
    assert head.files["data/x.bin"].sha256 is not None
    [first, *_] = hub.api().list_repo_commits(**SPACE)
    assert (first.commit_id, first.title, first.message) == (head.id, "Change", "All of it")
    assert first.authors == ["owner"]
    path = hub.api().hf_hub_download(**SPACE, filename="data/x.bin")
    assert Path(path).read_bytes() == b"BIN1" + b"\0" * 2000


def test_a_folder_is_deleted_and_a_missing_file_is_an_error(hub: Hub) -> None:
    api = hub.api()
    folder = CommitOperationDelete("data/")
    api.create_commit(**SPACE, operations=[folder], commit_message="Delete")
    assert "data/boards.csv" not in hub.board.head.files
    missing = CommitOperationDelete("none.txt")
    with pytest.raises(RemoteEntryNotFoundError, match="doesn't exist"):
        api.create_commit(**SPACE, operations=[missing], commit_message="Delete")


def test_a_stale_parent_is_refused_with_412(hub: Hub) -> None:
    parent = hub.board.head.id
    hub.stored.push(hub.board, {"other.txt": "x"})
    with pytest.raises(HfHubHTTPError, match="branch was updated") as error:
        hub.api().create_commit(
            **SPACE, operations=[add("a", b"1")], commit_message="Stale", parent_commit=parent
        )
    assert status(error) == 412
    assert hub.board.head.author == "somebody-else"


def test_two_commits_at_once_are_refused_with_409(hub: Hub) -> None:
    hub.board.busy_until = time.time() + 60
    with pytest.raises(HfHubHTTPError, match="in progress") as error:
        hub.api().create_commit(**SPACE, operations=[add("a", b"1")], commit_message="Second")
    assert status(error) == 409


def test_a_commit_equal_to_the_head_is_not_sent(hub: Hub) -> None:
    commits = len(hub.board.commits)
    same = add("app.py", OLD_FILES["app.py"].encode())
    made = hub.api().create_commit(
        **SPACE, operations=[same], commit_message="Same", parent_commit="0" * 40
    )
    assert made.oid == hub.board.head.id
    assert len(hub.board.commits) == commits


def test_ignored_files_are_left_out_by_the_client(hub: Hub) -> None:
    operations = [add("a.tmp", b"1"), add("b.txt", b"2")]
    hub.api().create_commit(**SPACE, operations=operations, commit_message="Ignored")
    assert "b.txt" in hub.board.head.files
    assert "a.tmp" not in hub.board.head.files


def test_a_readme_with_a_wrong_sdk_is_refused(hub: Hub) -> None:
    operation = add("README.md", b"---\nsdk: fortran\n---\n")
    with pytest.raises(ValueError, match="sdk"):
        hub.api().create_commit(**SPACE, operations=[operation], commit_message="Wrong")


def test_a_lagging_head(hub: Hub) -> None:
    hub.stored.switches = Switches(head_lag=30)
    before = hub.board.head.id
    made = hub.api().create_commit(
        **SPACE, operations=[add("a", b"1")], commit_message="New", parent_commit=before
    )
    assert made.oid != hub.api().space_info(BOARD).sha
    assert hub.api().space_info(BOARD, revision=made.oid).sha == made.oid


def test_a_branch_other_than_main_does_not_exist(hub: Hub) -> None:
    api = hub.api()
    with pytest.raises(RevisionNotFoundError):
        api.create_commit(
            **SPACE, operations=[add("a", b"1")], commit_message="x", revision="other"
        )
    assert [one.name for one in api.list_repo_refs(**SPACE).branches] == ["main"]


def test_a_large_file_belongs_into_lfs(hub: Hub) -> None:
    hub.stored.switches = Switches(file_size=100)
    hub.api().create_commit(**SPACE, operations=[add("a", b"1" * 100)], commit_message="Large")
    assert hub.board.head.files["a"].sha256


def test_a_space_without_its_app_file(hub: Hub) -> None:
    operation = CommitOperationDelete("app.py")
    hub.api().create_commit(**SPACE, operations=[operation], commit_message="Gone")
    assert hub.api().get_space_runtime(BOARD).stage == "NO_APP_FILE"
    hub.api().create_commit(
        **SPACE, operations=[add("README.md", b"# no fields\n")], commit_message="No fields"
    )
    assert hub.api().get_space_runtime(BOARD).stage == "CONFIG_ERROR"
