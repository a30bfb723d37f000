"""A clone whose files are a commit's is read by what git says changed, as if it were read anew."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from frontrunner.results import read as read_module
from frontrunner.results.checkout import (
    Checkout,
    Difference,
    checkout_of,
    difference,
    is_still,
    tree_of,
)
from frontrunner.results.fetch import LocalSource, fetch
from frontrunner.results.ingest import Ingested
from frontrunner.results.read import Options
from frontrunner.results.several import read_sources
from frontrunner.results.stamping import Stamping
from tests.factories import catalog, result, write
from tests.results.git_folder import commit, git

KNOWN = catalog(models=["org/a", "org/b", "org/c"])
FOLDERS = ("org__a/r1", "org__a/r2", "org__b/r1", "org__c/r1", "org__unknown/r1")
TASKS = ("T1", "T2", "T3")


class Followed:
    """A repository, and a home that follows it."""

    def __init__(self, folder: Path) -> None:
        self.repository, self._folder = folder / "repository", folder
        self.repository.mkdir()
        git(self.repository, "init", "-q")
        commit(self.repository, 0.5)
        self.looks = 0
        """How often each file was looked at."""

    def fetch(self) -> LocalSource:
        """Bring the clone up to date."""
        return fetch(self.repository.as_uri(), self._folder / "sources")

    def read(self, *, anew: bool = False, near: LocalSource | None = None) -> Ingested:
        """Read the clone, only what changed or all of it."""
        cache = None if anew else self._folder / "cache"
        options = Options(workers=1, cache=cache)
        return read_sources([near or self.fetch()], KNOWN, options)

    def commit_all(self) -> None:
        """Commit whatever is in the folder."""
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-qm", "results", "--allow-empty")


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = Followed(tmp_path)

    class Counted(Stamping):
        def __init__(self, *given: Any) -> None:
            made.looks += 1
            super().__init__(*given)

    monkeypatch.setattr(read_module, "Stamping", Counted)
    return made


def facts(found: Ingested) -> list[str]:
    """All that reading gives."""
    others = [one.name for one in fields(found) if one.name != "table"]
    columns = [repr(list(getattr(found.table, one.name))) for one in fields(found.table)]
    return [*columns, *(repr(getattr(found, name)) for name in others)]


def test_what_changed_is_told_by_git(followed: Followed) -> None:
    followed.read()
    for score in (0.25, 0.75):
        commit(followed.repository, score)
        assert followed.read().table.score.tolist() == [score]
    write(followed.repository, "results/org__b/r1/T2.json", result("T2", 0.125))
    (followed.repository / "results/org__a/r1/T1.json").unlink()
    followed.commit_all()
    assert followed.read().table.score.tolist() == [0.125]
    assert followed.looks == 0


def test_files_that_are_no_results_are_read_again(followed: Followed) -> None:
    broken = write(followed.repository, "results/org__a/r1/T2.json", "{")
    meta = write(followed.repository, "results/org__a/r1/model_meta.json", {"name": "org/b"})
    followed.commit_all()
    for change in (lambda: None, lambda: write(broken.parent, "T2.json", "["), meta.unlink):
        change()
        followed.commit_all()
        assert facts(followed.read()) == facts(followed.read(anew=True))
        assert followed.read().files_seen == followed.read(anew=True).files_seen
    broken.unlink()
    followed.commit_all()
    assert not followed.read().rejects
    assert followed.looks == 0


def _any_file(draw: random.Random, root: Path) -> Path:
    return root / draw.choice(FOLDERS) / f"{draw.choice(TASKS)}.json"


def _add(draw: random.Random, root: Path) -> None:
    path = _any_file(draw, root)
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path.parent, path.name, result(path.stem, draw.random()))


def _spoil(draw: random.Random, root: Path) -> None:
    path = _any_file(draw, root)
    if path.is_file():
        path.write_text(draw.choice(["{", "", '{"scores": 1}']))


def _remove(draw: random.Random, root: Path) -> None:
    shutil.rmtree(root / draw.choice(FOLDERS), ignore_errors=True)


def _rename(draw: random.Random, root: Path) -> None:
    path, other = _any_file(draw, root), _any_file(draw, root)
    if path.is_file() and not other.is_dir():
        other.parent.mkdir(parents=True, exist_ok=True)
        path.replace(other)


def _describe(draw: random.Random, root: Path) -> None:
    name = draw.choice(["org/a", "org/b", "org/new"])
    write(root, f"{draw.choice(FOLDERS)}/model_meta.json", {"name": name, "revision": "r1"})
    write(root, f"{draw.choice(FOLDERS)}/run_settings.jsonl", '{"task": "T1", "batch": 1}\n')


def _put_beside(draw: random.Random, root: Path) -> None:
    write(root, draw.choice(["paths.json", "org__a/notes.txt"]), draw.choice(["{}", "[]"]))


def _put_deep(draw: random.Random, root: Path) -> None:
    write(root, "org__b/r1/" + "deep/" * draw.choice([5, 6, 7]) + "T1.json", result("T1", 0.5))


def _link(draw: random.Random, root: Path) -> None:
    path = _any_file(draw, root)
    if path.parent.is_dir() and not path.is_dir():
        path.unlink(missing_ok=True)
        # A file of this test: later changes write through the link.
        outside = root.parents[1] / "outside.txt"
        outside.touch()
        path.symlink_to(outside)


def _swap_for_folder(draw: random.Random, root: Path) -> None:
    path = _any_file(draw, root)
    if path.is_file():
        path.unlink()
        write(path, "T1.json", result("T1", 0.375))


def _name_oddly(draw: random.Random, root: Path) -> None:
    folder = root / "org__c/r1"
    folder.mkdir(parents=True, exist_ok=True)
    name = draw.choice([b"T1\xff.json", b"T1\\xff.json", "T1 é\n.json".encode()])
    write(folder, os.fsdecode(name), result("T1", draw.random()))


CHANGES: tuple[Callable[[random.Random, Path], None], ...] = (
    _add, _add, _add, _spoil, _remove, _rename, _describe, _put_beside,
)  # fmt: skip
ODD = (_put_deep, _link, _swap_for_folder, _name_oddly)


@pytest.mark.parametrize("seed", range(12))
def test_any_changes_give_what_reading_all_anew_gives(followed: Followed, seed: int) -> None:
    draw = random.Random(seed)
    root = followed.repository / "results"
    is_odd = seed % 2
    for _ in range(10):
        for _ in range(draw.choice([0, 1, 3, 8])):
            draw.choice((*CHANGES, *ODD) if is_odd else CHANGES)(draw, root)
        _add(draw, root)
        followed.commit_all()
        assert facts(followed.read()) == facts(followed.read(anew=True))
    assert is_odd or followed.looks == 0


def test_a_clone_that_is_made_anew_is_known_by_its_files(followed: Followed) -> None:
    near = followed.fetch()
    followed.read(near=near)
    shutil.rmtree(near.path)
    assert followed.read().table.score.tolist() == [0.5]
    assert followed.looks == 0


def test_a_commit_that_is_gone_is_made_up_for_by_a_look_at_each_file(followed: Followed) -> None:
    near = followed.fetch()
    followed.read(near=near)
    shutil.rmtree(near.path)
    commit(followed.repository, 0.25)  # without history, the clone has no commit before
    assert followed.read().table.score.tolist() == [0.25]
    assert followed.looks == 1
    commit(followed.repository, 0.75)
    assert followed.read().table.score.tolist() == [0.75]
    assert followed.looks == 1


def test_results_that_move_in_the_repository_are_found(followed: Followed) -> None:
    followed.read()
    (followed.repository / "results/org__a").rename(followed.repository / "org__a")
    followed.commit_all()
    assert followed.read().origin.folder == ""
    assert followed.looks == 0
    write(followed.repository, "results/org__a/r1/T1.json", result("T1", 0.25))
    followed.commit_all()
    assert followed.read().table.score.tolist() == [0.25]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_clone_with_a_file_of_its_own_is_looked_at(followed: Followed, ignored: bool) -> None:
    if ignored:
        write(followed.repository, ".gitignore", b"T2.json\n")
        followed.commit_all()
    followed.read()
    write(followed.fetch().path, "results/org__b/r1/T2.json", result("T2", 0.75))
    near = followed.fetch()
    assert near.checkout is None
    found = followed.read(near=near)
    assert sorted(found.table.score.tolist()) == [0.5, 0.75]
    assert ignored or str(found.origin.commit).endswith("+")
    assert followed.looks == 1


def test_a_clone_that_another_process_changes_meanwhile_is_not_believed(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files read may be those of the next commit, but are remembered as those of this one."""
    near = followed.fetch()
    commit(followed.repository, 0.25)
    read_folder = read_module._read_models

    def and_fetch(*given: Any) -> Any:
        followed.fetch()
        return read_folder(*given)

    monkeypatch.setattr(read_module, "_read_models", and_fetch)
    assert followed.read(near=near).table.score.tolist() == [0.25]
    monkeypatch.undo()
    assert near.checkout is not None
    assert not is_still(near.checkout)
    commit(followed.repository, 0.5)  # again the files of the first commit
    assert followed.read().table.score.tolist() == [0.5]


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


