"""Damaged archives, and archives that are made to harm, give members or an error, and end."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrunner.base.errors import SourceError
from frontrunner.results import archive, zips
from frontrunner.results.ingest import ingest
from frontrunner.results.read import walk_members
from tests.factories import catalog, result

CONTENT = b'{"task_name": "T1", "scores": {}}' * 20
NAMES = ("results/org__a/r1/T1.json", "results/org__a/r1/" + "long" * 40 + ".json", "results/x/")


def tar(format: int) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=format) as target:
        for name in NAMES:
            info = tarfile.TarInfo(name.rstrip("/"))
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            info.size = 0 if name.endswith("/") else len(CONTENT)
            target.addfile(info, io.BytesIO(CONTENT))
    return made.getvalue()


def zipped(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        for name in NAMES:
            target.writestr(name, b"" if name.endswith("/") else CONTENT)
    return made.getvalue()


WHOLE = {
    "gnu.tar": tar(tarfile.GNU_FORMAT),
    "pax.tar": tar(tarfile.PAX_FORMAT),
    "a.tar.gz": gzip.compress(tar(tarfile.PAX_FORMAT)),
    "a.tar.zst": zstandard.compress(tar(tarfile.GNU_FORMAT)),
    "stored.zip": zipped(zipfile.ZIP_STORED),
    "deflated.zip": zipped(zipfile.ZIP_DEFLATED),
    "bzip2.zip": zipped(zipfile.ZIP_BZIP2),
    "lzma.zip": zipped(zipfile.ZIP_LZMA),
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """An archive with bytes changed, left out, repeated or put in."""
    name = draw(st.sampled_from(sorted(WHOLE)))
    data = bytearray(WHOLE[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 64))
        how = draw(st.sampled_from(["change", "cut", "repeat", "insert", "end"]))
        if how == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del data[at : at + length]
        elif how == "repeat":
            data[at:at] = data[at : at + length]
        elif how == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=length))
        else:
            del data[at:]
    return name, bytes(data)


def members_or_error(path: Path) -> int | str:
    """The bytes of all members, or the error."""
    try:
        return sum(len(one.data or b"") for one in walk_members(path))
    except SourceError as error:
        return str(error)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_archive_gives_members_or_one_error(given_: tuple[str, bytes]) -> None:
    name, data = given_
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        found = members_or_error(path)
    assert str(path) in found if isinstance(found, str) else found <= 1_000_000


@pytest.mark.parametrize("name", WHOLE)
def test_whole_archives_have_their_members(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(WHOLE[name])
    found = {one.name: one.data for one in walk_members(tmp_path / name)}
    assert found == dict.fromkeys(NAMES[:2], CONTENT)


def test_a_bomb_of_any_kind_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each unpacks to far more than its size; the limits are lowered so that this takes no time."""
    monkeypatch.setattr(archive, "_FREE_BYTES", 1_000_000)
    monkeypatch.setattr(archive, "_MAX_RATIO", 2)
    zeros = bytes(3_000_000)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as target:
        for number in range(3):
            info = tarfile.TarInfo(f"results/org__a/r/T{number}.json")
            info.size = len(zeros)
            target.addfile(info, io.BytesIO(zeros))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(3):
            target.writestr(f"results/org__a/r/T{number}.json", zeros)
    bombs = {
        "a.tar.gz": gzip.compress(plain.getvalue()),
        "a.tar.zst": zstandard.compress(plain.getvalue()),
        "a.zip": made.getvalue(),
    }
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError, match="unpacks to more than 2 times its size"):
            list(walk_members(tmp_path / name))


def test_members_that_are_too_large_are_counted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(archive, "_FREE_BYTES", 100)
    monkeypatch.setattr(archive, "_MAX_RATIO", 0)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        for number in range(20):
            target.writestr(f"T{number}", b"x" * 10)
    with pytest.raises(SourceError, match="unpacks to more"):
        list(walk_members(tmp_path / "a.zip"))


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_a_member_beyond_the_limit_is_a_line_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    small, large = (str(result("T1", 0.5)).encode(), b"x" * 2_000)
    for module in (archive, zips):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", 1_000)
    path = tmp_path / name
    files = {"results/org__a/r1/T1.json": small, "results/org__a/r1/T2.json": large}
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as target:
            for inner, data in files.items():
                target.writestr(inner, data)
    else:
        with tarfile.open(path, "w:gz") as archived:
            for inner, data in files.items():
                info = tarfile.TarInfo(inner)
                info.size = len(data)
                archived.addfile(info, io.BytesIO(data))
    found = {one.path: str(one.reason) for one in ingest(path, catalog(), workers=1).rejects}
    assert found["org__a/r1/T2.json"] == "too-large"
