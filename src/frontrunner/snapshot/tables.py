"""A snapshot's score table on disk: arrays for ranking, and Parquet for other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from frontrunner.base.atomic import add_file, new_file, private_copy
from frontrunner.results.chunk import RunSettings
from frontrunner.results.origins import UNKNOWN, Origins, Texts
from frontrunner.results.rejects import Reject
from frontrunner.results.table import MANY_ROWS, CellKey, Difference, Ints, ScoreTable, Variant
from frontrunner.snapshot.manifest import SCORES_PARQUET
from frontrunner.snapshot.parquet_errors import os_errors
from frontrunner.snapshot.row_groups import row_groups, write_files, write_groups

if TYPE_CHECKING:
    import polars as pl

TABLE = "table.msgpack"
_ARRAYS = (
    "task_start",
    "variant",
    "cell",
    "score",
    "languages",
    "file",
    "cell_start",
    "rows_by_cell",
)
_WORTH_MAPPING = 1 << 20
FILES_PARQUET = "files.parquet"
REJECTS_PARQUET = "rejects.parquet"
RUNS_PARQUET = "run_settings.parquet"
DIFFERENCES_PARQUET = "differences.parquet"
PARQUET = frozenset(
    {SCORES_PARQUET, FILES_PARQUET, REJECTS_PARQUET, RUNS_PARQUET, DIFFERENCES_PARQUET}
)


class _Names(msgspec.Struct, frozen=True):
    variants: list[tuple[str, str, dict[str, Any] | None]]
    tasks: list[str]
    cells: list[tuple[str, str, str]]
    language_sets: list[tuple[str, ...]]


def write_table(folder: Path, table: ScoreTable) -> None:
    """Write the arrays as .npy and the names as msgpack."""
    for name in _ARRAYS:
        with new_file(folder / f"{name}.npy") as file:
            np.save(file, getattr(table, name), allow_pickle=False)
    names = _Names(
        [
            (v.model, v.experiment_id, None if v.experiment is None else dict(v.experiment))
            for v in table.variants
        ],
        list(table.tasks),
        [(task, split, subset) for task, split, subset in table.cells],
        list(table.language_sets),
    )
    add_file(folder / TABLE, msgspec.msgpack.encode(names))


def read_table(folder: Path, *, mapped: bool = False) -> ScoreTable:
    """Read the table of the snapshot in `folder`.

    `mapped` leaves the arrays on disk until they are touched. Use it only for files that no other
    program can change: the system ends a process that touches a map whose file was cut off since.
    """
    read = _mapped if mapped else _loaded
    return _table(folder, {name: read(folder / f"{name}.npy") for name in _ARRAYS})


def open_table(folder: Path) -> ScoreTable:
    """The table of a snapshot that others may damage, without holding all of it in memory.

    Large arrays are copied to a file that has no name and mapped from there: only pages that a
    question touches are in memory, and the system can reclaim them. If no such file can
    be made, they are read into memory.
    """
    return _table(folder, {name: _apart(folder / f"{name}.npy") for name in _ARRAYS})


def _loaded(path: Path) -> NDArray[Any]:
    return np.load(path, allow_pickle=False)  # type: ignore[no-any-return]


def _mapped(path: Path) -> NDArray[Any]:
    # As a plain array: those of NumPy's own kind for maps are slower to take parts of.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _apart(path: Path) -> NDArray[Any]:
    if path.stat().st_size < _WORTH_MAPPING:
        return _loaded(path)
    try:
        copy = private_copy(path, path.parent)
    except OSError:
        return _loaded(path)
    with copy:
        shape, _, kind = _header(copy)
        return np.asarray(np.memmap(copy, dtype=kind, mode="r", offset=copy.tell(), shape=shape))


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and kind of an array of one dimension; raises ValueError if it is no array."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array of another format")
    return np.lib.format.read_array_header_1_0(file)


def _table(folder: Path, arrays: dict[str, NDArray[Any]]) -> ScoreTable:
    names = msgspec.msgpack.decode((folder / TABLE).read_bytes(), type=_Names)
    for array in arrays.values():
        array.setflags(write=False)  # every request reads the same arrays
    return ScoreTable(
        variants=tuple(Variant(*variant) for variant in names.variants),
        tasks=tuple(names.tasks),
        cells=tuple(CellKey(*cell) for cell in names.cells),
        language_sets=tuple(names.language_sets),
        **arrays,
    )


def get_ready_for_parquet() -> None:
    """Import what writing Parquet needs: a fifth of a second that another process may have."""
    import polars  # noqa: F401, PLC0415


def write_scores_parquet(folder: Path) -> None:
    """Write the scores of the table in `folder`, for DuckDB, Polars and the like.

    Columns are documented in docs/snapshots.md. `file` is the number of a row in files.parquet.
    """
    table = read_table(folder, mapped=True)
    frames, path = _scores_frames(table), folder / SCORES_PARQUET
    if table.rows < MANY_ROWS:
        _write(frames(range(table.rows)), path, level=1)
    else:
        with os_errors(path):
            write_groups(path, 1, map(frames, row_groups(table.rows)))


def _write(frame: pl.DataFrame, path: Path, level: int | None = None) -> None:
    """Write a frame as Parquet; raises OSError if it cannot be written, like every other writer."""
    with os_errors(path):
        frame.write_parquet(path, compression="zstd", compression_level=level)


def write_origins(path: Path, origins: Origins) -> None:
    """Write the sources of some scores to a file of their own, for `write_files_parquet`.

    Raises OSError if it cannot be written.
    """
    with os_errors(path):
        _frame_of_origins(origins).write_ipc(path)


def write_files_parquet(
    folder: Path,
    origins: Origins | Sequence[Path],
    rejects: Sequence[Reject],
    settings: Sequence[RunSettings],
    differences: Sequence[Difference],
) -> None:
    """Write the sources of the scores, the rejected files, and the runs of a model that differ.

    `origins` may be the files that `write_origins` wrote for each of their `row_groups`.
    """
    import polars as pl  # noqa: PLC0415 -- a server that opens a snapshot never needs it

    if isinstance(origins, Origins):
        _write(_frame_of_origins(origins), folder / FILES_PARQUET)
    else:
        with os_errors(folder / FILES_PARQUET):
            write_files(folder / FILES_PARQUET, origins)
    rejected = {
        "path": [reject.path for reject in rejects],
        "reason": [str(reject.reason) for reject in rejects],
        "detail": [reject.detail for reject in rejects],
        "remedy": [reject.remedy for reject in rejects],
    }
    _write(
        pl.DataFrame(rejected, schema=dict.fromkeys(rejected, pl.String)), folder / REJECTS_PARQUET
    )
    runs = dict.fromkeys(RunSettings._fields, pl.String)
    _write(_frame_of(settings, runs), folder / RUNS_PARQUET)
    numbers = {"score": pl.Float64, "winner_score": pl.Float64}
    differing = dict.fromkeys(Difference._fields, pl.String) | numbers
    _write(_frame_of(differences, differing), folder / DIFFERENCES_PARQUET)


class _PackedTexts(msgspec.Struct, array_like=True):
    texts: list[str | None]
    numbers: bytes


class _AboutFiles(msgspec.Struct, array_like=True):
    """What is known of files, on its way to another process; arrays as their bytes."""

    path: list[str]
    texts: tuple[_PackedTexts, _PackedTexts, _PackedTexts]
    other_data: bytes
    evaluation_time: bytes
    rejects: list[Reject]
    settings: list[RunSettings]
    differences: list[Difference]


def pack_files(
    path: Path,
    origins: Origins,
    rejects: Sequence[Reject],
    settings: Sequence[RunSettings],
    differences: Sequence[Difference],
) -> None:
    """Write what is known of files for `write_packed_files`. Raises OSError if it cannot be.

    To send it to another process through a pipe takes a tenth of a second for the public results.
    """
    repeating = (origins.revision, origins.mteb_version, origins.dataset_revision)
    one, two, three = (_PackedTexts(list(it.texts), it.numbers.tobytes()) for it in repeating)
    content = _AboutFiles(
        origins.path,
        (one, two, three),
        origins.other_data.tobytes(),
        origins.evaluation_time.tobytes(),
        list(rejects),
        list(settings),
        list(differences),
    )
    add_file(path, msgspec.msgpack.encode(content))


def write_packed_files(folder: Path, path: Path) -> None:
    """As `write_files_parquet`, with what `pack_files` wrote to `path`."""
    found = msgspec.msgpack.decode(path.read_bytes(), type=_AboutFiles)
    revision, mteb, dataset = (
        Texts(one.texts, np.frombuffer(one.numbers, np.int32)) for one in found.texts
    )
    origins = Origins(
        found.path,
        revision,
        mteb,
        dataset,
        np.frombuffer(found.other_data, np.int8),
        np.frombuffer(found.evaluation_time, np.float64),
    )
    write_files_parquet(folder, origins, found.rejects, found.settings, found.differences)


def _frame_of_origins(origins: Origins) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    def column(of: Texts) -> pl.Series:
        return pl.Series(of.texts, dtype=pl.String).gather(of.numbers)

    other = pl.Series(origins.other_data)
    return pl.DataFrame(
        {
            "path": pl.Series(origins.path, dtype=pl.String),
            "revision": column(origins.revision),
            "mteb_version": column(origins.mteb_version),
            "dataset_revision": column(origins.dataset_revision),
            "other_data": (other == 1).set(other == UNKNOWN, None),
            "evaluation_time": pl.Series(origins.evaluation_time).fill_nan(None),
        }
    )


def _frame_of(rows: Sequence[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    named = {name: list(column) for name, column in zip(schema, columns, strict=True)}
    return pl.DataFrame(named, schema=schema)


def _scores_frames(table: ScoreTable) -> Callable[[range], pl.DataFrame]:
    """Gives some rows of the table, with names for numbers."""
    import polars as pl  # noqa: PLC0415

    def named(values: Sequence[str], numbers: Ints) -> Callable[[slice], pl.Series]:
        # As an Enum, a string that repeats a million times is written once.
        distinct = list(dict.fromkeys(values))
        place = {value: index for index, value in enumerate(distinct)}
        lookup = np.array([place[value] for value in values], dtype=np.uint32)
        kind = pl.Enum(distinct)
        return lambda rows: pl.Series(lookup[numbers[rows]]).cat.to(kind)

    columns: dict[str, Callable[[slice], pl.Series]] = {
        "model": named([v.model for v in table.variants], table.variant),
        "experiment": named([v.experiment_id for v in table.variants], table.variant),
        "task": named([cell.task for cell in table.cells], table.cell),
        "split": named([cell.split for cell in table.cells], table.cell),
        "subset": named([cell.subset for cell in table.cells], table.cell),
        "languages": named([",".join(codes) for codes in table.language_sets], table.languages),
        "score": lambda rows: pl.Series(table.score[rows]).fill_nan(None),
        "file": lambda rows: pl.Series(table.file[rows]),
    }

    def frame(rows: range) -> pl.DataFrame:
        some = slice(rows.start, rows.stop)
        return pl.DataFrame({name: column(some) for name, column in columns.items()})

    return frame
