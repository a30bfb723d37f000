"""Run the functions of the first board by name or number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from frontrunner.base.errors import LegacyError
from frontrunner.legacy.boardmap import load_board_map
from frontrunner.legacy.gradio.endpoints import FILTER, SET_TABS, Endpoint, endpoints_of
from frontrunner.legacy.gradio.filtering import Filters, Frame, filter_frames
from frontrunner.legacy.gradio.model_types import NamedTypes
from frontrunner.legacy.gradio.page_layout import layout_of
from frontrunner.legacy.gradio.tabs import set_tabs

_BEFORE_TABLES = 3


class Functions:
    """The functions, and what they know of models."""

    def __init__(self, types: Mapping[str, NamedTypes]) -> None:
        layout = layout_of(load_board_map().values())
        self._tasks = [task.task for task in layout.tasks]
        self._tables = len(layout.tables)
        self._by_number = endpoints_of(layout)
        self._by_name = {one.name: one for one in self._by_number}
        self._types = types

    def find(self, key: str | int | None) -> Endpoint | None:
        """A function that the server runs; None if it has no such name or number."""
        found: Endpoint | None = None
        if isinstance(key, str):
            found = self._by_name.get(key)
        elif key is not None and 0 <= key < len(self._by_number):
            found = self._by_number[key]
        return found if found and found.answers else None

    def call(
        self, endpoint: Endpoint, data: Sequence[msgspec.Raw], query: Mapping[str, str]
    ) -> list[Any]:
        """What a function answers. Raises LegacyError where it cannot, as the old board did."""
        if endpoint.name == SET_TABS:
            return set_tabs(query, self._tasks)
        if endpoint.name.startswith(FILTER):
            return self._filter(data)
        raise LegacyError(
            f"{endpoint.name} needs the data of a click on the old page, which programs do not "
            "send."
        )

    def _filter(self, data: Sequence[msgspec.Raw]) -> list[Any]:
        needed = _BEFORE_TABLES + self._tables
        if len(data) < needed:
            raise LegacyError(f"{FILTER} takes {needed} values, {len(data)} were sent.")
        try:
            search = msgspec.json.decode(data[0], type=str | None) or ""
            types = msgspec.json.decode(data[1], type=list[str | float | bool | None])
            sizes = msgspec.json.decode(data[2], type=list[str])
            frames = [msgspec.json.decode(one, type=Frame) for one in data[3:needed]]
        except (msgspec.DecodeError, RecursionError) as error:
            raise LegacyError(f"A value of {FILTER} is invalid: {error}.") from error
        return list(
            filter_frames(Filters(search, [str(one) for one in types], sizes), frames, self._types)
        )
