"""The columns of origins as lists, which tests compare."""

from __future__ import annotations

from typing import Any

from frontrunner.results.numbers import picked
from frontrunner.results.origins import UNKNOWN, Origins, Texts


def texts_of(column: Texts) -> list[str | None]:
    """The text of each row."""
    return picked(column.texts, column.numbers)


def lists_of(origins: Origins) -> dict[str, list[Any]]:
    """Each column as a list, with None for what is unknown."""
    known = {UNKNOWN: None, 0: False, 1: True}
    return {
        "path": origins.path,
        "revision": texts_of(origins.revision),
        "mteb_version": texts_of(origins.mteb_version),
        "dataset_revision": texts_of(origins.dataset_revision),
        "other_data": [known[one] for one in origins.other_data.tolist()],
        "evaluation_time": [
            None if one != one else one for one in origins.evaluation_time.tolist()
        ],
    }
