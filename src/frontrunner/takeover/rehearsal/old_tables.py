"""What the old board of a rehearsal shows: today's scores, and tables of a real old board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.json import loads

_TABS = {"Overall": "data_overall", "Retrieval": "data_tasks/Retrieval", "STS": "data_tasks/STS"}
_MOST_ROWS = 60
_MOST_COLUMNS = 8
Table = dict[str, Any]
"""`headers` and `rows`, as Gradio's table takes them."""


def table_of_scores(text: str) -> Table:
    """Rank, model and mean of an answer of `/v1/benchmarks/{name}/scores`."""
    rows = [
        [row["rank"], row["model"]["name"], _percent(row.get("meanTask"))]
        for row in msgspec.json.decode(text)["rows"]
    ]
    return {"headers": ["Rank", "Model", "Average"], "rows": rows}


def _percent(score: float | None) -> float | str:
    return "" if score is None else round(score * 100, 2)


def old_tables(legacy: Path | None) -> dict[str, Table]:
    """Tables of English of an old board's folder; none without a folder. Raises UsageError."""
    if legacy is None:
        return {}
    found = {}
    for name, part in _TABS.items():
        path = legacy / "boards_data" / "en" / part / "default.jsonl"
        try:
            lines = path.read_bytes().splitlines()[:_MOST_ROWS]
        except OSError as error:
            raise UsageError(
                f"{path} cannot be read: {error.strerror}. --legacy is the old board's folder, "
                "with config.yaml and boards_data."
            ) from error
        rows = [loads(line) for line in lines]
        heads = [head for head in rows[0] if head != "index"][:_MOST_COLUMNS]
        found[name] = {"headers": heads, "rows": [[row[head] for head in heads] for row in rows]}
    return found
