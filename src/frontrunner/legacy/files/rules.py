"""Which task, subset and split a column of the first board shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from frontrunner.catalog import Catalog

SPLIT_ORDER = ("test", "dev", "validation", "train")
"""The first board took the first of these splits in a file, and then any other, by name."""


class _Split(msgspec.Struct, forbid_unknown_fields=True):
    tasks: tuple[str, ...]
    splits: tuple[str, ...]
    reason: str
    boards: tuple[str, ...] = ()
    """Empty for all."""
    only: bool = False
    """Whether no other split may be used."""


class _Also(msgspec.Struct, forbid_unknown_fields=True):
    task: str
    boards: tuple[str, ...]
    other: str
    reason: str


class _Subset(msgspec.Struct, forbid_unknown_fields=True):
    task: str
    column: str
    subset: str
    reason: str


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    """The content of rules.toml."""

    split: list[_Split] = []
    subset: list[_Subset] = []
    also: list[_Also] = []
    """Other tasks that have newer results of a column."""


class Target(NamedTuple):
    """What a column shows, by the names of the catalog."""

    task: str
    subset: str | None
    splits: tuple[str, ...]
    """In the order in which the board looked for them."""
    only: bool = False
    """Whether no other split may be used."""


@cache
def load_rules() -> Rules:
    """The reviewed rules."""
    text = files("frontrunner.legacy.files").joinpath("rules.toml").read_bytes()
    return msgspec.toml.decode(text, type=Rules)


def split_order(task: str, board: str = "") -> tuple[str, ...]:
    """The splits in the order in which the first board looked for them."""
    rule = _split_rule(task, board)
    if rule is None:
        return SPLIT_ORDER
    others = () if rule.only else (one for one in SPLIT_ORDER if one not in rule.splits)
    return (*rule.splits, *others)


def _split_rule(task: str, board: str) -> _Split | None:
    for rule in load_rules().split:
        if task in rule.tasks and (not rule.boards or board in rule.boards):
            return rule
    return None


def target(board: str, task: str, subset: str | None, catalog: Catalog) -> Target:
    """What the column of `task` and `subset` on `board` shows."""
    name = catalog.old_task_names.get(task, task) if task not in catalog.task_by_name else task
    for rule in load_rules().subset:
        if (rule.task, rule.column) == (name, subset):
            subset = rule.subset
    found = _split_rule(name, board)
    return Target(name, subset, split_order(name, board), found is not None and found.only)


def targets(board: str, task: str, subset: str | None, catalog: Catalog) -> tuple[Target, ...]:
    """As `target`, followed by other tasks that have newer results of the same column."""
    first = target(board, task, subset, catalog)
    others = [
        one.other for one in load_rules().also if one.task == first.task and board in one.boards
    ]
    return (first, *(first._replace(task=other) for other in others))


def pick_split(present: Iterable[str], order: tuple[str, ...], *, only: bool = False) -> str | None:
    """The split that the first board would have taken from those present.

    With `only`, a split that is not in `order` is never taken.
    """
    found = sorted(set(present))
    for split in order:
        if split in found:
            return split
    return found[0] if found and not only else None
