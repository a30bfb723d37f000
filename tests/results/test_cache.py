"""What was read is remembered, and read again if anything says that it changed."""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import Future
from itertools import compress
from pathlib import Path

import pytest

from frontrunner.results import cache as cache_module
from frontrunner.results import read as read_module
from frontrunner.results.cache import Remembered, Stored, load, recall, remember, unchanged
from frontrunner.results.chunk import knowledge_of, read_chunk
from frontrunner.results.files import Files, files_of, merged
from frontrunner.results.ingest import Ingested, joined
from frontrunner.results.read import Options, read_source
from frontrunner.results.rejects import Reject
from frontrunner.results.sources import Content, FolderReader, folder_items, folder_stamps
from tests.factories import catalog, result, write

KNOWN = catalog()
NAME = "org__a/r/T1.json"
LATER = 1 << 62


def files_below(root: Path) -> Files:
    return files_of(read_chunk(folder_items(str(root), ["org__a"]), knowledge_of(KNOWN)))


def read(root: Path, fresh: bool = False) -> Ingested:
    options = Options(workers=1, cache=root.parent / "cache", fresh=fresh)
    return joined(read_source(root, KNOWN, options), KNOWN)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one result file, read once."""
    write(tmp_path / "results", NAME, result("T1", 0.25))
    monkeypatch.setattr(cache_module, "_TICK", 0)
    time.sleep(0.02)
    read(tmp_path / "results")
    return tmp_path / "results"


def test_an_unchanged_file_is_not_read_again(root: Path) -> None:
    raw = read_source(root, KNOWN, Options(workers=1, cache=root.parent / "cache"))
    assert raw.seen == 1
    stands, changed = unchanged(files_below(root), [folder_stamps(str(root), ["org__a"])])
    assert (stands.tolist(), changed) == ([True], [])


def test_a_changed_score_is_noticed_though_size_and_time_are_kept(root: Path) -> None:
    path = root / NAME
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.75"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert read(root).table.score.tolist() == [0.75]


def test_a_file_put_in_place_of_another_is_noticed(root: Path) -> None:
    path = root / NAME
    status = path.stat()
    other = write(root.parent, "other.json", path.read_bytes().replace(b"0.25", b"0.75"))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    assert read(root).table.score.tolist() == [0.75]


@pytest.mark.parametrize("name", ["size", "mtime_ns", "ctime_ns", "inode"])
def test_each_stamp_counts(root: Path, name: str) -> None:
    stamps = folder_stamps(str(root), ["org__a"])
    getattr(stamps, name)[0] += 1
    stands, changed = unchanged(files_below(root), [stamps])
    assert (stands.tolist(), changed) == ([False], [NAME])


@pytest.mark.parametrize("size", [1, 2, 3, 20])
def test_any_changes_are_found_however_the_stamps_are_parted(tmp_path: Path, size: int) -> None:
    chance = random.Random(size)
    # Files of `org__m-x` sort before those of `org__m`, whose slash comes after the hyphen.
    every = sorted(f"org__m{one}/r/T{n}.json" for one in ("-x", "", 0, 1, 2) for n in range(3))
    known = knowledge_of(KNOWN)
    for _ in range(20):
        before = chance.sample(every, chance.choice([0, len(every) - 1, chance.randrange(15)]))
        root = tmp_path / str(chance.random())
        for name in before:
            write(root, name, result("T1", 0.5))
        models = sorted({name.split("/")[0] for name in every}, key=lambda name: f"{name}/")
        had = merged([files_of(read_chunk(folder_items(str(root), [m]), known)) for m in models])
        gone = chance.sample(before, len(before) // 4)
        changed = set(chance.sample(every, chance.choice([0, 2]))) - set(gone)
        for name in gone:
            (root / name).unlink()
        for name in changed:
            write(root, name, result("T1", 0.75, "longer"))
        parts = [models[begin : begin + size] for begin in range(0, len(models), size)]
        stands, again = unchanged(had, [folder_stamps(str(root), part) for part in parts])
        assert again == sorted(changed)
        assert list(compress(had.paths, stands)) == sorted({*before} - {*gone} - changed)


def test_a_file_that_changed_while_it_was_read_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "results", NAME, result("T1", 0.25))
    files = files_below(tmp_path / "results")
    stamps = folder_stamps(str(tmp_path / "results"), ["org__a"])
    changed_at = int(files.ctime_ns[0])
    for began, again in ((changed_at + cache_module._TICK, [NAME]), (LATER, [])):
        remember(tmp_path / "memory", "k", Remembered(files), began)
        remembered = recall(tmp_path / "memory", "k")
        assert remembered is not None
        assert unchanged(remembered.files, [stamps])[1] == again


def test_everything_is_remembered(root: Path) -> None:
    write(root, "org__a/r/T2.json", result("T2", float("nan")) | {"date": 1.5e9})
    files = files_below(root)
    remember(root.parent / "memory", "k", Remembered(files), LATER)
    remembered = recall(root.parent / "memory", "k")
    assert remembered is not None
    for name, column in files._asdict().items():
        assert repr(list(getattr(remembered.files, name))) == repr(list(column)), name
    assert recall(root.parent / "memory", "other") is None


def test_what_is_recalled_beforehand_counts_while_its_file_is_the_same(root: Path) -> None:
    memory, begun = root.parent / "memory", Future[Stored | None]()
    remember(memory, "k", Remembered(files_below(root), "old"), LATER)
    begun.set_result(load(memory))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache_module, "load", lambda _: pytest.fail("it was read again"))
        found = recall(memory, "k", begun)
        assert found is not None
        assert found.tree == "old"
        assert recall(memory, "other", begun) is None
    remember(memory, "k", Remembered(files_below(root), "new"), LATER)
    found = recall(memory, "k", begun)
    assert found is not None
    assert found.tree == "new"
    memory.unlink()
    assert recall(memory, "k", begun) is None


def test_what_was_not_there_beforehand_is_recalled(root: Path) -> None:
    memory, begun = root.parent / "memory", Future[Stored | None]()
    begun.set_result(load(memory))
    remember(memory, "k", Remembered(files_below(root)), LATER)
    assert recall(memory, "k", begun) is not None


def test_a_damaged_memory_is_not_used_whichever_byte_changed(root: Path) -> None:
    [memory] = (root.parent / "cache").iterdir()
    whole = memory.read_bytes()
    digest = cache_module.knowledge_digest(knowledge_of(KNOWN))
    assert recall(memory, digest) is not None
    for place in range(len(whole)):
        memory.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert recall(memory, digest) is None, place
    for length in (0, 1, 3, 4, 5, len(whole) // 2, len(whole) - 1):
        memory.write_bytes(whole[:length])
        assert recall(memory, digest) is None, length
    memory.write_bytes(whole + whole)
    assert read(root).table.score.tolist() == [0.25]
    assert memory.read_bytes() == whole  # written again


def test_what_another_release_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = knowledge_of(KNOWN)
    before = cache_module.knowledge_digest(known)
    assert cache_module.knowledge_digest(known) == before
    monkeypatch.setattr(cache_module, "__version__", "99")
    assert cache_module.knowledge_digest(known) != before


@pytest.mark.parametrize(("changed", "all_again"), [(2, False), (3, True)])
def test_of_many_files_a_few_are_read_and_many_with_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: int, all_again: bool
) -> None:
    root = tmp_path / "results"
    names = [f"org__a/r{number}/T1.json" for number in range(8)]
    for name in names:
        write(root, name, result("T1", 0.25))
    monkeypatch.setattr(cache_module, "_TICK", 0)
    monkeypatch.setattr(read_module, "_WORTH_PROCESSES", 0)
    time.sleep(0.02)
    read(root)
    taken: list[str] = []
    opened = FolderReader.read

    def noted(self: FolderReader, path: str) -> Content | Reject:
        taken.append(path)
        return opened(self, path)

    monkeypatch.setattr(FolderReader, "read", noted)
    for name in names[:changed]:
        write(root, name, result("T1", 0.5))
    read(root)
    assert taken == (names if all_again else names[:changed])


def test_fresh_reads_what_the_cache_takes_for_unchanged(root: Path) -> None:
    [memory] = (root.parent / "cache").iterdir()
    digest = cache_module.knowledge_digest(knowledge_of(KNOWN))
    remembered = recall(memory, digest)
    assert remembered is not None
    files = remembered.files._replace(row_score=remembered.files.row_score + 0.5)
    remember(memory, digest, remembered._replace(files=files), LATER)
    assert read(root).table.score.tolist() == [0.75]  # the cache is believed
    assert read(root, fresh=True).table.score.tolist() == [0.25]
    assert read(root).table.score.tolist() == [0.25]  # and was written again
