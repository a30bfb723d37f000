"""What an answer means, in any of its forms: rows of a board, a shape of JSON, or a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontrunner.checks.contract.shape import Shape, shape_of
from frontrunner.gateway.shadow.page_facts import page_facts
from frontrunner.legacy.files.markup import parse_anchor

_MODEL_HEADS = ("model", "model name", "name")
_SCORE_HEADS = ("average", "mean (task)", "mean", "mean_task", "meantask", "score", "avg")
_RANK_HEADS = ("rank", "rank (borda)", "#")
_LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One model on a board."""

    score: float | None
    """0 to 1, rounded to the four decimals that a board prints as a percentage with two."""
    rank: int | None


@dataclass(frozen=True)
class Answer:
    """What a board answered, as it came."""

    status: int
    kind: str
    """The media type, without parameters."""
    body: bytes


@dataclass(frozen=True)
class Canon:
    """The meaning of an answer. What it has not is None."""

    status: int
    rows: dict[str, Row] | None = None
    shape: Shape | None = None
    title: str | None = None
    links: frozenset[str] | None = None
    digest: int | None = field(default=None)
    """For content that is none of these: a hash of its bytes."""


def canon(answer: Answer) -> Canon:
    """The meaning of an answer; a body that is not what its type says counts by its bytes."""
    body = answer.body[:_LONGEST]
    if answer.kind.endswith("json"):
        return _of_json(answer.status, body)
    if answer.kind == "text/html":
        return _of_page(answer.status, body.decode("utf-8", "replace"))
    if answer.kind == "text/csv":
        rows = _of_table(_csv(body))
        if rows is not None:
            return Canon(answer.status, rows=rows)
    return Canon(answer.status, digest=hash(body))


def _of_json(status: int, body: bytes) -> Canon:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return Canon(status, digest=hash(body))
    rows = rows_of(value)
    return Canon(status, rows=rows, shape=None if rows else shape_of(value))


def rows_of(value: Any) -> dict[str, Row] | None:
    """The rows of a board in decoded JSON; None if there are none.

    Known are the rows of `/v1`, a Gradio table (`headers` and `data`), and a list of such.
    """
    if isinstance(value, Mapping):
        if isinstance(value.get("rows"), list):
            return _of_v1(value["rows"])
        if isinstance(value.get("headers"), list) and isinstance(value.get("data"), list):
            return _of_table([value["headers"], *value["data"]])
        inner = value.get("data")
        return rows_of(inner) if isinstance(inner, list) else None
    if isinstance(value, list):
        for one in value:
            found = rows_of(one) if isinstance(one, (Mapping, list)) else None
            if found:
                return found
    return None


def _of_v1(rows: list[Any]) -> dict[str, Row] | None:
    found: dict[str, Row] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            return None
        model = row.get("model")
        name = model.get("name") if isinstance(model, Mapping) else model
        if not isinstance(name, str):
            return None
        variant = row.get("experiment")
        label = f"{name} {json.dumps(variant, sort_keys=True)}" if variant else name
        found[_free_key(label, found)] = Row(_number(row.get("meanTask")), _rank(row.get("rank")))
    return _scaled(found)


def _of_table(table: list[Any]) -> dict[str, Row] | None:
    """Rows of a table whose first row names its columns."""
    if not table or not isinstance(table[0], list):
        return None
    heads = [str(head).strip().lower() for head in table[0]]
    model = _column(heads, _MODEL_HEADS)
    score, rank = _column(heads, _SCORE_HEADS), _column(heads, _RANK_HEADS)
    if model is None or (score is None and rank is None):
        return None
    found: dict[str, Row] = {}
    for cells in table[1:]:
        if not isinstance(cells, list) or len(cells) < len(heads):
            continue
        name = parse_anchor(str(cells[model])).name
        found[_free_key(name, found)] = Row(
            None if score is None else _number(cells[score]),
            None if rank is None else _rank(cells[rank]),
        )
    return _scaled(found)


def _column(heads: list[str], names: tuple[str, ...]) -> int | None:
    """The first column with one of the names; `Average (56 datasets)` has one, too."""
    for name in names:
        for index, head in enumerate(heads):
            if head == name or head.startswith(f"{name} ("):
                return index
    return None


def _free_key(name: str, taken: Mapping[str, Row]) -> str:
    """A model without its organisation, as the old board names it; whole if that is taken."""
    whole = " ".join(name.split()).lower()
    short = whole.rpartition("/")[2]
    return whole if short in taken else short


def _scaled(rows: dict[str, Row]) -> dict[str, Row] | None:
    """Rows with scores from 0 to 1; percentages are recognized by the largest score."""
    scores = [row.score for row in rows.values() if row.score is not None]
    factor = 100 if any(abs(score) > 1.5 for score in scores) else 1
    return {
        name: Row(None if row.score is None else round(row.score / factor, 4), row.rank)
        for name, row in rows.items()
    } or None


def _rank(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e12 else None


def _csv(body: bytes) -> list[Any]:
    try:
        return [list(row) for row in csv.reader(io.StringIO(body.decode("utf-8", "replace")))]
    except csv.Error:
        return []


def _of_page(status: int, text: str) -> Canon:
    facts = page_facts(text)
    return Canon(status, title=facts.title, links=facts.links)
