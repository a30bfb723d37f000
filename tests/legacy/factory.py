"""A first board small enough to read at a glance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from frontrunner.legacy.files.markup import anchor

CONFIG: dict[str, Any] = {
    "tasks": {"STS": {"metric": "cosine_spearman"}, "Retrieval": {"metric": "ndcg_at_10"}},
    "boards": {
        "en": {
            "title": "English",
            "has_overall": True,
            "tasks": {"STS": ["T1", "T3 (eng)"], "Retrieval": ["T2"]},
        },
        "no": {"title": "Norwegian", "has_overall": False, "tasks": {"STS": ["T1"]}},
    },
}


def row(
    name: str,
    scores: Mapping[str, Any] | None = None,
    link: str | None = "https://huggingface.co/org/",
    **more: Any,
) -> dict[str, Any]:
    """A row; a link that ends with a slash is completed with the name."""
    if link and link.endswith("/"):
        link += name
    leading = {"index": 0, "Rank": 1, "Model": anchor(name, link), "Max Tokens": "N/A"}
    return {**leading, **(scores or {}), **more}


def write_board(
    folder: Path,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    config: Mapping[str, Any] = CONFIG,
    external: Mapping[str, Any] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Path:
    """Write a board; `tables` are rows by `board/kind`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(dict(config), sort_keys=False))
    (folder / "model_meta.yaml").write_text(yaml.safe_dump(dict(meta or {"model_meta": {}})))
    (folder / "EXTERNAL_MODEL_RESULTS.json").write_text(json.dumps(external or {}))
    for name, rows in tables.items():
        board, _, kind = name.partition("/")
        below = f"data_tasks/{kind}" if kind else "data_overall"
        path = folder / "boards_data" / board / below / "default.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return folder
