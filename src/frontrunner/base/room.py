"""Whether a file can still grow, for what another library failed to write."""

from __future__ import annotations

import os
from pathlib import Path

_MORE = 1 << 16
"""Bytes, more than a library buffers: what did not fit does not fit now either."""


def refusal_of_more(path: Path) -> int:
    """The number of the system's error if more is added to a file; 0 if it takes more.

    Use it only for a file that is discarded: it is made if there is none, and grows.
    """
    try:
        with path.open("ab") as file:
            file.write(os.urandom(_MORE))  # no zeros: some file systems store none of them
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno or 0
    return 0
