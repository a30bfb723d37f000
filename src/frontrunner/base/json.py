"""JSON as result files and other programs write it: with `NaN` and `Infinity`.

Python's reader accepts what cannot be stored: halves of surrogate pairs, which no encoder takes
back, and numbers of any length. One such text in one file would stop a whole build when it is
stored, so `loads` refuses the first and `refuse_unstorable` finds the second.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_LARGEST = 2**63 - 1


def loads(data: bytes) -> Any:
    """The content of `data`, which is UTF-8, with or without a byte order mark.

    Raises ValueError if it is not JSON or not text, RecursionError if it is nested too deeply.
    """
    content = json.loads(data.decode("utf-8-sig"))
    if b"\\u" in data:
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair raises here
    return content


def loads_or_none(data: bytes) -> Any:
    """The same, but None if it cannot be read; strict JSON is read ten times faster."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return loads(data)
    except (ValueError, RecursionError):
        return None


def refuse_unstorable(value: object, depth: int) -> None:
    """Raise ValueError for what a snapshot cannot hold: deep nesting, numbers beyond 64 bits."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ValueError("a whole number is larger than 64 bits")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and not depth:
        raise ValueError("nested too deeply")
    for one in inner:
        refuse_unstorable(one, depth - 1)


def read_as(path: Path, kind: type[T]) -> T:
    """The content of a JSON file as a type. Raises OSError, or ValueError for any bad content."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except RecursionError:
        raise ValueError("nested too deeply") from None
