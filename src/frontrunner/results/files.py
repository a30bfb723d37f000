"""Result files in columns: what was read, ready to be joined, remembered and compared.

A hundred thousand files as objects take longer to look through than their scores take to sort;
as columns, with a number for every text that repeats, all of it is arithmetic.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
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

    def keep(self, wanted: NDArray[np.bool_]) -> Files:
        """The files that `wanted` [files] marks, with their rows."""
        numbers = np.flatnonzero(wanted)
        rows = np.repeat(wanted, self.rows)
        return self._replace(
            paths=[self.paths[number] for number in numbers.tolist()],
            **{name: getattr(self, name)[numbers] for name in _BY_FILE},
            row_cell=self.row_cell[rows],
            row_score=self.row_score[rows],
        )


_TEXTS = ("folder", "task", "version", "dataset", "note")
_BY_FILE = (*_TEXTS, "rows", "size", "mtime_ns", "ctime_ns", "inode", "measured", "seconds")


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


def merged(parts: Sequence[Files]) -> Files:
    """All files of `parts`, sorted by path, so that how they were shared out leaves no trace."""
    texts: dict[str | None, int] = {}
    cells: dict[FileCell, int] = {}
    new_text = [_numbers(part.texts, texts) for part in parts]
    new_cell = [_numbers(part.cells, cells) for part in parts]
    both = list(zip(parts, new_text, strict=True))
    columns = {name: _joined([new[getattr(one, name)] for one, new in both]) for name in _TEXTS}
    columns |= {
        name: _joined([getattr(one, name) for one in parts]) for name in _BY_FILE[len(_TEXTS) :]
    }
    row_cell = [new[one.row_cell] for one, new in zip(parts, new_cell, strict=True)]
    files = Files(
        paths=list(chain.from_iterable(part.paths for part in parts)),
        texts=list(texts),
        cells=list(cells),
        row_cell=_joined(row_cell),
        row_score=_joined([part.row_score for part in parts]).astype(np.float64),
        **columns,
    )
    return _sorted(files)


def _numbers(values: Sequence[Any], known: dict[Any, int]) -> Ints:
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int32)


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=np.int32), *parts])


def _sorted(files: Files) -> Files:
    order = np.array(sorted(range(len(files.paths)), key=files.paths.__getitem__), dtype=np.int64)
    if (order[1:] > order[:-1]).all():
        return files
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
