"""Why Polars could not write a file: its own errors do not always say that the disk is full.

Where the small header of a column is what no longer fits, Polars says "Invalid thrift: transport
error" in place of what the system answered. The system is then asked once more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontrunner.base.room import refusal_of_more

_BY_SYSTEM = re.compile(r"\(os error (\d+)\)")
_CUT_OFF = "transport error"


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Raise what Polars raises while it writes `path` as OSError, like every other writer."""
    import polars as pl  # noqa: PLC0415 -- a server that opens a snapshot never needs it

    try:
        yield
    except pl.exceptions.PolarsError as error:
        raise _os_error(path, str(error)) from None


def _os_error(path: Path, said: str) -> OSError:
    by_system = _BY_SYSTEM.search(said)
    number = int(by_system[1]) if by_system else refusal_of_more(path)
    if number:
        return OSError(number, os.strerror(number), str(path))
    if _CUT_OFF in said:
        why = "as if the disk was full for a moment"
        return OSError(f"{path.name} came out incomplete, {why}: {said}")
    return OSError(f"{path.name} could not be written: {said}")
