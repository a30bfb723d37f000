"""Room for the columns of a large table: on the disk, where the system can take memory back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from frontrunner.base.atomic import unnamed_file

Room = Callable[[int, DTypeLike], NDArray[Any]]
"""Gives an array of a length and a kind, to be filled."""

WORTH_THE_DISK = 16 << 20
"""Bytes of an array. The table of the public results has none as large."""


def in_memory(length: int, kind: DTypeLike) -> NDArray[Any]:
    """An array in memory."""
    return np.empty(length, dtype=kind)


def on_disk(folder: Path | None) -> Room:
    """Room for large arrays in `folder`, in files without a name, which go with the arrays.

    Small arrays are in memory, and all are if no such file can be made.
    """

    def room(length: int, kind: DTypeLike) -> NDArray[Any]:
        size = length * np.dtype(kind).itemsize
        if folder is None or size < WORTH_THE_DISK:
            return in_memory(length, kind)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = unnamed_file(folder, size)
        except OSError:
            return in_memory(length, kind)
        with file:
            return np.asarray(np.memmap(file, dtype=kind, mode="r+", shape=(length,)))

    return room
