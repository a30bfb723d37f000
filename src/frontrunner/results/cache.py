"""Remember what was read from a folder, so that the next build reads only what changed.

A file counts as unchanged while its size and its time of change are what they were. What is
kept are the result files that could be used; model_meta.json, run_settings.jsonl and files with
a mistake are few, and are read again every time.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from frontrunner.results.chunk import Chunk, FileInfo, Knowledge
from frontrunner.results.formats import Cell
from frontrunner.results.sources import Stamp

_FORMAT = 1


class Memory(msgspec.Struct, array_like=True):
    """What was read: one chunk's files and rows."""

    format: int
    knowledge: str
    """Digest of the catalog's part that reading depends on."""
    files: list[FileInfo]
    cells: list[Cell]
    row_cell: bytes
    row_score: bytes


def knowledge_digest(known: Knowledge) -> str:
    """Changes when a file could be read differently than before."""
    content = msgspec.json.encode(
        [_FORMAT, known.tasks, sorted(known.folders), known.run_defaults], order="deterministic"
    )
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def cache_path(folder: Path, source: Path) -> Path:
    """Where what was read from `source` is remembered."""
    name = hashlib.blake2b(str(source.resolve()).encode(), digest_size=8).hexdigest()
    return folder / f"results-{name}.msgpack"


def recall(path: Path, knowledge: str) -> Memory | None:
    """What was read before, or None where nothing was that still holds."""
    try:
        memory = msgspec.msgpack.decode(path.read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return None
    return memory if (memory.format, memory.knowledge) == (_FORMAT, knowledge) else None


def compare(memory: Memory, now: Mapping[str, Stamp]) -> tuple[Chunk, list[str]]:
    """What of `memory` still stands, and the paths that must be read."""
    same = [now.get(info.path) == (info.size, info.mtime_ns) for info in memory.files]
    known = {info.path for info, stands in zip(memory.files, same, strict=True) if stands}
    return _part(memory, same), [path for path in now if path not in known]


def _part(memory: Memory, same: list[bool]) -> Chunk:
    rows = [info.rows for info in memory.files]
    wanted = np.repeat(np.array(same, dtype=bool), rows)
    files = [info for info, stands in zip(memory.files, same, strict=True) if stands]
    return Chunk(
        files=files,
        cells=memory.cells,
        row_cell=_array("i", np.frombuffer(memory.row_cell, dtype=np.int32)[wanted]),
        row_score=_array("d", np.frombuffer(memory.row_score, dtype=np.float64)[wanted]),
        identities={},
        settings=[],
        rejects=[],
        seen=len(files),
    )


def _array(kind: str, values: NDArray[Any]) -> array[Any]:
    filled: array[Any] = array(kind)
    filled.frombytes(values.tobytes())
    return filled


def remember(path: Path, knowledge: str, chunks: Iterable[Chunk]) -> None:
    """Keep what was read, for the next time."""
    files: list[FileInfo] = []
    cells: dict[Cell, int] = {}
    row_cell, row_score = b"", b""
    for chunk in chunks:
        files.extend(chunk.files)
        number = [cells.setdefault(cell, len(cells)) for cell in chunk.cells]
        if number:
            row_cell += np.array(number, dtype=np.int32)[chunk.row_cell].tobytes()
            row_score += chunk.row_score.tobytes()
    memory = Memory(_FORMAT, knowledge, files, list(cells), row_cell, row_score)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.msgpack.encode(memory))
    fresh.replace(path)
