"""Weights as requests write them: `Retrieval:3`, of a type, or `STS12:0.5`, of a task."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names
from frontrunner.ranking import Weights

MOST = 100
"""The largest weight."""
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)


def number(text: str) -> Fraction | None:
    """A weight from 0 to `MOST` with at most two decimals; None if the text is none."""
    found = Fraction(text) if _NUMBER.fullmatch(text) else None
    return found if found is not None and found <= MOST else None


def split(given: str) -> tuple[str, str]:
    """The name and the number of one weight; a name may have colons."""
    name, _, weight = given.rpartition(":")
    return name.strip(), weight.strip()


def read(given: Iterable[str], tasks: Collection[str], kinds: Collection[str]) -> Weights:
    """The weights that are `given` of some tasks and types.

    Raises UsageError for a name that is neither, and for text that is not a weight.
    """
    of_tasks: dict[str, Fraction] = {}
    of_types: dict[str, Fraction] = {}
    for one in given:
        name, text = split(one)
        weight = number(text)
        if weight is None:
            raise UsageError(
                f"{one!r} is not a weight. Give a name and a number from 0 to {MOST} with at "
                "most two decimals, such as Retrieval:3."
            )
        if name not in tasks and name not in kinds:
            near = near_names(name, [*kinds, *tasks], most=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UsageError(
                f"{name!r} cannot have a weight: no task or type is ranked by it.{hint}"
            )
        (of_types if name in kinds else of_tasks)[name] = weight
    return Weights(of_tasks, of_types)


def spelled(weights: Weights | None) -> Mapping[str, float]:
    """The weights that are not 1, by name: those of types first."""
    found = {**weights.types, **weights.tasks} if weights else {}
    return {name: float(weight) for name, weight in found.items() if weight != 1}
