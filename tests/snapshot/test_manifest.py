"""Manifests: names made of content, and every difference named."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.errors import CorruptSnapshotError
from frontrunner.results.origin import Origin
from frontrunner.snapshot import manifest as manifests
from frontrunner.snapshot.manifest import (
    FORMAT,
    Counts,
    FileEntry,
    Manifest,
    Provenance,
    damage,
    differences,
    file_digest,
    make_manifest,
    read_manifest,
)

COUNTS = Counts(
    files_seen=4, files_used=2, files_rejected=1, files_set_aside=1, rows=2, models=1, tasks=2,
    benchmarks=1, rejected_by_reason={"not-json": 1},
)  # fmt: skip
PROVENANCE = Provenance(
    builder="frontrunner 1", catalog="by hand", results=Origin("folder", "r"), counts=COUNTS
)
ONE, TWO = FileEntry(1, "a" * 64), FileEntry(2, "b" * 64)


def changed(**facts: Any) -> Provenance:
    return msgspec.structs.replace(PROVENANCE, **facts)


@pytest.mark.parametrize("length", [0, 1, 1 << 18, (1 << 18) + 1, 3_000_001])
def test_a_digest_is_of_the_whole_file(tmp_path: Path, length: int) -> None:
    content = random.Random(length).randbytes(length)
    (tmp_path / "x").write_bytes(content)
    assert file_digest(tmp_path / "x") == FileEntry(length, hashlib.sha256(content).hexdigest())


def test_the_name_is_made_of_the_content() -> None:
    found = make_manifest(PROVENANCE, {"b": TWO, "a": ONE})
    assert (found.format, found.provenance) == (FORMAT, PROVENANCE)
    assert list(found.files.items()) == [("a", ONE), ("b", TWO)]
    assert found == make_manifest(PROVENANCE, {"a": ONE, "b": TWO})
    assert len(bytes.fromhex(found.id)) == 8
    names = [
        make_manifest(provenance, files).id
        for provenance in (PROVENANCE, changed(builder="frontrunner 2"), changed(catalog="other"))
        for files in ({"a": ONE}, {"a": TWO}, {"b": ONE}, {"a": ONE, "b": TWO})
    ]
    assert len(set(names)) == len(names)


def test_the_order_of_counts_leaves_no_trace_in_the_name() -> None:
    one, other = (
        changed(counts=msgspec.structs.replace(COUNTS, rejected_by_reason=reasons))
        for reasons in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )
    assert make_manifest(one, {}).id == make_manifest(other, {}).id


def test_one_source_and_several() -> None:
    origins = (Origin("folder", "one"), Origin("archive", "two.zip"))
    assert PROVENANCE.sources == (Origin("folder", "r"),)
    assert changed(results=origins).sources == origins


def written(folder: Path, found: Manifest) -> Path:
    path = folder / "manifest.json"
    path.write_bytes(msgspec.json.encode(found))
    return path


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = make_manifest(PROVENANCE, {"a": ONE})
    written(tmp_path, found)
    assert read_manifest(tmp_path) == found


@pytest.mark.parametrize("number", [FORMAT - 1, FORMAT + 1])
def test_a_manifest_of_another_format_is_refused(tmp_path: Path, number: int) -> None:
    found = msgspec.structs.replace(make_manifest(PROVENANCE, {}), format=number)
    path = written(tmp_path, found)
    with pytest.raises(CorruptSnapshotError) as caught:
        read_manifest(tmp_path)
    assert str(caught.value) == (
        f"{path} has format {number}; this frontrunner reads format {FORMAT}. Build it again."
    )


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b"{}", b'{"format": 3}', b"[" * 100_000, b"\xff"]
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(CorruptSnapshotError, match=r"manifest\.json cannot be read: ..*snapshots"):
        read_manifest(tmp_path)


def files_in(folder: Path, **content: bytes) -> dict[str, FileEntry]:
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return {name: file_digest(folder / name) for name in content}


def test_every_difference_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_in(tmp_path, a=b"1", b=b"1" * 2000, c=b"1", d=b"1", e=b"1")
    assert list(differences(tmp_path, files)) == []
    (tmp_path / "a").unlink()
    (tmp_path / "b").write_bytes(b"1" * 1999)
    (tmp_path / "d").write_bytes(b"2")
    (tmp_path / "e").unlink()
    (tmp_path / "e").mkdir()
    real = file_digest

    def digest(path: Path) -> FileEntry:
        if path.name == "c":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(manifests, "file_digest", digest)
    assert list(differences(tmp_path, files)) == [
        "a is missing",
        "b has 1,999 bytes, not 2,000",
        "c cannot be read: Permission denied",
        "d has been changed",
        "e is missing",
    ]


def test_an_edited_name_or_provenance_is_damage(tmp_path: Path) -> None:
    found = make_manifest(PROVENANCE, files_in(tmp_path, a=b"1"))
    assert list(damage(tmp_path, found)) == []
    for edited in (
        msgspec.structs.replace(found, id="0" * 16),
        msgspec.structs.replace(found, provenance=changed(catalog="other")),
    ):
        assert list(damage(tmp_path, edited)) == [
            f"manifest.json does not match the name {edited.id}"
        ]
    (tmp_path / "a").unlink()
    assert list(damage(tmp_path, found)) == ["a is missing"]
