"""When git is believed about a clone: only if each of its files is the commit's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from frontrunner.results.checkout import (
    Checkout,
    Difference,
    checkout_of,
    difference,
    is_still,
    tree_of,
)
from frontrunner.results.fetch import fetch
from tests.factories import result, write
from tests.results.followed import Followed, facts
from tests.results.git_folder import commit, git


def test_a_fetch_of_another_process_is_seen(followed: Followed) -> None:
    """Its reset comes next, and would change the files of a commit that is still checked out."""
    clone = followed.fetch().path
    assert checkout_of(clone) is not None
    commit(followed.repository, 0.25)
    git(clone, "fetch", "-q", "--depth=1", followed.repository.as_uri(), "HEAD")
    assert checkout_of(clone) is None


def test_what_is_no_clone_has_no_checkout(tmp_path: Path) -> None:
    assert checkout_of(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert checkout_of(tmp_path) is None
    assert fetch(str(tmp_path), tmp_path / "sources").checkout is None


def test_trees_and_their_difference(followed: Followed) -> None:
    first = followed.fetch().checkout
    write(followed.repository, "results/org__b/r1/T2.json", result("T2", 0.75))
    (followed.repository / "results/org__a/r1/T1.json").unlink()
    followed.commit_all()
    second = followed.fetch().checkout
    assert first is not None
    assert second is not None
    clone = second.clone
    before, now = (tree_of(one, clone / "results") for one in (first, second))
    assert difference(clone, before, now) == Difference(
        ["org__b/r1/T2.json"], ["org__a/r1/T1.json"]
    )
    assert difference(clone, now, now) == Difference([], [])
    assert difference(clone, now, tree_of(second, clone)) is not None
    assert tree_of(second, clone / "nowhere") == ""
    assert difference(clone, "0" * 40, now) is None
    assert isinstance(second, Checkout)


def _sparse(clone: Path) -> None:
    git(clone, "sparse-checkout", "set", "results/org__b")


def _skip(clone: Path) -> None:
    git(clone, "update-index", "--skip-worktree", "results/org__a/r1/T1.json")
    write(clone, "results/org__a/r1/T1.json", result("T1", 0.875))


def _skip_in_a_split_index(clone: Path) -> None:
    for path in (clone / "results").rglob("*.json"):
        os.utime(path, (1, 1))  # git lists files that have just changed in both parts
    git(clone, "update-index", "--refresh")
    _skip(clone)
    git(clone, "update-index", "--split-index")
    assert b"DIRC\0\0\0\2" in (clone / ".git/index").read_bytes()  # the mark is in the other part


def _fill_submodule(clone: Path) -> None:
    write(clone, "results/org__c/r1/T1.json", result("T1", 0.875))


def _hide(clone: Path) -> None:
    write(clone, "results/org__a/.git/T2.json", result("T2", 0.875))


@pytest.mark.parametrize("change", [_sparse, _skip, _skip_in_a_split_index, _fill_submodule, _hide])
def test_what_git_does_not_tell_of_a_clone_is_seen(
    followed: Followed, change: Callable[[Path], None]
) -> None:
    for name in range(30):  # git splits the index of a few files into none and all
        write(followed.repository, f"results/org__b/r1/{name}.json", result("T2", 0.25))
    if change is _fill_submodule:
        head = git(followed.repository, "rev-parse", "HEAD")
        cached = f"160000,{head},results/org__c"
        git(followed.repository, "update-index", "--add", "--cacheinfo", cached)
        git(followed.repository, "add", "results/org__b")
        git(followed.repository, "commit", "-qm", "submodule")
    else:
        followed.commit_all()
    followed.read()
    change(followed.fetch().path)
    near = followed.fetch()
    assert facts(followed.read(near=near)) == facts(followed.read(near=near, anew=True))


@pytest.mark.parametrize("place", [0, 7, 16])
def test_a_file_whose_changes_git_was_told_to_ignore_is_seen(
    followed: Followed, place: int
) -> None:
    for length in range(1, 17):  # the index fills each entry up to a multiple of eight bytes
        write(followed.repository, f"results/org__b/r1/{'x' * length}.json", result("T2", 0.25))
    followed.commit_all()
    clone = followed.fetch().path
    marked = git(clone, "ls-files").splitlines()[place]
    git(clone, "update-index", "--assume-unchanged", marked)
    write(clone, marked, result("T1", 0.875))
    assert git(clone, "status", "--porcelain") == ""
    assert checkout_of(clone) is None
    git(clone, "update-index", "--no-assume-unchanged", marked)
    git(clone, "checkout", "-q", marked)
    assert checkout_of(clone) is not None


def test_the_index_of_a_repository_with_long_names_is_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "long")
    commit(tmp_path / "long", 0.5)
    git(tmp_path, "clone", "-q", str(tmp_path / "long"), "clone")
    clone = tmp_path / "clone"
    git(clone, "fetch", "-q", "origin", "HEAD")
    assert checkout_of(clone) is not None
    git(clone, "update-index", "--assume-unchanged", "results/org__a/r1/T1.json")
    assert checkout_of(clone) is None


@pytest.mark.parametrize("length", [0, 10, 60, 90])
def test_an_index_that_is_cut_short_is_not_believed(followed: Followed, length: int) -> None:
    clone = followed.fetch().path
    index = clone / ".git/index"
    index.write_bytes(index.read_bytes()[:length])
    assert checkout_of(clone) is None


def _commit_attributes(followed: Followed, path: str) -> None:
    write(followed.repository, path, b"*.json working-tree-encoding=UTF-16\n")
    git(followed.repository, "add", path)
    git(followed.repository, "commit", "-qm", "attributes")


@pytest.mark.parametrize("place", ["", "results/", "results/org__a/", ".git/info/"])
def test_files_that_attributes_change_when_they_are_written_are_looked_at(
    followed: Followed, place: str
) -> None:
    followed.read()
    clone = followed.fetch().path
    if place == ".git/info/":
        write(clone, f"{place}attributes", b"*.json working-tree-encoding=UTF-16\n")
    else:
        _commit_attributes(followed, f"{place}.gitattributes")
        shutil.rmtree(clone)  # so that git writes all files anew
    for _ in range(2):
        near = followed.fetch()
        assert facts(followed.read(near=near)) == facts(followed.read(near=near, anew=True))
        os.utime(near.path / "results/org__a/r1/T1.json", (1, 1))  # git writes it anew


def test_attributes_in_a_model_s_folder_are_not_believed_later(followed: Followed) -> None:
    """The second time they are part of both trees."""
    before = followed.fetch().checkout
    _commit_attributes(followed, "results/org__b/.gitattributes")
    now = followed.fetch().checkout
    assert before is not None
    assert now is not None
    trees = [tree_of(one, now.clone / "results") for one in (before, now)]
    assert difference(now.clone, *trees) is None
    for _ in range(2):
        followed.read()
    assert followed.looks == 1


@pytest.mark.parametrize(
    ("line", "looks"),
    [
        (b"cached.json.gz filter=lfs diff=lfs merge=lfs -text\n", 0),
        (b"*.JSON text eol=crlf\n", 0),
        (b"*.JSONL filter=lfs\n", 1),
        (b"*.json\tident\n", 1),
        (b"* filter=lfs\n", 1),
        (b'"a.gz *.json" filter=lfs\n', 1),
        (b"[attr]binary filter=lfs\n", 1),
        (b"[attr]large.data filter=lfs\n*.json large.data\n", 1),
    ],
)
def test_attributes_of_other_files_do_not_matter(
    followed: Followed, line: bytes, looks: int
) -> None:
    write(followed.repository, ".gitattributes", line)
    followed.commit_all()
    followed.read()
    commit(followed.repository, 0.25)
    assert followed.read().table.score.tolist() == [0.25]
    assert followed.looks == looks


def test_attributes_of_the_user_do_not_change_files(
    followed: Followed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = followed.fetch()
    followed.read(near=near)
    attributes = write(tmp_path, "attributes", b"*.json working-tree-encoding=UTF-16\n")
    settings = write(tmp_path, "settings", f"[core]\nattributesFile={attributes}\n".encode())
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    shutil.rmtree(near.path)
    near = followed.fetch()
    assert facts(followed.read(near=near)) == facts(followed.read(near=near, anew=True))
    assert followed.looks == 0


def test_attributes_of_the_clone_or_that_cannot_be_read_may_change_files(
    followed: Followed,
) -> None:
    near = followed.fetch()
    assert near.checkout is not None
    assert tree_of(near.checkout, near.path / "results")
    own = write(near.path, ".git/info/attributes", b"*.json filter=lfs\n")
    assert tree_of(near.checkout, near.path / "results") == ""
    own.unlink()
    (near.path / ".gitattributes").mkdir()
    assert tree_of(near.checkout, near.path / "results") == ""


def test_a_reset_of_another_process_is_seen(followed: Followed) -> None:
    first = followed.fetch()
    assert first.checkout is not None
    assert is_still(first.checkout)
    git(first.path, "reset", "-q", "--hard", "HEAD")
    assert not is_still(first.checkout)
    again = checkout_of(first.path)
    assert again is not None
    assert is_still(again)
    (first.path / ".git/index.lock").touch()
    assert not is_still(again)


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_git_is_not_asked_in_a_clone_with_a_pipe_of_its_name(
    followed: Followed, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    clone = followed.fetch().path
    os.mkfifo(clone / name)
    monkeypatch.setattr("frontrunner.results.checkout.ask_git", pytest.fail)
    assert checkout_of(clone) is None


def test_a_pipe_in_place_of_attributes_may_change_files_and_is_not_read(
    followed: Followed,
) -> None:
    near = followed.fetch()
    assert near.checkout is not None
    os.mkfifo(near.path / "results/.gitattributes")
    assert tree_of(near.checkout, near.path / "results") == ""
    assert facts(followed.read(near=near)) == facts(followed.read(near=near, anew=True))


def test_what_is_no_regular_file_is_not_told_by_git(followed: Followed) -> None:
    first = followed.fetch().checkout
    links = ("160000", "120000")
    for mode, content in zip(links, ("HEAD", "HEAD:results/org__a/r1/T1.json"), strict=True):
        name = git(followed.repository, "rev-parse", content)
        info = f"{mode},{name},results/org__a/r1/T2"
        git(followed.repository, "update-index", "--add", "--cacheinfo", info)
        git(followed.repository, "commit", "-qm", "results")
        second = followed.fetch().checkout
        assert first is not None
        assert second is not None
        clone = second.clone
        trees = [tree_of(one, clone / "results") for one in (first, second)]
        assert difference(clone, *trees) is None
