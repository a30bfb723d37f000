"""Prepare answers to the old calls: the configuration, its description and the model types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.calls.pack import CONFIG, INFO, MODEL_TYPES, forget_calls, keep_calls
from frontrunner.legacy.adopted import Adopted
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.files.fresh import fresh_tree
from frontrunner.legacy.gradio.components import size_boxes, type_boxes
from frontrunner.legacy.gradio.document import SEARCH_LABEL, Texts, config
from frontrunner.legacy.gradio.endpoints import endpoints_of, info
from frontrunner.legacy.gradio.model_types import known_types
from frontrunner.legacy.gradio.page_layout import SEARCH, SIZES, TYPES, layout_of
from frontrunner.snapshot.answers import Answer, Encoded, encode
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

_TITLE = (
    "This URL answers calls made for the first MTEB leaderboard, with the numbers of its successor."
)


def prepare_calls(home: Path, snapshot: Snapshot, adopted: Adopted, *, again: bool = False) -> None:
    """Prepare the answers for `snapshot`, in the shape of the board that was adopted.

    They replace those that exist when they are complete. With `again` those of all other
    snapshots, which an earlier adoption may have shaped, are removed after that. Raises
    SnapshotError if they cannot be written.
    """
    keep_calls(home, snapshot.id, _answers(adopted, snapshot))
    forget_calls(home, keep=[snapshot.id] if again else Store(home).ids())


def _answers(adopted: Adopted, snapshot: Snapshot) -> Iterator[tuple[str, Encoded]]:
    layout = layout_of(load_board_map().values())
    endpoints = endpoints_of(layout)
    tables = {table.key: table for table in fresh_tree(adopted.tree(), snapshot).tables}
    document = config(layout, endpoints, tables, _texts(snapshot), app_id(snapshot.id))
    yield _encoded(CONFIG, document)
    yield _encoded(INFO, info(layout, endpoints, _labels()))
    yield _encoded(MODEL_TYPES, known_types(snapshot.catalog, adopted.types))


def _encoded(key: str, content: object) -> tuple[str, Encoded]:
    return key, encode(Answer(key, msgspec.json.encode(content)))


def app_id(snapshot: str) -> int:
    """The number of the application, which differs between snapshots."""
    return int(snapshot, 16) >> 1


def _texts(snapshot: Snapshot) -> Texts:
    counts = snapshot.manifest.provenance.counts
    footer = (
        f"- **Tasks with results**: {counts.tasks}\n- **Scores**: {counts.rows}\n"
        f"- **Models**: {counts.models}\n"
    )
    return Texts(_TITLE, footer)


def _labels() -> dict[int, str]:
    boxes: dict[int, Any] = {TYPES: type_boxes(TYPES), SIZES: size_boxes(SIZES)}
    labels = {number: str(box["props"]["label"]) for number, box in boxes.items()}
    return labels | {SEARCH: SEARCH_LABEL}
