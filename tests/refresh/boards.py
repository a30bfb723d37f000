"""A small board that is updated, for the tests of updates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frontrunner.base.config import Settings, load_settings
from tests.factories import write, write_scores

MODELS = tuple(f"org/m{number:02}" for number in range(12))
CATALOG = """
[[task]]
name = "T1"
type = "STS"
main_score = "accuracy"
splits = ["test"]
languages = ["eng-Latn"]

[[benchmark]]
name = "All"
tasks = ["T1"]
""" + "".join(f'\n[[model]]\nname = "{name}"\n' for name in MODELS)


def scores(number: int = 12, score: float = 0.5) -> dict[str, float]:
    """The same score for some models."""
    return dict.fromkeys(MODELS[:number], score)


def source(folder: Path, found: Mapping[str, float]) -> Path:
    """A folder of results with one score for each model."""
    return write_scores(folder, {model: {"T1": score} for model, score in found.items()})


def settings_of(folder: Path, results: Path, **more: Any) -> Settings:
    """Settings of a home that is updated from `results`."""
    catalog = write(folder, "catalog.toml", CATALOG.encode())
    given = {"results": (str(results),), "catalog": (str(catalog),), "without_mteb": True}
    return load_settings(folder / "home", {}, refresh=given | more)
