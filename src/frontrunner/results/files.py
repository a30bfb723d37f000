"""Result files in columns: what was read, ready to be joined, remembered and compared.

A hundred thousand files as objects take longer to look through than their scores take to sort;
as columns, with a number for every text that repeats, all of it is arithmetic.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, islice
from operator import le
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from frontrunner.results.chunk import Chunk
from frontrunner.results.formats import FileCell

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class Files(NamedTuple):
    """Result files sorted by path, and their rows, one file's after the other's."""

    paths: list[str]
    texts: list[str | None]
    """Every text that the columns refer to."""
    folder: Ints
    """[files] Index into `texts`, as are the next three."""
    task: Ints
    version: Ints
    dataset: Ints
    note: Ints
    """[files] Index into `texts`: why the file has no number; of None if it has one."""
    rows: Ints
    """[files] How many rows a file has."""
    size: Longs
    mtime_ns: Longs
    ctime_ns: Longs
    """[files] When the file or its name, owner or permissions changed; no program can set it."""
    inode: Longs
    measured: Floats
    """[files] When the scores were measured, in seconds since the epoch; NaN if unknown."""
    seconds: Floats
    """[files] How long the evaluation took; NaN if unknown."""
    cells: list[FileCell]
    row_cell: Ints
    """[rows] Index into `cells`."""
    row_score: Floats
    """[rows] NaN where the file says that there is none."""

    def folders(self) -> list[int]:
        """Those of `texts` that are folders of files, ascending."""
        # Not by `np.unique`: it imports masked arrays, which takes longer.
        return np.flatnonzero(np.bincount(self.folder, minlength=len(self.texts))).tolist()

    def keep(self, wanted: NDArray[np.bool_]) -> Files:
        """The files that `wanted` [files] marks, with their rows."""
        numbers = np.flatnonzero(wanted)
        rows = np.repeat(wanted, self.rows)
        return self._replace(
            paths=list(compress(self.paths, wanted.tolist())),
            **{name: getattr(self, name)[numbers] for name in _BY_FILE},
            row_cell=self.row_cell[rows],
            row_score=self.row_score[rows],
        )


_TEXTS = ("folder", "task", "version", "dataset", "note")
_BY_FILE = (*_TEXTS, "rows", "size", "mtime_ns", "ctime_ns", "inode", "measured", "seconds")
_CODES = (
    dict.fromkeys((*_TEXTS, "rows", "row_cell"), "i")
    | dict.fromkeys(("size", "mtime_ns", "ctime_ns", "inode"), "q")
    | dict.fromkeys(("measured", "seconds", "row_score"), "d")
)
"""Column -> the code of its numbers, for `array` and NumPy alike."""


def files_of(chunk: Chunk) -> Files:
    """What a worker read, as arrays."""
    found = chunk.files
    return Files(
        paths=found.paths,
        texts=found.texts,
        cells=found.cells,
        row_cell=_array(found.row_cell),
        row_score=_array(found.row_score),
        **{name: _array(getattr(found, name)) for name in _BY_FILE},
    )


def _array(values: array[Any]) -> NDArray[Any]:
    return np.frombuffer(values, dtype=values.typecode) if values else np.array(values)


def merged(parts: Iterable[Files]) -> Files:
    """All files of `parts`, sorted by path, so that how they were shared out leaves no trace.

    Parts are taken one after the other, so each can be forgotten before the next is made.
    """
    growing = _Growing()
    for part in parts:
        growing.add(part)
    return _sorted(growing.files())


class _Growing:
    """Columns that grow in place: joining arrays at the end would need all of them twice."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._texts: dict[str | None, int] = {}
        self._cells: dict[FileCell, int] = {}
        self._columns = {name: array(code) for name, code in _CODES.items()}

    def add(self, part: Files) -> None:
        """Take the files of one part."""
        new_text, new_cell = _numbers(part.texts, self._texts), _numbers(part.cells, self._cells)
        self._paths.extend(part.paths)
        for name, column in self._columns.items():
            values = getattr(part, name)
            if name in _TEXTS:
                values = new_text[values]
            elif name == "row_cell":
                values = new_cell[values]
            column.frombytes(np.ascontiguousarray(values, dtype=_CODES[name]).data.cast("B"))

    def files(self) -> Files:
        """All that was added."""
        columns = {name: _array(column) for name, column in self._columns.items()}
        return Files(paths=self._paths, texts=list(self._texts), cells=list(self._cells), **columns)


