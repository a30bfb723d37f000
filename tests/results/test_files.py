"""Result files in columns: merging and keeping lose nothing and leave no trace of the shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.results.files import Files, merged, rows_of_files, with_fresh
from frontrunner.results.formats import FileCell
from frontrunner.results.read import Options, read_source
from tests.factories import catalog, result, write

SCORES = st.lists(st.sampled_from([0.1, 0.2, 0.3]), max_size=3)
READ = st.dictionaries(
    st.sampled_from([f"org__{model}/r/{task}.json" for model in "abc" for task in ("T1", "T2")]),
    SCORES,
)
Read = dict[str, list[float]]


def part(read: Read) -> Files:
    """What a worker read: path -> scores, in the order given."""
    texts: dict[str | None, int] = {}
    cells: list[FileCell] = [("test", f"s{n}", ("eng-Latn",)) for n in range(3)]

    def number(text: str | None) -> int:
        return texts.setdefault(text, len(texts))

    count = len(read)
    return Files(
        paths=list(read),
        folder=np.array([number(path.rpartition("/")[0]) for path in read], dtype=np.int32),
        task=np.array([number(path.rpartition("/")[2]) for path in read], dtype=np.int32),
        version=np.array([number("2.0")] * count, dtype=np.int32),
        dataset=np.array([number(None)] * count, dtype=np.int32),
        note=np.array([number(None)] * count, dtype=np.int32),
        texts=list(texts) or [None],
        rows=np.array([len(scores) for scores in read.values()], dtype=np.int32),
        size=np.array([len(path) for path in read], dtype=np.int64),
        mtime_ns=np.zeros(count, dtype=np.int64),
        ctime_ns=np.zeros(count, dtype=np.int64),
        inode=np.arange(count, dtype=np.int64),
        measured=np.full(count, np.nan),
        seconds=np.full(count, np.nan),
        cells=cells,
        row_cell=np.array([n for some in read.values() for n in range(len(some))], dtype=np.int32),
        row_score=np.array([one for some in read.values() for one in some], dtype=np.float64),
    )


def content(files: Files) -> dict[str, list[tuple[Any, ...]]]:
    """Path -> folder, task and rows, read through the columns."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    row = 0
    for number, path in enumerate(files.paths):
        where = files.texts[files.folder[number]], files.texts[files.task[number]]
        rows = []
        for _ in range(files.rows[number]):
            cell = files.cells[files.row_cell[row]]
            rows.append((*where, cell[1], float(files.row_score[row])))
            row += 1
        found[path] = rows
    assert row == len(files.row_score)
    return found


@given(READ, st.randoms())
def test_merging_does_not_depend_on_how_files_were_shared_out(read: Read, random: Any) -> None:
    paths = list(read)
    random.shuffle(paths)
    half = len(paths) // 2
    shares = [part({path: read[path] for path in some}) for some in (paths[:half], paths[half:])]
    both = merged(shares)
    assert both.paths == sorted(read)
    assert content(both) == content(merged([part(dict(sorted(read.items())))]))


@given(READ, st.data())
def test_kept_files_keep_their_rows(read: Read, data: st.DataObject) -> None:
    files = merged([part(read)])
    marks = data.draw(st.lists(st.booleans(), min_size=len(read), max_size=len(read)))
    kept = files.keep(np.array(marks, dtype=bool))
    wanted = [path for path, mark in zip(files.paths, marks, strict=True) if mark]
    assert content(kept) == {path: content(files)[path] for path in wanted}


@given(READ, READ, st.randoms())
def test_fresh_files_are_put_where_merging_would_put_them(
    read: Read, again: Read, random: Any
) -> None:
    paths = list(read)
    random.shuffle(paths)
    half = random.randint(0, len(paths))
    had, fresh = (
        part({path: read[path] for path in some}) for some in (paths[:half], paths[half:])
    )
    # Files of the first half may be gone. Some of all were read again: of those that stay, another
    # file whose name is printed alike.
    gone = [path for path in paths[:half] if random.random() < 0.5]
    fresh = merged([fresh, part({path: again[path] for path in paths[:half] if path in again})])
    had = merged([had])
    kept = np.array([path not in gone for path in had.paths], dtype=bool)
    found_of, expected_of = with_fresh(had, kept, fresh), merged([had.keep(kept), fresh])
    for found, expected in zip(found_of, expected_of, strict=True):
        if isinstance(expected, np.ndarray) and isinstance(found, np.ndarray):
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype
        else:
            assert found == expected


def test_nothing_was_read() -> None:
    nothing = merged([])
    assert nothing.paths == []
    assert nothing.row_score.dtype == np.float64
    assert len(merged([nothing, part({})]).rows) == 0


@given(st.lists(st.integers(0, 4), max_size=6), st.randoms())
def test_rows_of_files_are_those_of_each_file_in_turn(counts: list[int], random: Any) -> None:
    order = list(range(len(counts)))
    random.shuffle(order)
    starts = [sum(counts[:number]) for number in range(len(counts))]
    expected = [starts[n] + row for n in order for row in range(counts[n])]
    found = rows_of_files(np.array(counts, dtype=np.int32), np.array(order, dtype=np.int64))
    assert found.tolist() == expected


def test_a_worker_that_read_nothing_has_empty_columns(tmp_path: Path) -> None:
    root = write(tmp_path, "org__a/r1/T1.json", result("T1", 0.5)).parents[2]
    raw = read_source(root, catalog(), Options(workers=1))
    assert raw.files.keep(np.array([False])).row_score.tolist() == []
    assert raw.files.row_score.tolist() == [0.5]
    assert raw.files.texts[raw.files.task[0]] == "T1"
