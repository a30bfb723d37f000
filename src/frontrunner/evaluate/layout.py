"""Where result files lie: `<output>/<org>__<model>/<revision>/<Task>.json`, as the public ones do.

A file is copied aside and renamed into place, so a reader sees a whole file or none. A run that is
stopped between the two leaves a `.part` file, which the next run of the same cell replaces.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def model_folder(output: Path, model: str, revision: str) -> Path:
    """The folder of one model's revision."""
    return output / model.replace("/", "__").replace(" ", "_") / revision


def result_file(output: Path, model: str, revision: str, task: str) -> Path:
    """The file of one model's result on one task."""
    return model_folder(output, model, revision) / f"{task}.json"


def place(source: Path, target: Path) -> None:
    """Copy `source` to `target`, making its folders, by one atomic step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    os.replace(part, target)  # noqa: PTH105 - the atomic step, by its own name
