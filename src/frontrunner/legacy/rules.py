"""Which task, subset and split a column of the first board shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from frontrunner.catalog import Catalog

SPLIT_ORDER = ("test", "dev", "validation", "train")
"""The first board took the first of these that a file had; after them any other, by name."""


class _Split(msgspec.Struct, forbid_unknown_fields=True):
    tasks: tuple[str, ...]
    splits: tuple[str, ...]
    reason: str
    boards: tuple[str, ...] = ()
    """Empty for all."""


class _Subset(msgspec.Struct, forbid_unknown_fields=True):
    task: str
    column: str
    subset: str
    reason: str


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    """What rules.toml says."""

    split: list[_Split] = []
    subset: list[_Subset] = []


class Target(NamedTuple):
    """What a column shows, in the catalog's words."""

    task: str
    subset: str | None
    splits: tuple[str, ...]
    """In the order in which the board looked for them."""


@cache
def load_rules() -> Rules:
    """The reviewed rules."""
    text = files("frontrunner.legacy").joinpath("rules.toml").read_bytes()
    return msgspec.toml.decode(text, type=Rules)


def split_order(task: str, board: str = "") -> tuple[str, ...]:
    """The splits in the order in which the first board looked for them."""
    for rule in load_rules().split:
        if task in rule.tasks and (not rule.boards or board in rule.boards):
            return (*rule.splits, *(one for one in SPLIT_ORDER if one not in rule.splits))
    return SPLIT_ORDER


def target(board: str, task: str, subset: str | None, catalog: Catalog) -> Target:
    """What the column of `task` and `subset` on `board` shows."""
    name = catalog.old_task_names.get(task, task) if task not in catalog.task_by_name else task
    for rule in load_rules().subset:
        if (rule.task, rule.column) == (name, subset):
            subset = rule.subset
    return Target(name, subset, split_order(name, board))


def pick_split(present: Iterable[str], order: tuple[str, ...]) -> str | None:
    """The split that the first board would have taken from those that are there."""
    found = sorted(set(present))
    for split in order:
        if split in found:
            return split
    return found[0] if found else None
