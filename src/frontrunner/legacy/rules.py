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


class _Renamed(msgspec.Struct, forbid_unknown_fields=True):
    board: str
    column_task: str
    task: str
    reason: str


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    """What rules.toml says."""

    split: list[_Split] = []
    renamed: list[_Renamed] = []


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


def split_order(task: str, rules: Rules | None = None) -> tuple[str, ...]:
    """The splits in the order in which the first board looked for them."""
    for rule in (rules or load_rules()).split:
        if task in rule.tasks:
            return (*rule.splits, *(one for one in SPLIT_ORDER if one not in rule.splits))
    return SPLIT_ORDER


def target(board: str, task: str, subset: str | None, catalog: Catalog) -> Target:
    """What the column of `task` and `subset` on `board` shows."""
    rules = load_rules()
    name = catalog.old_task_names.get(task, task) if task not in catalog.task_by_name else task
    for rule in rules.renamed:
        if (rule.board, rule.column_task) == (board, task) and rule.task in catalog.task_by_name:
            name = rule.task
    return Target(name, subset, split_order(name, rules))


def pick_split(present: Iterable[str], order: tuple[str, ...]) -> str | None:
    """The split that the first board would have taken from those that are there."""
    found = sorted(set(present))
    for split in order:
        if split in found:
            return split
    return found[0] if found else None
