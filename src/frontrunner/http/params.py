"""Query parameters: read, checked, and rejected in the words that FastAPI uses.

Programs written for mteb's service know these words, so ours are the same.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from frontrunner.answers.filters import ModelFilter, RankRequest, TaskFilter, TiesRequest
from frontrunner.answers.source_schemas import SourceRequest
from frontrunner.http.query import Query

_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})
MAX_BUCKETS = 8
MAX_NAMES = 1_000
"""Entries of a list."""
MAX_TEXT = 256
"""Characters of a part of a name."""
Bucket = tuple[float, float | None]


class BadQueryError(Exception):
    """A query that cannot be answered; `detail` is the body of the 422 answer."""

    def __init__(self, detail: str | list[dict[str, Any]]) -> None:
        super().__init__(str(detail))
        self.detail = detail


def _wrong(name: str, kind: str, message: str, given: str | None) -> BadQueryError:
    return BadQueryError([{"type": kind, "loc": ["query", name], "msg": message, "input": given}])


def names(query: Query, key: str) -> tuple[str, ...]:
    """A list that is repeated or comma-separated."""
    pieces = (piece.strip() for value in query.get_all(key) for piece in value.split(","))
    found = tuple(piece for piece in pieces if piece)
    if len(found) > MAX_NAMES:
        message = f"List should have at most {MAX_NAMES} items, not {len(found)}"
        raise _wrong(key, "too_long", message, None)
    return found


def text(query: Query, key: str) -> str | None:
    """A text; None if it is empty or not given."""
    value = query.get(key)
    if value and len(value) > MAX_TEXT:
        message = f"String should have at most {MAX_TEXT} characters"
        raise _wrong(key, "string_too_long", message, value[:MAX_TEXT])
    return value or None


def flag(query: Query, key: str) -> bool | None:
    """A yes or no; None if it is not given."""
    value = query.get(key)
    if value is None:
        return None
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    message = "Input should be a valid boolean, unable to interpret input"
    raise _wrong(key, "bool_parsing", message, value)


def number(query: Query, key: str) -> float | None:
    """A number; None if it is not given."""
    value = query.get(key)
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        message = "Input should be a valid number, unable to parse string as a number"
        raise _wrong(key, "float_parsing", message, value) from None
    if not math.isfinite(found):
        raise _wrong(key, "finite_number", "Input should be a finite number", value)
    return found


def task_filter(query: Query) -> TaskFilter:
    """The parameters of `/v1/tasks`."""
    return TaskFilter(
        languages=names(query, "languages"),
        types=names(query, "types"),
        domains=names(query, "domains"),
        modalities=names(query, "modalities"),
        categories=names(query, "categories"),
        name=text(query, "name"),
    )


def model_filter(query: Query) -> ModelFilter:
    """The parameters of `/v1/models`."""
    return ModelFilter(
        model_types=names(query, "model_types"),
        frameworks=names(query, "frameworks"),
        open_weights=flag(query, "open_weights"),
        instruction_tuned=flag(query, "instruction_tuned"),
        min_params_b=number(query, "min_params_b"),
        max_params_b=number(query, "max_params_b"),
        modalities=names(query, "modalities"),
        exclusive_modality=flag(query, "exclusive_modality") or False,
        name=text(query, "name"),
    )


def rank_request(query: Query) -> RankRequest:
    """The parameters of `/v1/rank`."""
    return RankRequest(
        benchmark=text(query, "benchmark"),
        tasks=names(query, "tasks"),
        languages=names(query, "languages"),
        subsets=names(query, "subsets"),
        types=names(query, "types"),
        domains=names(query, "domains"),
        weights=names(query, "weights"),
        policy=text(query, "policy") or "strict",
        data_revision=text(query, "data_revision"),
        bands=flag(query, "bands") or False,
        models=model_filter(query),
    )


def ties_request(query: Query) -> TiesRequest:
    """The parameters of `/v1/ties`."""
    return TiesRequest(
        model=_required(query, "model"),
        ranking=rank_request(query),
        run=query.get("experiments") or None,
    )


def source_request(query: Query) -> SourceRequest:
    """The parameters of `/v1/source`."""
    return SourceRequest(
        model=_required(query, "model"),
        task=_required(query, "task"),
        benchmark=text(query, "benchmark"),
        run=query.get("experiments") or None,
    )


def _required(query: Query, key: str) -> str:
    value = query.get(key)
    if not value:
        raise _wrong(key, "missing", "Field required", None)
    return value


# --- size buckets ---------------------------------------------------------------------------------


def buckets(query: Query) -> list[Bucket]:
    """`buckets=[[0,500],[500,null]]`: ranges of sizes in millions of parameters."""
    raw = query.get("buckets")
    if raw is None:
        raise _wrong("buckets", "missing", "Field required", None)
    try:
        decoded = json.loads(raw)
    except json.JSONDecodeError as error:
        raise BadQueryError(f"Invalid `buckets` JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise BadQueryError("Invalid `buckets` JSON: nested too deeply or too long") from None
    if not isinstance(decoded, list) or not decoded:
        raise BadQueryError("`buckets` must be a non-empty JSON array of [min, max] pairs")
    if len(decoded) > MAX_BUCKETS:
        raise BadQueryError(f"`buckets` is capped at {MAX_BUCKETS} entries")
    return [_bucket(index, entry) for index, entry in enumerate(decoded)]


def _bucket(index: int, entry: Any) -> Bucket:
    if not isinstance(entry, list) or not 1 <= len(entry) <= 2:
        found = f"{entry!r}"[:200]
        raise BadQueryError(f"`buckets[{index}]` must be a 1- or 2-element array (got {found})")
    low = _limit(index, 0, entry[0], "a number")
    if low < 0:
        raise BadQueryError(f"`buckets[{index}][0]` must be ≥ 0")
    if len(entry) == 1 or entry[1] is None:
        return low, None
    high = _limit(index, 1, entry[1], "a number or null")
    if high <= low:
        raise BadQueryError(f"`buckets[{index}]`: max ({high}) must be > min ({low})")
    return low, high


def _limit(index: int, place: int, value: Any, wanted: str) -> float:
    # JSON in Python admits NaN, Infinity and integers beyond any float.
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and abs(value) <= sys.float_info.max:
        return float(value)
    raise BadQueryError(f"`buckets[{index}][{place}]` must be {wanted}")