def with_fresh(files: Files, kept: NDArray[np.bool_], fresh: Files) -> Files:
    """The files that `kept` marks with some that were read since, sorted by path; equal to
    `merged([files.keep(kept), fresh])`.

    For few fresh files among many: what lies between them is copied as it is.
    """
    fresh = _sorted(fresh)
    texts = {text: number for number, text in enumerate(files.texts)}
    cells = {cell: number for number, cell in enumerate(files.cells)}
    new_text, new_cell = _numbers(fresh.texts, texts), _numbers(fresh.cells, cells)
    fresh = fresh._replace(
        row_cell=new_cell[fresh.row_cell],
        **{name: new_text[getattr(fresh, name)] for name in _TEXTS},
    )
    pieces = list(_pieces(files, kept, fresh))
    row_pieces = _of_rows(pieces, files, fresh)
    columns = dict.fromkeys(_BY_FILE, pieces) | dict.fromkeys(("row_cell", "row_score"), row_pieces)
    return Files(
        paths=list(chain.from_iterable(one.of(files.paths, fresh.paths) for one in pieces)),
        texts=list(texts),
        cells=list(cells),
        **{
            name: _assembled(getattr(files, name), getattr(fresh, name), parts)
            for name, parts in columns.items()
        },
    )


class _Piece(NamedTuple):
    """A run of entries, of those that were known or of the fresh ones."""

    fresh: bool
    begin: int
    end: int

    def of(self, known: Any, fresh: Any) -> Any:
        """The run of one column, which is given for both."""
        return (fresh if self.fresh else known)[self.begin : self.end]


def _pieces(files: Files, kept: NDArray[np.bool_], fresh: Files) -> Iterator[_Piece]:
    """Runs of files in the order of their paths, of equal ones the known first: two files have one
    path here if the bytes of a name that are not UTF-8 are printed as those of another.
    """
    places = [(bisect_right(files.paths, path), n) for n, path in enumerate(fresh.paths)]
    gone = [(place, len(places)) for place in np.flatnonzero(~kept).tolist()]
    at = 0
    for place, number in sorted([*places, *gone]):
        if place > at:
            yield _Piece(False, at, place)
        at = place
        if number < len(places):
            yield _Piece(True, number, number + 1)
        else:
            at = place + 1
    yield _Piece(False, at, len(files.paths))


def _of_rows(pieces: Sequence[_Piece], files: Files, fresh: Files) -> list[_Piece]:
    """The rows of runs of files."""
    starts = [np.append(0, np.cumsum(one.rows, dtype=np.int64)).tolist() for one in (files, fresh)]
    return [
        _Piece(one.fresh, starts[one.fresh][one.begin], starts[one.fresh][one.end])
        for one in pieces
    ]


def _assembled(known: NDArray[Any], fresh: NDArray[Any], pieces: Sequence[_Piece]) -> NDArray[Any]:
    return np.concatenate([one.of(known, fresh) for one in pieces], dtype=known.dtype)


def _numbers(values: Sequence[Any], known: dict[Any, int]) -> Ints:
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int32)


def _sorted(files: Files) -> Files:
    if all(map(le, files.paths, islice(files.paths, 1, None))):
        return files
    order = np.array(sorted(range(len(files.paths)), key=files.paths.__getitem__), dtype=np.int64)
    rows = rows_of_files(files.rows, order)
    return files._replace(
        paths=[files.paths[number] for number in order.tolist()],
        **{name: getattr(files, name)[order] for name in _BY_FILE},
        row_cell=files.row_cell[rows],
        row_score=files.row_score[rows],
    )


def rows_of_files(counts: Ints, order: Longs) -> Longs:
    """The numbers of all rows of the files `order`, one file's after the other's."""
    lengths = counts.astype(np.int64)
    start = (np.cumsum(lengths) - lengths)[order]
    lengths = lengths[order]
    before = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    numbers: Longs = np.arange(total, dtype=np.int64) + np.repeat(start - before, lengths)
    return numbers
