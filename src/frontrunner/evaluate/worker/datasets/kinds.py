"""The shapes of built data: plain lists and strings, so that they can be hashed and tested."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from typing import Any

Split = dict[str, Any]
"""Columns by name, or for retrieval: queries, corpus, relevant and perhaps candidates."""

Built = dict[str, dict[str, Split]]
"""A task's data: subset -> split -> content."""


def pick(items: Iterable[str], count: int, seed: str) -> list[str]:
    """Choose `count` of `items`: the same ones on every machine, in any order of `items`."""
    ordered = sorted(items)
    return random.Random(seed).sample(ordered, min(count, len(ordered)))  # noqa: S311 - not a secret


def fingerprint(built: Built) -> str:
    """Name data by its content: 40 hexadecimal digits that change when any text or label does."""
    canonical = json.dumps(built, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:40]
