"""Make mteb's score frames from a folder of result files, the way its service does.

Runs in the peer's environment. Nothing of mteb is changed but where it looks for files.
"""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def load_all(results: Path) -> Any:
    """All results of registered models, as the service loads them when it starts."""
    from mteb.cache.result_cache import LoadExperimentEnum, ResultCache
    from mteb.models.get_model_meta import get_model_metas

    cache = ResultCache(cache_path=results)
    return cache.load_results(
        models=[meta.name for meta in get_model_metas() if meta.name],
        only_main_score=True,
        require_model_meta=False,
        include_remote=False,
        load_experiments=LoadExperimentEnum.MATCH_NAME,
    )


def service_frames(results: Path) -> Any:
    """What the service keeps in memory: one frame for each benchmark, and one of everything."""
    import mteb
    import polars as pl
    from mteb.api import frames
    from mteb.results.benchmark_results import BenchmarkResults

    combined = load_all(results)._to_results_df()
    parts = BenchmarkResults.split_leaderboard_frame(combined)
    for bench in mteb.get_benchmarks():
        parts.setdefault(bench.name, pl.DataFrame(schema=dict(combined.schema)))
    return parts, frames._dedupe_unified(combined)


def install(results: Path) -> None:
    """Give the service frames made from `results` instead of ones from the network."""
    from mteb.api import frames

    loaded = service_frames(results)
    vars(frames)["_load_per_benchmark_frames"] = lambda: loaded


def say(text: str) -> None:
    """Talk goes to stderr."""
    print(text, file=sys.stderr, flush=True)
