"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontrunner.base.errors import LegacyError


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A place to write beside `folder`, which becomes `folder` where nothing failed.

    `folder` must be new or empty. Raises LegacyError where it cannot be written. A kill leaves a
    hidden folder beside it, and nothing under its name.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 -- resolve() would follow links
    aside = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        yield aside
        aside.rename(folder)
    except OSError as error:
        raise LegacyError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
