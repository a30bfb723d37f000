"""The first board's page as a tree of numbered components: a tab for each task, one for each table.

The numbers are those of the first board's application, so that programs find components and
functions by their old numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, groupby
from typing import NamedTuple

from frontrunner.legacy.boardmap import Successor
from frontrunner.legacy.links.meaning import OVERALL

CHOSEN_TASK, CHOSEN_LANGUAGES, TITLE = 1, 2, 3
TOP_ROW, SEARCH, TYPES, SIZES, FORM, TASK_TABS = 4, 5, 6, 7, 8, 9
_FIRST_TAB = 10

_TASK_LABELS = {
    "bitextmining": "Bitext Mining",
    "pairclassification": "Pair Classification",
    "sts": "STS",
    "multilabelclassification": "MultilabelClassification",
    "instructionretrieval": "Retrieval w/Instructions",
}
_LANGUAGE_LABELS = {
    "english-x": "English-X",
    "other-languages": "Other Languages",
    "longembed": "LongEmbed",
    "rar-b": "RAR-b",
    "bright": "BRIGHT",
    "bright-long": "BRIGHT Long",
    "coir": "CoIR",
}


class TableTab(NamedTuple):
    """The tab of one table, with the numbers of its components."""

    row: Successor
    item: int
    text_row: int
    text: int
    table_row: int
    shown: int
    """The visible table, which the filters narrow."""
    whole: int
    """The hidden table that the filters read."""

    @property
    def label(self) -> str:
        """The text on the tab."""
        return _LANGUAGE_LABELS.get(self.row.language, self.row.language.title())


class TaskTab(NamedTuple):
    """The tab of one task, with the numbers of its components."""

    task: str
    item: int
    text: int | None
    """None for the overall tab."""
    tabs: int
    tables: tuple[TableTab, ...]

    @property
    def label(self) -> str:
        """The text on the tab."""
        return _TASK_LABELS.get(self.task, self.task.title())


class Layout(NamedTuple):
    """All tabs, in order."""

    tasks: tuple[TaskTab, ...]
    footer: int

    @property
    def tables(self) -> list[TableTab]:
        """The tabs of all tables, in order."""
        return [table for task in self.tasks for table in task.tables]


def layout_of(rows: Iterable[Successor]) -> Layout:
    """Number the components of the tables in `rows`, which are in the old board's order."""
    numbers = count(_FIRST_TAB)
    tasks = tuple(
        _task_tab(task, list(tables), numbers) for task, tables in groupby(rows, _task_of)
    )
    return Layout(tasks, next(numbers))


def _task_of(row: Successor) -> str:
    return row.task


def _task_tab(task: str, rows: list[Successor], numbers: Iterator[int]) -> TaskTab:
    item = next(numbers)
    text = None if task == OVERALL else next(numbers)
    tabs = next(numbers)
    tables = tuple(TableTab(row, *(next(numbers) for _ in range(6))) for row in rows)
    return TaskTab(task, item, text, tabs, tables)
