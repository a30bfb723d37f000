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


def test_a_bare_repository_has_a_history(folder: Path, tmp_path: Path) -> None:
    put(folder, "one")
    second = put(folder, "two")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(folder.parent), str(bare))
    found = History.of(bare)
    assert found is not None
    assert found.paths == [PATH]
    assert [(data, one.commit) for _, one, data in found.versions([PATH])] == [(b"one", second)]
    assert list(found.today([PATH, "no/such.json"])) == [(PATH, b"two")]


def test_results_at_the_top_of_a_bare_repository(folder: Path, tmp_path: Path) -> None:
    (folder / PATH).write_text("one")
    commit(folder)
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), str(bare))
    found = History.of(bare)
    assert found is not None
    assert list(found.today([PATH])) == [(PATH, b"one")]


def test_files_beside_the_results_are_no_part_of_the_history(folder: Path) -> None:
    (folder.parent / "README.json").write_text("one")
    put(folder, "one")
    assert of(folder).brought("README.json") is None
    assert of(folder).brought("../README.json") is None


def test_a_repository_without_a_commit_has_no_history(folder: Path, tmp_path: Path) -> None:
    git(folder.parent, "init", "--quiet")
    assert History.of(folder) is None


def test_a_moved_folder_and_a_removed_one_are_told_apart(folder: Path) -> None:
    put(folder, "one")
    put(folder, "gone", "org__a/main/T2.json")
    (folder / "new__a/main").mkdir(parents=True)
    (folder / PATH).rename(folder / "new__a/main/T1.json")
    (folder / "org__a/main/T2.json").unlink()
    last = commit(folder.parent)
    found = of(folder)
    assert found.former == {"new__a": ["org__a"]}
    assert found.renamed == {"org__a"}
    assert found.gone["org__a"].commit == last
    assert str(found.gone["org__a"]).startswith(f"{last[:10]} of 20")


def test_settings_of_the_repository_cannot_act(folder: Path, tmp_path: Path) -> None:
    """Neither a text converter nor a pager, a hook or a file monitor is started."""
    put(folder, "one")
    put(folder, "two")
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    for key in ("core.pager", "core.fsmonitor", "diff.x.textconv", "diff.x.command",
                "filter.x.smudge", "diff.external", "gpg.program", "core.sshCommand"):  # fmt: skip
        git(folder.parent, "config", key, str(program))
    git(folder.parent, "config", "log.showSignature", "true")
    (folder.parent / ".git/info/attributes").write_text("* diff=x filter=x\n")
    assert [data for _, _, data in of(folder).versions([PATH])] == [b"one"]
    assert list(of(folder).today([PATH])) == [(PATH, b"two")]
    assert not ran.exists()
