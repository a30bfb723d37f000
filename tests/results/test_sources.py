"""Folders and archives: nothing is followed, nothing vanishes."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import SourceError
from frontrunner.results.archive import walk_archive
from frontrunner.results.fetch import fetch
from frontrunner.results.ingest import Ingested, ingest
from frontrunner.results.rejects import Reason, Reject
from frontrunner.results.sources import FolderReader
from tests.factories import catalog, result, write
from tests.results.origin_lists import lists_of

KNOWN = catalog()


def read(source: Path, cache: Path | None = None) -> Ingested:
    return ingest(source, KNOWN, workers=1, cache=cache)


def reasons(ingested: Ingested) -> dict[str, str]:
    return {reject.path: str(reject.reason) for reject in ingested.rejects}


def assert_accounted(ingested: Ingested, plain: int) -> None:
    """Every file is used, rejected, or one of the `plain` ones that say something else."""
    assert ingested.files_seen == ingested.files_used + len(ingested.rejects) + plain


def test_a_folder_of_hostile_things(tmp_path: Path) -> None:
    root = tmp_path / "results"
    write(root, "org__a/r1/T1.json", result("T1", 0.5))
    write(root, "org__a/r1/run_settings.jsonl", b'{"task": "T1", "split": "test"}\n\n')
    write(root, "org__a/r1/notes.txt", b"hello")
    write(root, "org__a/deep.json", b"{}")
    write(root, "org__x/r1/T1.json", result("T1", 0.5))
    write(root, "stray.json", b"{}")
    write(tmp_path, "secret.json", result("T1", 1.0))
    (root / "org__a/r1/T2.json").symlink_to(tmp_path / "secret.json")
    (root / "org__a/r1/loop").symlink_to(root, target_is_directory=True)
    (root / "org__b").symlink_to(root / "org__a", target_is_directory=True)
    os.mkfifo(root / "org__a/r1/pipe.json")
    with (root / "org__a/r1/huge.json").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    os.close(os.open(os.fsencode(root / "org__a/r1") + b"/\xff.json", os.O_CREAT | os.O_WRONLY))
    ingested = read(tmp_path)
    assert ingested.table.score.tolist() == [0.5]
    assert len(ingested.run_settings) == 1
    assert reasons(ingested) == {
        "org__a/r1/notes.txt": "out-of-place",
        "org__a/deep.json": "wrong-shape",
        "org__x/r1/T1.json": "unknown-model",
        "stray.json": "out-of-place",
        "org__a/r1/T2.json": "symlink",
        "org__a/r1/loop": "symlink",
        "org__b": "symlink",
        "org__a/r1/pipe.json": "not-a-file",
        "org__a/r1/huge.json": "too-large",
        "org__a/r1/\\xff.json": "not-json",
    }
    assert_accounted(ingested, plain=1)


def pack(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], form: int) -> Path:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    path.write_bytes(zstandard.ZstdCompressor().compress(buffer.getvalue()))
    return path


NAME = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1)


@given(
    st.lists(st.tuples(st.lists(NAME, min_size=1, max_size=6), st.binary(max_size=2000))),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_archives_are_read_as_the_standard_library_reads_them(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[str], bytes]], form: int
) -> None:
    members = [(tarfile.TarInfo("/".join(parts)), data) for parts, data in files]
    path = pack(tmp_path_factory.mktemp("tar") / "x.tar.zst", members, form)
    raw = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        theirs = [(m.name, tar.extractfile(m).read()) for m in tar if m.isfile()]  # type: ignore[union-attr]
    ours = [(member.name, member.data) for member in walk_archive(path) if member.regular]
    assert [data for _, data in ours] == [data for _, data in theirs]
    assert [name.rstrip("/") for name, _ in ours] == [name for name, _ in theirs]


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_names_that_leave_the_folder_and_things_that_are_no_files(tmp_path: Path) -> None:
    good = json.dumps(result("T1", 1.0)).encode()
    path = pack(
        tmp_path / "x.tar.zst",
        [
            (tarfile.TarInfo("results/org__a/r1/T1.json"), good),
            (tarfile.TarInfo("results/../../etc/T1.json"), good),
            (tarfile.TarInfo("/abs/T1.json"), good),
            special("results/org__a/r1/link.json", tarfile.SYMTYPE, "/etc/passwd"),
            special("results/org__a/r1/dev.json", tarfile.CHRTYPE),
        ],
        tarfile.GNU_FORMAT,
    )
    ingested = read(path)
    assert ingested.table.score.tolist() == [1.0]
    assert reasons(ingested) == {
        "results/../../etc/T1.json": "unsafe-name",
        "/abs/T1.json": "unsafe-name",
        "org__a/r1/link.json": "not-a-file",
        "org__a/r1/dev.json": "not-a-file",
    }
    assert ingested.origin.digest


def test_an_archive_cut_off_anywhere_is_an_error_that_says_so(tmp_path: Path) -> None:
    members = [(tarfile.TarInfo(f"results/org__a/r1/T{n}.json"), os.urandom(700)) for n in (1, 2)]
    whole = pack(tmp_path / "x.tar.zst", members, tarfile.GNU_FORMAT).read_bytes()
    for length in range(0, len(whole) - 1, 97):
        cut = tmp_path / "cut.tar.zst"
        cut.write_bytes(whole[:length])
        with pytest.raises(SourceError, match=r"cut\.tar\.zst"):
            read(cut)


def test_what_is_no_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        fetch(str(tmp_path / "nothing"), tmp_path)
    with pytest.raises(SourceError, match="not a source of results"):
        read(write(tmp_path, "x.txt", b"hello"))


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    root, cache = tmp_path / "results", tmp_path / "cache"
    folder = "org__a/r1/experiments/x"
    write(root, "org__a/r1/T1.json", result("T1", 0.5))
    write(root, "org__b/r1/T1.json", result("T1", 0.25))
    write(root, f"{folder}/T1.json", result("T1", 0.1))
    meta = {"name": "org/a", "revision": "r1", "experiment_kwargs": {"k": 1}}
    write(root, f"{folder}/model_meta.json", meta)
    first = read(root, cache)
    again = read(root, cache)
    assert again.table.score.tolist() == first.table.score.tolist()
    assert again.files_seen == first.files_seen == 4
    write(root, "org__b/r1/T1.json", result("T1", 0.125, version="3.0"))
    write(root, "org__b/r1/T2.json", result("T2", 0.75))
    (root / "org__a/r1/T1.json").unlink()
    changed = read(root, cache)
    fresh = read(root)
    assert changed.table.score.tolist() == fresh.table.score.tolist()
    assert lists_of(changed.origins) == lists_of(fresh.origins)
    assert changed.rejects == fresh.rejects
    assert changed.files_seen == fresh.files_seen == 4


def test_a_damaged_memory_is_read_past(tmp_path: Path) -> None:
    root, cache = tmp_path / "results", tmp_path / "cache"
    write(root, "org__a/r1/T1.json", result("T1", 0.5))
    read(root, cache)
    [kept] = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:-5])
    assert read(root, cache).table.rows == 1


def test_reasons_all_have_a_remedy() -> None:
    from frontrunner.results.rejects import REMEDY

    assert set(REMEDY) == set(Reason)


def tarred(folder: Path, top: str = "") -> Path:
    """An archive of `folder`, its files below `top`."""
    path = folder.with_name("archive.tar.gz")
    with tarfile.open(path, "w:gz") as tar:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                tar.add(file, f"{top}{file.relative_to(folder)}")
    return path


@pytest.mark.parametrize("top", ["", "results-main/"])
@pytest.mark.parametrize(
    ("files", "rejected"),
    [
        (["README.md", "results/org__a/r/T1.json"], {}),
        (["results/org__a/r/T1.json", "scripts/check.py", "z.json"], {}),
        (["README.md", "results/org__a/r/T1.json", "org__b/r/T1.json"], {}),
        (
            ["results/README.md", "results/org__a/r/T1.json"],
            {"README.md": "out-of-place"},
        ),
    ],
)
def test_beside_a_folder_results_nothing_is_read_in_an_archive_or_a_folder(
    tmp_path: Path, top: str, files: list[str], rejected: dict[str, str]
) -> None:
    source = tmp_path / "source"
    for name in files:
        write(source, name, result("T1", 0.5))
    for one in (source, tarred(source, top)):
        ingested = read(one)
        assert reasons(ingested) == rejected
        assert ingested.origins.path == ["org__a/r/T1.json"]


def test_a_file_beside_models_is_out_of_place_in_an_archive_and_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "README.md", b"hello")
    write(source, "org__a/r/T1.json", result("T1", 0.5))
    for one in (source, tarred(source)):
        assert reasons(read(one)) == {"README.md": "out-of-place"}


def test_a_pax_header_of_very_many_records_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("pax")
    info.type = tarfile.XHDTYPE
    path = pack(tmp_path / "x.tar.zst", [(info, b"6 a=b\n" * 1001)], tarfile.GNU_FORMAT)
    with pytest.raises(SourceError, match="more than 1000 records"):
        read(path)


def test_what_cannot_be_opened_has_a_reason(tmp_path: Path) -> None:
    found = FolderReader(str(tmp_path)).read("none.json")
    assert isinstance(found, Reject)
    assert (found.path, found.reason) == ("none.json", Reason.UNREADABLE)
    assert found.detail.startswith("[Errno 2] No such file or directory")
