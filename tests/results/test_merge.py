"""Several sources as one: which file wins, and what each source is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.results.merge import Merged, Part, labelled, labels_of, merge, same_file
from frontrunner.results.read import Options, RawResults, read_source
from frontrunner.results.rejects import Reason, Reject
from tests.factories import catalog, result, write


def read(folder: Path) -> RawResults:
    return read_source(folder, catalog(), Options(workers=1))


def merged_of(folder: Path, **files: list[str]) -> Merged:
    """The merge of sources by name, each with its files; all of T1."""
    for source, names in files.items():
        for name in names:
            write(folder / source, name, result("T1", 0.5))
        write(folder / source, "notes.txt", b"x")
        for line in ('{"task": "T1"}', f'{{"task": "T2", "of": "{source}"}}'):
            path = folder / source / "org__a/r/run_settings.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                file.write(line + "\n")
    return merge([Part(source, read(folder / source)) for source in files])


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        ([], []),
        (["a"], ["a"]),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a", "b"], ["a", "a-2", "a-3", "b"]),
        (["a", "a-2", "a"], ["a", "a-2", "a-3"]),
    ],
)
def test_labels_are_told_apart(names: list[str], labels: list[str]) -> None:
    assert labels_of(names) == labels


def test_a_label_comes_before_the_path() -> None:
    reject = Reject("x.json", Reason.NOT_JSON, "empty")
    assert labelled(reject, "one") == Reject("one/x.json", Reason.NOT_JSON, "empty")


def test_one_source_is_left_as_it_is(tmp_path: Path) -> None:
    found = merged_of(tmp_path, one=["org__a/r/T1.json"])
    assert found.raw.files.paths == ["org__a/r/T1.json"]
    assert found[1:3] == ({}, ("one",))
    assert found.replaced == (0,)
    assert [one.path for one in found.raw.rejects] == ["notes.txt"]


def test_the_last_of_three_sources_wins(tmp_path: Path) -> None:
    shared = "org__a/r/T1.json"
    found = merged_of(
        tmp_path,
        one=[shared, "org__b/r/T1.json"],
        two=["org/a/r/T1.json", "org__b/s/T1.json"],
        three=[shared],
    )
    assert found.raw.files.paths == ["org__a/r/T1.json", "org__b/r/T1.json", "org__b/s/T1.json"]
    assert found.source == {shared: 2, "org__b/r/T1.json": 0, "org__b/s/T1.json": 1}
    assert (found.labels, found.replaced) == (("one", "two", "three"), (1, 1, 0))
    assert [one.name for one in found.origins] == ["one", "two", "three"]
    assert found.raw.origin == found.origins[0]
    assert sorted(found.raw.rejects) == [
        Reject("one/notes.txt", Reason.OUT_OF_PLACE),
        Reject("one/org__a/r/T1.json", Reason.REPLACED, "three/org__a/r/T1.json"),
        Reject("three/notes.txt", Reason.OUT_OF_PLACE),
        Reject("two/notes.txt", Reason.OUT_OF_PLACE),
        Reject("two/org/a/r/T1.json", Reason.REPLACED, "three/org__a/r/T1.json"),
    ]
    assert found.raw.seen == 5 + 3 + 3
    assert [(one.folder, one.task, "three" in one.settings) for one in found.raw.settings] == [
        ("org__a/r", "T1", False), ("org__a/r", "T2", True),
    ]  # fmt: skip


def test_the_layout_of_a_source_does_not_matter(tmp_path: Path) -> None:
    found = merged_of(tmp_path, one=["org__a/r/T1.json"], two=["org/a/r/T1.json"])
    assert list(same_file(found.raw.files)) == ["org__a/r/T1.json"]
    assert found.raw.files.paths == ["org/a/r/T1.json"]
