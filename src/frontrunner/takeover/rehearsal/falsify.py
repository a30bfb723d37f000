"""What a broken board makes of its answers: other numbers, no rows, old data. Pure.

Only what is JSON, CSV or a page is changed; everything else is passed on.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_WRONG = 0.031
"""Added to each score from 0 to 1: three percent points, and one more for every other model."""
_SCORES = ("meanTask", "meanTaskType", "meanPublic", "meanPrivate")
_STALE = timedelta(days=60)
_TIMES = ("builtAt", "built_at")
_ROW = re.compile(rb"<tr\b.*?</tr>", re.DOTALL)


def wrong_numbers(kind: str, body: bytes) -> bytes:
    """The same answer with other scores, and with ranks turned round."""
    if kind.endswith("json"):
        return _json(body, _wrong_rows)
    if kind == "text/csv":
        return _wrong_csv(body)
    return body


def empty(kind: str, body: bytes) -> bytes:
    """The same answer without a single row."""
    if kind.endswith("json"):
        return _json(body, _no_rows)
    if kind == "text/csv":
        return body.split(b"\n", 1)[0] + b"\n"
    if kind == "text/html":
        return _ROW.sub(b"", body)
    return body


def stale(kind: str, body: bytes) -> bytes:
    """The same answer, but its data is said to be two months old."""
    return _json(body, _old_times) if kind.endswith("json") else body


def stale_header(value: bytes) -> bytes:
    """A `last-modified` of two months ago."""
    try:
        at = datetime.strptime(value.decode("latin-1"), "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:
        return value
    return (at.replace(tzinfo=UTC) - _STALE).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()


def _json(body: bytes, change: Any) -> bytes:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body
    return msgspec.json.encode(change(value))


def _wrong_rows(value: Any) -> Any:
    if isinstance(value, dict):
        rows = value.get("rows")
        if isinstance(rows, list):
            return value | {"rows": [_wrong_row(at, row, len(rows)) for at, row in enumerate(rows)]}
        return {key: _wrong_rows(one) for key, one in value.items()}
    return [_wrong_rows(one) for one in value] if isinstance(value, list) else value


def _wrong_row(at: int, row: Any, rows: int) -> Any:
    if not isinstance(row, dict):
        return row
    changed = dict(row)
    for name in _SCORES:
        if isinstance(changed.get(name), float):
            changed[name] += _WRONG + 0.01 * (at % 2)
    if isinstance(changed.get("rank"), int):
        changed["rank"] = rows + 1 - changed["rank"]
    return changed


def _no_rows(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: [] if key == "rows" else _no_rows(one) for key, one in value.items()}
    return [_no_rows(one) for one in value] if isinstance(value, list) else value


def _old_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _older(one) if key in _TIMES else _old_times(one) for key, one in value.items()
        }
    return [_old_times(one) for one in value] if isinstance(value, list) else value


def _older(value: Any) -> Any:
    try:
        return (datetime.fromisoformat(value) - _STALE).isoformat()
    except (TypeError, ValueError):
        return value


def _wrong_csv(body: bytes) -> bytes:
    lines = body.split(b"\n")
    heads = lines[0].split(b",")
    places = [at for at, head in enumerate(heads) if head.startswith(b"mean_")]
    return b"\n".join([lines[0], *(_wrong_line(line, places) for line in lines[1:])])


def _wrong_line(line: bytes, places: list[int]) -> bytes:
    cells = line.split(b",")
    for at in places:
        if at < len(cells) and cells[at].strip():
            cells[at] = repr(float(cells[at]) + _WRONG).encode()
    return b",".join(cells)
