"""The starter board, built once for all tests of a process."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from frontrunner.base.config import Settings, load_settings
from frontrunner.cli.demo import demo


@cache
def _home() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="frontrunner-starter-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    demo(folder, serving=False)
    return folder


def made_home(folder: Path, settings: str = "") -> Settings:
    """A home with the starter board, and its settings."""
    shutil.copytree(_home(), folder, symlinks=True)
    (folder / "frontrunner.toml").write_text(settings)
    return load_settings(folder, {})
