"""A clone whose files are a commit's is read by what git says changed, as if it were read anew."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontrunner.results import read as read_module
from frontrunner.results.checkout import (
    is_still,
)
from tests.factories import result, write
from tests.results.followed import Followed, facts
from tests.results.git_folder import commit, git

FOLDERS = ("org__a/r1", "org__a/r2", "org__b/r1", "org__c/r1", "org__unknown/r1")
TASKS = ("T1", "T2", "T3")


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


def test_the_commit_of_files_that_another_process_changes_is_asked_for(followed: Followed) -> None:
    near = followed.fetch()
    commit(followed.repository, 0.25)
    head = git(followed.repository, "rev-parse", "HEAD")
    followed.fetch()
    assert followed.read(near=near).origin.commit == head
