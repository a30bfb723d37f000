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
        write(followed.repository, ".gitignore", "T2.json\n")
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
