"""The rows and columns that boards are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup
from msgspec import UnsetType

from frontrunner.answers.schemas import Completed
from frontrunner.answers.values import BoardRow
from frontrunner.web import text
from frontrunner.web.shades import Scale

FIRST_ROWS = 32
"""Rows of a board that are laid out before the page is painted.

Scripts put the others into the page, and split their names as the server does here: as they are,
400 of them take 1.5 KB less. For the same reason attributes of rows have no quotation marks where
HTML needs none.
"""
MEANS = ("mean_task", "mean_task_type", "mean_public", "mean_private")
"""The means of a row, the main one first."""


class Column(NamedTuple):
    """One column of scores."""

    kind: str
    """`mean`, `type`, `group`, `task` or `language`."""
    key: str
    """What the column is called in the data."""
    label: str
    """What readers see."""
    title: str
    """What it means, in a sentence."""
    href: str | None = None
    group: str = ""
    """What the columns from this one on have in common; empty if that is said before."""

    @property
    def width(self) -> str:
        """A class for the width: the longest word of the label fits into it."""
        longest = max(map(_letters, re.split(r"[\s-]", self.label)))
        return "w3" if longest > 10 else "w2" if longest > 6 else "w1"


def _letters(word: str) -> float:
    """How wide a word is, in Latin letters; a Chinese one takes the room of one and a half."""
    return sum(1.5 if sign >= "\u2e80" else 1 for sign in word)


class ScoreCell(NamedTuple):
    """One score as it is shown."""

    text: str
    step: int
    """The shade; 0 for none."""
    why: str = ""
    """Why the score is missing; empty if there is one."""
    trained_on: bool = False
    """Whether the model was trained on this task's data."""
    part: str = ""
    """Of a mean over the tasks that the model completed: how many of how many they are."""
    lacks: int = 0
    """How many tasks are missing, if they are too many for the cell to name them."""


_LONGEST_VARIANT = 120
"""Characters: the parameters of an experiment come out of result files, and may be megabytes."""


class ModelName(NamedTuple):
    """A model's name in its two parts, so that the organisation can be dimmed."""

    name: str
    owner: str
    short: str
    variant: str = ""
    """The parameters of an experiment, for a run that is not the ordinary one."""

    @classmethod
    def of(cls, name: str, experiment: dict[str, Any] | None = None) -> ModelName:
        """The parts of `org/name`."""
        owner, slash, short = name.rpartition("/")
        variant = ", ".join(f"{key}={value}" for key, value in (experiment or {}).items())
        return cls(name, owner + slash, short, text.cut(variant, _LONGEST_VARIANT))


def twins(names: Sequence[ModelName]) -> list[bool]:
    """Whether another row has the same name with another owner, so that the owner must be shown."""
    count = Counter((name.short, name.variant) for name in names)
    return [count[name.short, name.variant] > 1 for name in names]


def names_of(rows: Sequence[BoardRow]) -> list[str]:
    """A short name for each row of a board: without the owner,
    unless another row has the same."""
    names = [ModelName.of(row.model.name, row.experiments) for row in rows]
    return [
        f"{name.name if is_twin else name.short} {name.variant}".strip()
        for name, is_twin in zip(names, twins(names), strict=True)
    ]


Value = Callable[[BoardRow], float | None]
Why = Callable[[BoardRow], str]


def shaded(
    values: Iterable[float | None], whys: Iterable[str], scale: Scale | None = None
) -> list[ScoreCell]:
    """A column of cells; `scale` is the column's own unless one is given."""
    numbers = list(values)
    scale = scale or Scale.of(numbers)
    return [
        ScoreCell(text.score(number), scale.step(number), "" if number is not None else why)
        for number, why in zip(numbers, whys, strict=True)
    ]


def partial_mean(completed: Completed | UnsetType, names: Sequence[str] = MEANS) -> float | None:
    """The first of some means over the tasks that a model completed; None if it has none."""
    if isinstance(completed, UnsetType):
        return None
    means = (getattr(completed, name) for name in names)
    return next((mean for mean in means if mean is not None), None)


def part_of(completed: Completed | UnsetType) -> str:
    """How many tasks a mean is over, of how many; empty if it is over all of them."""
    if isinstance(completed, UnsetType):
        return ""
    return f"{completed.tasks}/{completed.tasks_total}"


def with_partial_mean(cell: ScoreCell, completed: Completed | UnsetType, *names: str) -> ScoreCell:
    """A mean's cell; if there is no mean, the one over what the model completed, unshaded."""
    value = partial_mean(completed, names or MEANS) if cell.why else None
    if value is None:
        return cell
    return cell._replace(text=text.score(value), part=part_of(completed))


def across(columns: Sequence[Sequence[ScoreCell]], rows: int) -> list[tuple[ScoreCell, ...]]:
    """Columns of cells as rows of cells."""
    return list(zip(*columns, strict=True)) if columns else [()] * rows


_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])|(?<=[-_])|(?<=\.)(?!\d)")


def breakable(name: str) -> Markup:
    """A name that a narrow heading may break between words."""
    return Markup("<wbr>").join(_SEAMS.split(name))


_JOINTS = re.compile(r"(?<=_)|(?<=\.)(?!\d)|(?<=-)(?=\d)")
"""Where a browser would not break a name on its own; it does after a hyphen before a letter."""


def jointed(name: str) -> Markup:
    """A model's name that may break after its hyphens and dots, so that `0.6B` stays whole."""
    return Markup("<wbr>").join(_JOINTS.split(name))


_BRACKETS = re.compile(r"(?<=[(\[])(?=\S)")


def bracketed(name: str) -> Markup:
    """A board's name that may break after a bracket; a browser does after its spaces."""
    return Markup("<wbr>").join(_BRACKETS.split(name))


_WHOLE = re.compile(r"(\d{4}-\d\d-\d\d|(?<!\S)--?[\w-]+)")
"""A day, and an option of a command. Browsers break both after their hyphens."""


def unbroken(said: str) -> Markup:
    """A text or a command whose days and options stay on one line."""
    parts = _WHOLE.split(said)
    whole = (Markup('<span class="nobr">{}</span>').format(one) for one in parts[1::2])
    return Markup("").join(
        one for pair in zip(parts[::2], [*whole, ""], strict=True) for one in pair
    )


def spaced(name: str) -> str:
    """`PairClassification` as `Pair Classification`, so that a narrow heading can break."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
