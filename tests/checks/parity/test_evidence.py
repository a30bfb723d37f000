"""Files that may have an old number, and the numbers in them."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.catalog import Model
from frontrunner.checks.parity.evidence import (
    EvidenceReader,
    FileRef,
    FoundNumber,
    Role,
    index_files,
    refs_of,
)
from frontrunner.checks.parity.history import History
from frontrunner.results.ingest import ingest
from tests.checks.parity.repository import commit, git
from tests.factories import catalog, result, snapshot_of, task, write

KNOWN = catalog([task("T1")], models=[Model(name="org/a", revision="main")])
PATH = "org__a/main/T1.json"
WINNER = FileRef(Role.WINS, PATH)


def number(value: float, **changed: Any) -> FoundNumber:
    return FoundNumber(Role.WINS, PATH, "test", "default", "main_score", value, lone=True)._replace(
        **changed
    )


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "source" / "results"
    write(folder, PATH, result("T1", {"test": {"default": 0.5}}))
    write(folder, "org__a/older/T1.json", result("T1", {"test": {"default": 0.25}}, "1.0"))
    write(folder, "old__a/main/T1.json", result("T1", {"test": {"default": 0.75}}))
    return folder


def test_files_are_found_by_folder_and_task_with_their_role(tmp_path: Path, results: Path) -> None:
    snapshot = snapshot_of(tmp_path / "home", ingest(results, KNOWN, workers=1))
    index = index_files(snapshot, ["org__a", "old__a"])
    assert refs_of(index, ["org__a", "old__a"], ["T1", "T9"]) == [
        WINNER,
        FileRef(Role.SUPERSEDED, "org__a/older/T1.json"),
        FileRef(Role.RENAMED, "old__a/main/T1.json"),
    ]
    assert refs_of(index_files(snapshot, ["old__a"]), ["org__a"], ["T1"]) == []


def test_earlier_versions_come_once_more(tmp_path: Path, results: Path) -> None:
    commit(results.parent)
    write(results, PATH, result("T1", {"test": {"default": 0.6}}))
    (results / "org__a/experiments").mkdir()
    commit(results.parent)
    snapshot = snapshot_of(tmp_path / "home", ingest(results, KNOWN, workers=1))
    index = index_files(snapshot, ["org__a"], History.of(results))
    assert FileRef(Role.EARLIER, PATH) in refs_of(index, ["org__a"], ["T1"])


@pytest.mark.parametrize("above", [True, False])
def test_numbers_are_read_from_a_folder(results: Path, above: bool) -> None:
    reader = EvidenceReader(results.parent if above else results, KNOWN)
    lost = FileRef(Role.RETIRED, "org__a/main/T2.json")
    earlier = FileRef(Role.EARLIER, PATH)
    assert reader.read([WINNER, lost, earlier]) == {WINNER: [number(50.0), number(50.0)]}


def test_numbers_are_read_from_an_archive(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(results, "results")
    assert EvidenceReader(path, KNOWN).read([WINNER])[WINNER][0] == number(50.0)
    with pytest.raises(SourceError, match="neither a folder nor an archive"):
        EvidenceReader(tmp_path / "none", KNOWN).read([WINNER])


def test_an_earlier_number_has_the_commit_that_removed_it(results: Path) -> None:
    commit(results.parent)
    write(results, PATH, result("T1", {"test": {"default": 0.6}}))
    second = commit(results.parent)
    history = History.of(results)
    assert history is not None
    reader = EvidenceReader(results, KNOWN)
    [(ref, found)] = reader.read_earlier([WINNER, FileRef(Role.EARLIER, PATH)], history).items()
    assert ref == FileRef(Role.EARLIER, PATH)
    assert {one.value for one in found} == {50.0}
    assert str(found[0]).startswith(f"{PATH} until commit {second[:10]} of ")


def test_a_bare_repository_is_read_like_a_folder(results: Path, tmp_path: Path) -> None:
    commit(results.parent)
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(results.parent), str(bare))
    history = History.of(bare)
    assert history is not None
    assert EvidenceReader(bare, KNOWN).read([WINNER], history)[WINNER][0] == number(50.0)


def test_a_file_with_several_subsets_has_no_lone_one(results: Path) -> None:
    both = {"test": {"de": 0.5, "en": 0.25}}
    write(results, PATH, result("T1", both))
    found = EvidenceReader(results, KNOWN).read([WINNER])[WINNER]
    assert {(one.subset, one.value, one.lone) for one in found} == {
        ("de", 50.0, False),
        ("en", 25.0, False),
    }


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"scores": 3})])
def test_a_damaged_file_has_no_numbers(results: Path, text: str) -> None:
    (results / PATH).write_text(text)
    assert EvidenceReader(results, KNOWN).read([WINNER]) == {WINNER: []}