def _edit(clone: Path) -> None:
    write(clone, "results/org__a/r1/T1.json", result("T1", 0.875))


def _delete(clone: Path) -> None:
    shutil.rmtree(clone / "results/org__a")


def _lock(clone: Path) -> None:
    (clone / ".git/index.lock").touch()
    _edit(clone)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("change", [_edit, _delete, _lock])
def test_a_file_that_changes_between_the_look_and_the_read_is_read_again(
    followed: Followed, change: Callable[[Path], None], known: bool
) -> None:
    write(followed.repository, "results/org__b/r1/T2.json", result("T2", 0.25))
    followed.commit_all()
    if known:
        followed.read()
        commit(followed.repository, 0.75)
    near = followed.fetch()
    change(near.path)
    followed.read(near=near)
    near = followed.fetch()  # git writes the file of the commit
    assert facts(followed.read(near=near)) == facts(followed.read(near=near, anew=True))


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


def test_the_commit_of_files_that_another_process_changes_is_asked_for(followed: Followed) -> None:
    near = followed.fetch()
    commit(followed.repository, 0.25)
    head = git(followed.repository, "rev-parse", "HEAD")
    followed.fetch()
    assert followed.read(near=near).origin.commit == head


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_git_is_not_asked_in_a_clone_with_a_pipe_of_its_name(
    followed: Followed, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    clone = followed.fetch().path
    os.mkfifo(clone / name)
    monkeypatch.setattr("frontrunner.results.checkout.ask_git", pytest.fail)
    assert checkout_of(clone) is None
