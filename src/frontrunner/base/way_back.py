"""Settings for the way back: a mistake in `frontrunner.toml` must not keep users where they are.

The gateway and the take-over keep a copy of the file each time that they start with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.config import Settings, chosen_home, load_needed, load_settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home


def keep_settings(home: Path) -> None:
    """Keep a copy of the settings, with which a program has started.

    Raises UsageError if they were spoiled meanwhile, OSError if the copy cannot be written.
    """
    file, copy = Home(home).settings, Home(home).working_settings
    if not file.is_file():
        return
    content = file.read_bytes()
    load_settings(home)
    if not copy.is_file() or copy.read_bytes() != content:
        write_file(copy, content, mode=0o600)


def settings_for_way_back(
    home: Path | None,
    needed: Collection[str],
    usable: Callable[[Settings], object],
    environ: Mapping[str, str] = os.environ,
) -> tuple[Settings, str]:
    """The settings, and a warning if not all of them were as they should be.

    If the file has a mistake elsewhere, its `needed` sections are used, or else those of the copy
    of the settings that last worked. `usable` raises FrontrunnerError if settings cannot be used.
    Raises the error about the file if there is no such copy.
    """
    try:
        found = load_settings(home, environ)
        usable(found)
    except (FrontrunnerError, OSError) as error:
        problem = error
    else:
        return found, ""
    copy = Home(chosen_home(home, environ)).working_settings
    for file, instead in (
        (None, "without the sections that have an error"),
        (copy, f"with {copy}, the settings that last worked"),
    ):
        if file is not None and not file.is_file():
            continue
        try:
            found = load_needed(home, needed, file=file, environ=environ)
            usable(found)
        except (FrontrunnerError, OSError):
            continue
        return found, f"{problem} The command goes on {instead}."
    raise problem
