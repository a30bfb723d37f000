"""Results in a .zip: the same limits and the same care as for other archives."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from frontrunner.base.errors import SourceError
from frontrunner.results import archive, zips
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.rejects import Reason
from tests.factories import catalog, result
from tests.results.origin_lists import lists_of


def pack(path: Path, members: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def score(value: float) -> bytes:
    return json.dumps(result("T1", value)).encode()


def read(path: Path, workers: int = 1) -> Ingested:
    return ingest(path, catalog(), workers=workers)


@pytest.mark.parametrize(
    "name",
    [
        "org__a/r1/T1.json",
        "results/org__a/r1/T1.json",
        "results-main/results/org__a/r1/T1.json",
        "./results/org__a/r1/T1.json",
        "mine/org__a/r1/T1.json",
        "org/a/T1.json",
        "results\\org__a\\r1\\T1.json",
        "C:\\data\\results\\org__a\\r1\\T1.json",
    ],
)
def test_a_zip_is_a_source(tmp_path: Path, name: str) -> None:
    ingested = read(pack(tmp_path / "more.zip", {name: score(0.5)}))
    assert ingested.table.score.tolist() == [0.5]
    assert (ingested.origin.kind, ingested.origin.name) == ("archive", "more.zip")
    assert ingested.origin.digest


def test_several_processes_read_what_one_reads(tmp_path: Path) -> None:
    members = {f"org__{m}/r1/T{t}.json": json.dumps(result(f"T{t}", 0.5)).encode()
               for m in "ab" for t in (1, 2)}  # fmt: skip
    path = pack(tmp_path / "x.zip", members)
    assert lists_of(read(path, workers=2).origins) == lists_of(read(path).origins)


def test_names_that_leave_the_folder_and_links(tmp_path: Path) -> None:
    names = [
        "../T1.json", "/abs/T1.json", "..\\T1.json", "results\\..\\..\\T1.json", "\\abs\\T1.json"
    ]  # fmt: skip
    ingested = read(pack(tmp_path / "x.zip", dict.fromkeys(names, score(1.0))))
    assert [(one.path, str(one.reason)) for one in ingested.rejects] == [
        (name, "unsafe-name") for name in sorted(names)
    ]
    link = pack(tmp_path / "l.zip", {"org__a/r1/T1.json": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    assert [str(one.reason) for one in read(link).rejects] == ["not-a-file"]


def test_a_member_without_a_name_is_set_aside(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"org__a/r1/T1.json": score(0.5), "org__b/r1/T1.json": b""})
    # The directory of an archive ends a name at a NUL.
    path.write_bytes(path.read_bytes().replace(b"org__b/r1", b"\0rg__b/r1"))
    ingested = read(path)
    assert ingested.table.score.tolist() == [0.5]
    assert [(one.path, one.reason) for one in ingested.rejects] == [("", Reason.UNSAFE_NAME)]


def test_a_member_that_says_it_is_small_is_not_unpacked_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_FILE_BYTES", 1000)
    ingested = read(pack(tmp_path / "x.zip", {"org__a/r1/T1.json": b" " * 1001}))
    assert [str(one.reason) for one in ingested.rejects] == ["too-large"]


def test_an_archive_that_unpacks_to_far_more_than_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_FREE_BYTES", 0)
    monkeypatch.setattr(archive, "_MAX_RATIO", 10)
    with pytest.raises(SourceError, match="more than 10 times its size"):
        read(pack(tmp_path / "x.zip", {"org__a/r1/T1.json": b" " * 100_000}))


def test_a_member_twice_counts_as_where_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("org__a/r1/T1.json", score(0.25))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("org__a/r1/T1.json", score(0.5))
    ingested = read(path)
    assert ingested.table.score.tolist() == [0.5]
    assert [str(one.reason) for one in ingested.rejects] == ["superseded"]


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"org__a/r1/T1.json": score(0.5)})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert [str(one.reason) for one in read(path).rejects] == ["not-a-file"]


def test_a_zip_cut_off_or_damaged_anywhere_is_an_error_or_the_same(tmp_path: Path) -> None:
    whole = pack(tmp_path / "x.zip", {"org__a/r1/T1.json": os.urandom(500)}).read_bytes()
    for length in range(0, len(whole) - 1, 37):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(whole[:length])
        with pytest.raises(SourceError, match=r"cut\.zip is not a readable archive"):
            read(cut)


def test_damage_to_an_lzma_member_is_an_error_or_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("org__a/r1/T1.json", score(0.5))
    whole = path.read_bytes()
    content = whole.index(b"T1.json") + len(b"T1.json")
    said = set()
    for place in range(content, content + 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read(path)
        except SourceError as error:
            said.add(str(error).partition(": ")[0])
    assert said == {f"{path} is not a readable archive"}
