"""The second board's dump of results: Parquet with a row for each score, as mteb writes it.

All layouts that mteb has written are read: a file or a folder of files; all results, results tagged
by benchmark, or a file for each benchmark; with or without revisions, languages and experiments.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.errors import LegacyError
from frontrunner.results.layout import EXPERIMENTS, folder_name

if TYPE_CHECKING:
    import polars as pl

_NEEDED = ("model_name", "task_name", "split", "subset", "score")
_OTHER_NAMES = {
    "model": "model_name",
    "task": "task_name",
    "hf_subset": "subset",
    "main_score": "score",
    "model_revision": "revision",
    "language": "languages",
}
_TEXTS = ("model_name", "revision", "task_name", "mteb_version", "split", "subset")
_BENCHMARK = "__benchmark__"
"""In a file of all benchmarks: the benchmark of the row."""
_NTH = "__nth__"
_NO_REVISION = "no_revision_available"
_SAFE = re.compile(r"(?!\.)[^\x00-\x1f/\\]{1,200}")
_OF_THE_MODEL = ("model_type", "embed_dim", "output_dtypes")
"""Fields that the dump has among an experiment's parameters, and a result folder next to them."""


def read_dump(path: Path) -> pl.DataFrame:
    """The dump as a frame: model_name, task_name, split, subset, score (0 to 1), and if present
    revision, mteb_version, languages, and the experiment's parameters as JSON.

    Older names of columns are understood. Scores from 0 to 100 are divided by 100; null and NaN are
    left out; a row that several benchmarks repeat counts once. Raises LegacyError if a column is
    missing or a file is not Parquet.
    """
    import polars as pl  # noqa: PLC0415 -- only those who read a dump pay for it

    scores = pl.concat([_read(file) for file in _files(path)], how="diagonal")
    # The whole dump decides: a single score above 1 can come from an unusual metric.
    middle = scores["score"].median() if len(scores) else None
    factor = 100.0 if isinstance(middle, float) and middle > 1.5 else 1.0
    once = scores.unique(maintain_order=True).drop(_NTH)
    return once.with_columns(pl.col("score") / factor)


def _files(path: Path) -> list[Path]:
    """The Parquet files of a dump, without a summary of the others."""
    if not path.is_dir():
        return [path]
    every = sorted(path.rglob("*.parquet"))
    if not every:
        raise LegacyError(f"{path} has no Parquet files. Give the second board's dump.")
    return [one for one in every if not one.name.startswith("_")] or every


def _read(path: Path) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    try:
        frame = pl.read_parquet(path, hive_partitioning=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LegacyError(f"{path} cannot be read as Parquet: {error}. Fetch it again.") from error
    frame = frame.rename(
        {old: new for old, new in _OTHER_NAMES.items() if old in frame and new not in frame}
    )
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise LegacyError(
            f"{path} is not a dump of the second board: it has no column {', '.join(missing)}; "
            f"it has {', '.join(frame.columns)}."
        )
    try:
        scores = frame.select(*_columns(frame))
    except pl.exceptions.PolarsError as error:
        raise LegacyError(f"{path} is not a dump of the second board: {error}.") from error
    scores = scores.filter(pl.col("score").is_finite())
    # Repetitions in a result file are kept; repetitions by other benchmarks are not.
    same = [name for name in scores.columns if name != "languages"]
    scores = scores.with_columns(pl.int_range(pl.len()).over(same).alias(_NTH))
    return scores.drop(_BENCHMARK, strict=False)


def _columns(frame: pl.DataFrame) -> Iterator[pl.Expr]:
    import polars as pl  # noqa: PLC0415

    for name in (*_TEXTS, _BENCHMARK):
        if name in frame.columns:
            yield pl.col(name).cast(pl.String)
    yield pl.col("score").cast(pl.Float64)
    if isinstance(frame.schema.get("languages"), pl.List):
        yield pl.col("languages").cast(pl.List(pl.String))
    if isinstance(frame.schema.get("experiments"), pl.Struct):
        yield pl.col("experiments").struct.json_encode().alias("experiment")


# --- as result files ------------------------------------------------------------------------------


class Unpacked(NamedTuple):
    """How many files and scores were written."""

    files: int
    scores: int
    left: int
    """Scores that were left out: the model, revision or task cannot be part of a file name."""


def write_results(dump: pl.DataFrame, folder: Path) -> Unpacked:
    """Write the scores as result files, in the layout that mteb keeps its results in.

    `folder` must be new or empty, and appears whole or not at all. Raises LegacyError where it
    cannot be written.
    """
    try:
        with fresh_folder(folder, replace=False) as fresh:
            return _write_runs(dump, fresh)
    except OSError as error:
        raise LegacyError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _write_runs(dump: pl.DataFrame, folder: Path) -> Unpacked:
    files = scores = left = 0
    metas: dict[Path, dict[str, Any]] = {}
    for run, entries in _runs(dump):
        below = _place(run)
        if below is None:
            left += len(entries)
            continue
        metas.setdefault(folder / below, _meta(run))
        _write(folder / below / f"{run['task_name']}.json", _result(run, entries))
        files, scores = files + 1, scores + len(entries)
    for place, meta in metas.items():
        _write(place / "model_meta.json", meta)
    return Unpacked(files, scores, left)


_Run = dict[str, Any]
"""What the scores of one file have in common."""


def _runs(dump: pl.DataFrame) -> Iterator[tuple[_Run, list[dict[str, Any]]]]:
    """The scores of each file that there will be."""
    import polars as pl  # noqa: PLC0415

    common = ("model_name", "revision", "experiment", "task_name", "mteb_version")
    keys = [name for name in common if name in dump.columns]
    values = [name for name in dump.columns if name not in keys]
    grouped = dump.group_by(keys, maintain_order=True).agg(pl.struct(values).alias("entries"))
    for run in grouped.iter_rows(named=True):
        entries: list[dict[str, Any]] = run.pop("entries")
        yield run | {"experiment": _parameters(run.get("experiment"))}, entries


def _parameters(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else None
    return {key: one for key, one in (found or {}).items() if one is not None}


def _place(run: _Run) -> Path | None:
    """The folder of a run, below that of all results; None where a name is none for a file."""
    parts = [folder_name(str(run["model_name"])), run.get("revision") or _NO_REVISION]
    if not all(_SAFE.fullmatch(one) for one in (*parts, f"{run['task_name']}")):
        return None
    if run["experiment"]:
        text = json.dumps(run["experiment"], sort_keys=True)
        parts += [EXPERIMENTS, hashlib.sha256(text.encode()).hexdigest()[:12]]
    return Path(*parts)


def _meta(run: _Run) -> dict[str, Any]:
    parameters = run["experiment"]
    meta = {"name": run["model_name"], "revision": run.get("revision") or _NO_REVISION}
    if parameters:
        kwargs = {key: one for key, one in parameters.items() if key not in _OF_THE_MODEL}
        meta |= {key: one for key, one in parameters.items() if key in _OF_THE_MODEL}
        meta["experiment_kwargs"] = kwargs
    return meta


def _result(run: _Run, entries: list[dict[str, Any]]) -> dict[str, Any]:
    scores: dict[str, list[dict[str, Any]]] = {}
    for one in entries:
        entry = {"hf_subset": one["subset"], "languages": one.get("languages") or []}
        scores.setdefault(one["split"], []).append(entry | {"main_score": one["score"]})
    version = {"mteb_version": run["mteb_version"]} if run.get("mteb_version") else {}
    return {"task_name": run["task_name"], **version, "scores": scores}


def _write(path: Path, content: dict[str, Any]) -> None:
    add_file(path, json.dumps(content).encode())
