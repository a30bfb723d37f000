"""The second board's dump of results: one Parquet file, a row for each score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from frontrunner.errors import LegacyError

if TYPE_CHECKING:
    import polars as pl

_NEEDED = ("model_name", "task_name", "split", "subset", "score")
_OTHER_NAMES = {
    "model": "model_name",
    "task": "task_name",
    "hf_subset": "subset",
    "main_score": "score",
    "model_revision": "revision",
}
_OPTIONAL = ("revision", "mteb_version")


def read_dump(path: Path) -> pl.DataFrame:
    """The dump as a frame: model_name, task_name, split, subset, score (0 to 1), and optionally
    revision and mteb_version.

    Columns may carry the names that mteb gave them at other times. Scores on the scale of 0 to
    100 are brought to 0 to 1; null and NaN are left out. Raises LegacyError where a column is
    missing or the file is no Parquet.
    """
    import polars as pl  # noqa: PLC0415 -- only those who read a dump pay for it

    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LegacyError(f"{path} cannot be read as Parquet: {error}. Fetch it again.") from error
    frame = frame.rename(
        {old: new for old, new in _OTHER_NAMES.items() if old in frame and new not in frame}
    )
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise LegacyError(
            f"{path} is no dump of the second board: it has no column {', '.join(missing)}; "
            f"it has {', '.join(frame.columns)}."
        )
    kept = [name for name in (*_NEEDED, *_OPTIONAL) if name in frame.columns]
    texts = [name for name in kept if name != "score"]
    scores = frame.select(pl.col(texts).cast(pl.String), pl.col("score").cast(pl.Float64))
    scores = scores.filter(pl.col("score").is_finite())
    # A percentage is told by the whole dump: a single score above 1 can be an odd metric.
    middle = scores["score"].median() if len(scores) else None
    factor = 100.0 if isinstance(middle, float) and middle > 1.5 else 1.0
    return scores.select(*texts, pl.col("score") / factor).select(kept)
