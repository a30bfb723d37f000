"""Recorded answers of mteb's own service, and how ours are compared with them."""

from __future__ import annotations

import io
import json
import math
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

TOLERANCE = 1e-9
_OURS = ("completed", "rankLow", "rankHigh", "tiedWith")
"""Fields of rows that mteb's service does not have."""


class Recorded(NamedTuple):
    """One recorded answer."""

    path: str
    """Path and query as they were sent."""
    status: int
    body: Any


def read_recorded(archive: Path) -> list[Recorded]:
    """All recorded answers."""
    with archive.open("rb") as raw:
        data = zstandard.ZstdDecompressor().stream_reader(raw).read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = {Path(m.name).name: tar.extractfile(m) for m in tar.getmembers() if m.isfile()}
        loaded = {name: json.load(file) for name, file in files.items() if file}
    return [
        Recorded(entry["path"], entry["status"], loaded[Path(entry["file"]).name])
        for entry in loaded["index.json"]
    ]


def differences(theirs: Any, ours: Any, where: str = "$") -> Iterator[str]:
    """Say where two values differ: keys, types, order of lists, numbers beyond 1e-9."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in theirs.keys() ^ ours.keys():
            yield f"{where}.{key} is {'missing' if key in theirs else 'too much'}"
        for key in theirs.keys() & ours.keys():
            yield from differences(theirs[key], ours[key], f"{where}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{where}: {len(ours)} entries, not {len(theirs)}"
        for index, (one, other) in enumerate(zip(theirs, ours, strict=False)):
            yield from differences(one, other, f"{where}[{index}]")
    elif _is_number(theirs) and _is_number(ours):
        if not math.isclose(theirs, ours, rel_tol=0, abs_tol=TOLERANCE):
            yield f"{where}: {ours!r}, not {theirs!r}"
    elif theirs != ours or type(theirs) is not type(ours):
        yield f"{where}: {ours!r}, not {theirs!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def comparable(body: Any) -> Any:
    """Put in one order what mteb's service leaves to chance.

    Columns come in the order in which a hash table gives them; rows that tie in rank come in
    any order; so do the rows of per-language views. Everything else keeps its order. What only
    our rows say (`_OURS`) is left out.
    """
    if isinstance(body, dict) and isinstance(body.get("rows"), list):
        body = body | {"rows": [_without(row, *_OURS) for row in body["rows"]]}
    if isinstance(body, dict) and isinstance(body.get("buckets"), list):
        buckets = [one | {"leader": _without(one["leader"], *_OURS)} for one in body["buckets"]]
        body = body | {"buckets": buckets}
    if isinstance(body, dict) and "rows" in body and "benchmarkName" in body:
        body = body | {"rows": _tied_rows(body["rows"])}
        for key in ("tasks", "taskTypes"):
            if key in body:
                body[key] = sorted(body[key])
    elif isinstance(body, dict) and "rows" in body and "model" in body:
        rows = sorted(body["rows"], key=lambda row: (row["rank"], row["benchmarkName"]))
        body = body | {"rows": [row | {"taskTypes": sorted(row["taskTypes"])} for row in rows]}
    return body


def _without(row: Any, *keys: str) -> Any:
    return {k: v for k, v in row.items() if k not in keys} if isinstance(row, dict) else row


def _tied_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row.get("rank", 0), _row_name(row)))


def _row_name(row: dict[str, Any]) -> str:
    name = row["modelName"] if "modelName" in row else row["model"]["name"]
    return f"{name} {json.dumps(row.get('experiments'), sort_keys=True)}"
