"""Write the folder that becomes a Space, or the build context of a container of one's own.

README.md                      front matter for the Hub
Dockerfile                     the one of this project
requirements.txt               locked, with hashes: no torch, no mteb
frontrunner-*-py3-none-any.whl this program
home/frontrunner.toml          what the served board needs of the settings
home/board.json                the files of the board, with hashes
home/snapshots/ ...            those files, unless they are fetched at the start
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.config import Settings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home
from frontrunner.hub.boxed import BOX, Box, box_of
from frontrunner.hub.space_card import Listed, readme_of, repository_ids
from frontrunner.hub.wheel import own_wheel, wheel_name
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

HUB_PAGES = "https://huggingface.co"
"""The origin of the page that shows a Space in a frame."""
BOX_PATH = f"home/{BOX}"


def space_file(name: str) -> str:
    """A file of this package that becomes part of a Space."""
    return files("frontrunner.hub").joinpath("space_files", name).read_text("utf-8")


def write_space(settings: Settings, folder: Path, *, card: str = "", box: Box | None = None) -> Box:
    """Write the folder, replacing an earlier one of this program in one step.

    `card` is the README.md of the old Space, whose front matter is kept. A `box` with a source or
    a data set leaves the board's files out. Raises UsageError if the folder holds something else.
    """
    _check_replaceable(folder)
    home = settings.home
    found = box_of(home)
    if box is not None:
        found = msgspec.structs.replace(found, source=box.source, dataset=box.dataset)
    listed = listed_by(Store(home).current())
    try:
        readme = readme_of(card, listed, settings.site.name)
    except ValueError as error:
        raise UsageError(f"The card cannot be used: {error}. Correct it first.") from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    with fresh_folder(folder) as fresh:
        for name in ("Dockerfile", "requirements.txt"):
            add_file(fresh / name, space_file(name).encode())
        add_file(fresh / "README.md", readme.encode())
        add_file(fresh / wheel_name(), own_wheel())
        add_file(fresh / "home/frontrunner.toml", settings_text(settings).encode())
        add_file(fresh / BOX_PATH, box_text(found))
        for name in found.files if not (found.source or found.dataset) else ():
            add_file(fresh / "home" / name, Home(home).inside(name).read_bytes())
    return found


def box_text(box: Box) -> bytes:
    """The content of `board.json`."""
    return msgspec.json.format(msgspec.json.encode(box), indent=1) + b"\n"


def settings_text(settings: Settings) -> str:
    """The settings of the served board, without those of the machine that it was built on."""
    site, server = settings.site, settings.server
    framed_by = list(dict.fromkeys([*site.framed_by, HUB_PAGES]))
    links = {key: getattr(site, key) for key in ("source", "docs", "report", "submit")}
    own = {key: url for key, url in links.items() if url}
    values: dict[str, dict[str, Any]] = {
        "site": {"name": site.name, "tagline": site.tagline, "framed_by": framed_by, **own},
        "server": {"cors_origins": list(server.cors_origins), "http_max_age": server.http_max_age},
    }
    lines = []
    for section, keys in values.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


def listed_by(snapshot: Snapshot) -> Listed:
    """The models and data sets that have scores in a snapshot, as far as the Hub has them."""
    scores = snapshot.frame("scores").select("model", "task").unique().collect()
    models, tasks = _names(scores, "model"), _names(scores, "task")
    catalog = snapshot.catalog
    away = {one.name for one in catalog.models if one.url and HUB_PAGES not in one.url}
    data = [one.source_dataset for one in catalog.tasks if one.public and one.name in tasks]
    return Listed(repository_ids(models - away), repository_ids(data))


def _names(scores: pl.DataFrame, column: str) -> set[str]:
    return {str(one) for one in scores[column].unique()}


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / BOX_PATH).is_file():
        raise UsageError(
            f"{folder} holds something that `space init` did not write. Name another folder."
        )
    if (folder / ".git").exists():
        raise UsageError(f"{folder} is a git checkout. Name another folder, then deploy that.")
