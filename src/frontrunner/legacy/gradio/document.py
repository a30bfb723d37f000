"""`/config`: the first board's whole application as one document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from frontrunner.legacy.files.columns import INDEX
from frontrunner.legacy.files.tables import Table
from frontrunner.legacy.gradio import components as make
from frontrunner.legacy.gradio.endpoints import Endpoint
from frontrunner.legacy.gradio.page_layout import (
    CHOSEN_LANGUAGES,
    CHOSEN_TASK,
    FORM,
    SEARCH,
    SIZES,
    TASK_TABS,
    TITLE,
    TOP_ROW,
    TYPES,
    Layout,
    TableTab,
    TaskTab,
)

VERSION, PROTOCOL = "4.20.0", "sse_v2"
SEARCH_LABEL = "Search Bar (separate multiple queries with `;`)"

Tables = Mapping[tuple[str, str], Table]
"""Board and kind -> table with fresh numbers."""


class Texts(msgspec.Struct, frozen=True):
    """The texts on the page."""

    title: str
    footer: str


def config(
    layout: Layout, endpoints: Sequence[Endpoint], tables: Tables, texts: Texts, app_id: int
) -> dict[str, Any]:
    """The document, in the shape of Gradio 4.20."""
    return {
        "version": VERSION,
        "mode": "blocks",
        "app_id": app_id,
        "dev_mode": False,
        "analytics_enabled": False,
        "components": list(_components(layout, tables, texts)),
        "css": "",
        "js": None,
        "head": None,
        "title": "Gradio",
        "space_id": None,
        "enable_queue": True,
        "show_error": False,
        "show_api": True,
        "is_colab": False,
        "stylesheets": [],
        "theme": "default",
        "protocol": PROTOCOL,
        "body_css": {
            "body_background_fill": "white",
            "body_text_color": "#1f2937",
            "body_background_fill_dark": "#0b0f19",
            "body_text_color_dark": "#f3f4f6",
        },
        "fill_height": False,
        "layout": _tree(layout),
        "dependencies": [endpoint.dependency for endpoint in endpoints],
        # Empty, so that programs use the URL that they were given, such as that of a proxy.
        "root": "",
    }


def _components(layout: Layout, tables: Tables, texts: Texts) -> Iterator[make.Component]:
    yield make.json_value(CHOSEN_TASK)
    yield make.json_value(CHOSEN_LANGUAGES)
    yield make.markdown(TITLE, texts.title)
    yield make.row(TOP_ROW)
    yield make.search(SEARCH, SEARCH_LABEL)
    yield make.type_boxes(TYPES)
    yield make.size_boxes(SIZES)
    yield make.form(FORM)
    yield make.tabs(TASK_TABS)
    for task in layout.tasks:
        yield make.tab(task.item, task.task, task.label)
        if task.text is not None:
            yield make.markdown(task.text, f"Tables of the task type {task.label}.")
        yield make.tabs(task.tabs)
        for table in task.tables:
            yield from _table_components(task, table, tables.get(table.row.key))
    yield make.markdown(layout.footer, texts.footer)


def _table_components(
    task: TaskTab, tab: TableTab, table: Table | None
) -> Iterator[make.Component]:
    yield make.tab(tab.item, tab.row.language, tab.label)
    yield make.row(tab.text_row)
    yield make.markdown(tab.text, f"**{task.label}: {tab.label}**")
    yield make.row(tab.table_row)
    value = shown(table)
    columns = len(value["headers"])
    yield make.table(tab.shown, value, columns, visible=True)
    yield make.table(tab.whole, value, columns, visible=False)


def shown(table: Table | None) -> dict[str, Any]:
    """A table as it is sent, without the `index` column of the file."""
    headers = [name for name in table.columns if name != INDEX] if table else []
    rows = [[row.get(name, "") for name in headers] for row in table.rows] if table else []
    return {"headers": headers, "data": rows or [[]], "metadata": None}


def _tree(layout: Layout) -> dict[str, Any]:
    top = _node(TOP_ROW, _node(FORM, _node(SEARCH), _node(TYPES), _node(SIZES)))
    tasks = _node(TASK_TABS, *(_task_node(task) for task in layout.tasks))
    first = (_node(CHOSEN_TASK), _node(CHOSEN_LANGUAGES), _node(TITLE))
    return _node(0, *first, top, tasks, _node(layout.footer))


def _task_node(task: TaskTab) -> dict[str, Any]:
    text = () if task.text is None else (_node(task.text),)
    return _node(task.item, *text, _node(task.tabs, *(_table_node(one) for one in task.tables)))


def _table_node(tab: TableTab) -> dict[str, Any]:
    tables = _node(tab.table_row, _node(tab.shown), _node(tab.whole))
    return _node(tab.item, _node(tab.text_row, _node(tab.text)), tables)


def _node(number: int, *children: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "children": list(children)} if children else {"id": number}
