"""What git remembers of result files."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.checks.parity import history
from frontrunner.checks.parity.history import History
from tests.checks.parity.repository import commit, git

PATH = "org__a/main/T1.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results/org__a/main").mkdir(parents=True)
    return tmp_path / "results"


def put(folder: Path, text: str, path: str = PATH) -> str:
    """Write a file and commit it."""
    (folder / path).write_text(text, encoding="utf-8")
    return commit(folder.parent)


def of(folder: Path) -> History:
    found = History.of(folder)
    assert found is not None
    return found


def test_each_version_comes_with_the_commit_that_ended_it(folder: Path) -> None:
    put(folder, "one")
    second = put(folder, "two")
    (folder / PATH).unlink()
    third = commit(folder.parent)
    found = list(of(folder).versions([PATH, "no/such/file.json"]))
    assert [(path, data) for path, _, data in found] == [(PATH, b"two"), (PATH, b"one")]
    assert [change.commit for _, change, _ in found] == [third, second]
    assert str(found[0][1]).startswith(f"{third[:10]} of 20")


def test_a_file_that_never_changed_has_no_earlier_version(folder: Path) -> None:
    first = put(folder, "one")
    found = of(folder)
    assert found.paths == []
    brought = found.brought(PATH)
    assert brought is not None
    assert brought.commit == first
    assert found.brought("no/such/file.json") is None


def test_a_merge_counts_as_one_change(folder: Path) -> None:
    put(folder, "one")
    git(folder.parent, "checkout", "--quiet", "-b", "side")
    put(folder, "two")
    git(folder.parent, "checkout", "--quiet", "-")
    put(folder, "other", "org__a/main/T2.json")
    git(folder.parent, "merge", "--quiet", "--no-ff", "--message", "m", "side")
    merge = git(folder.parent, "rev-parse", "HEAD")
    [(_, change, data)] = of(folder).versions([PATH])
    assert (change.commit, data) == (merge, b"one")


def test_versions_are_read_in_portions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_AT_ONCE", 2)
    for number in range(6):
        put(folder, f"{number}\n" * number)
    assert [data for _, _, data in of(folder).versions([PATH])] == [
        f"{number}\n".encode() * number for number in (4, 3, 2, 1, 0)
    ]


def test_names_of_any_letters_are_found(folder: Path) -> None:
    put(folder, "one", "org__a/main/Tâche é.json")
    put(folder, "two", "org__a/main/Tâche é.json")
    assert of(folder).paths == ["org__a/main/Tâche é.json"]


def test_a_version_that_git_lost_is_left_out(folder: Path) -> None:
    lost = "1" * 40
    put(folder, "one")
    put(folder, "two")
    [(_, change, _)] = of(folder).versions([PATH])
    other = History(folder, {PATH: [change._replace(before=lost), change]})
    assert [data for _, _, data in other.versions([PATH])] == [b"one"]


def test_no_repository_has_no_history(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert History.of(folder) is None
    monkeypatch.setenv("PATH", "")
    assert History.of(folder) is None
