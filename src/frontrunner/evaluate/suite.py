"""What can be evaluated: the tasks and models of the starter catalog, and a choice among them.

Used on both sides, by the command in the base environment and by the worker; standard library only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from frontrunner.base.errors import UnknownNameError

STARTER = Path(__file__).resolve().parents[1] / "starter"
"""The starter board's folder: its catalog, its data's revisions and its measured results."""

Entry = dict[str, Any]


class Suite:
    """The tasks, models and benchmarks of a `catalog.toml`, by name."""

    def __init__(self, path: Path = STARTER / "catalog.toml") -> None:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        self.tasks: dict[str, Entry] = {t["name"]: t for t in content["task"]}
        self.models: dict[str, Entry] = {m["name"]: m for m in content["model"]}
        self.benchmarks: dict[str, Entry] = {b["name"]: b for b in content["benchmark"]}

    def choose_models(self, asked: Sequence[str]) -> list[str]:
        """The requested models, or all, in the catalog's order. Raises UnknownNameError."""
        return _choose("model", self.models, asked)

    def choose_tasks(self, benchmark: str, asked: Sequence[str]) -> list[str]:
        """The requested tasks of the benchmark, or all, in its order. Raises UnknownNameError."""
        _choose("benchmark", self.benchmarks, [benchmark])
        entries = self.benchmarks[benchmark]["tasks"]
        return _choose("task", [e if isinstance(e, str) else e["name"] for e in entries], asked)


def read_revisions(path: Path) -> dict[str, str]:
    """Read which content each task's data must have, by its name."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: entry["revision"] for name, entry in content.items()}


def _choose(kind: str, known: Iterable[str], asked: Sequence[str]) -> list[str]:
    names = list(known)
    for name in asked:
        if name not in names:
            raise UnknownNameError(
                f"There is no {kind} {name!r} to evaluate. There are: {', '.join(names)}."
            )
    return [name for name in names if not asked or name in asked]
