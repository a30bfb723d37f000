"""Where result files are stored: `<output>/<org>__<model>/<revision>/<Task>.json`, as the public
ones do.

A file is written under a hidden name and renamed, so a reader sees the whole file or none.
"""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.atomic import write_file


def model_folder(output: Path, model: str, revision: str) -> Path:
    """The folder of one model's revision."""
    return output / model.replace("/", "__").replace(" ", "_") / revision


def result_file(output: Path, model: str, revision: str, task: str) -> Path:
    """The file of one model's result on one task."""
    return model_folder(output, model, revision) / f"{task}.json"


def place(source: Path, target: Path) -> None:
    """Copy `source` to `target` in one atomic step, and make the folders above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, source.read_bytes())
