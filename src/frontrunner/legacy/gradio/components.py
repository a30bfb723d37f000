"""The components of the configuration, in the shape of Gradio 4.20."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from frontrunner.legacy.gradio.filtering import SIZE_RANGES
from frontrunner.legacy.gradio.model_types import MODEL_TYPES

Component = dict[str, Any]
Schema = dict[str, Any]

_FORMULAS = [{"left": "$$", "right": "$$", "display": True}]
_TEXTS: Schema = {"items": {"type": "string"}, "title": "Headers", "type": "array"}
_ROWS: Schema = {"items": {"items": {}, "type": "array"}, "title": "Data", "type": "array"}
_LISTS: Schema = {"anyOf": [{"items": {}, "type": "array"}, {"type": "null"}]}
_METADATA: Schema = {
    "anyOf": [{"additionalProperties": _LISTS, "type": "object"}, {"type": "null"}],
    "default": None,
    "title": "Metadata",
}
TABLE_SCHEMA: Schema = {
    "properties": {"headers": _TEXTS, "data": _ROWS, "metadata": _METADATA},
    "required": ["headers", "data"],
    "title": "DataframeData",
    "type": "object",
}
JSON_SCHEMA: Schema = {"type": {}, "description": "any valid json"}
TEXT_SCHEMA: Schema = {"type": "string"}


def choice_schema(choices: Sequence[str]) -> Schema:
    """The schema of a group of checkboxes."""
    return {
        "items": {"enum": list(choices), "type": "string"},
        "title": "Checkbox Group",
        "type": "array",
    }


def _component(
    number: int,
    kind: str,
    props: Mapping[str, Any],
    schema: Schema | None = None,
    sample: Any = None,
) -> Component:
    made: Component = {
        "id": number,
        "type": kind,
        "props": {**props, "name": kind},
        "skip_api": schema is None,
        "component_class_id": hashlib.sha256(kind.encode()).hexdigest()[:32],
    }
    if schema is not None:
        made["props"]["_selectable"] = False
        made |= {"api_info": schema, "example_inputs": sample}
    return made


def row(number: int) -> Component:
    """A row of other components."""
    return _component(number, "row", {"variant": "default", "visible": True, "equal_height": True})


def form(number: int) -> Component:
    """The form with the search field and the checkboxes."""
    return _component(number, "form", {"scale": 6, "min_width": 480})


def tabs(number: int) -> Component:
    """A group of tabs."""
    return _component(number, "tabs", {"visible": True})


def tab(number: int, key: str, label: str) -> Component:
    """One tab."""
    props = {"label": label, "visible": True, "interactive": True, "id": key}
    made = _component(number, "tabitem", props)
    made["props"]["_selectable"] = True
    return made


def json_value(number: int) -> Component:
    """A hidden JSON value."""
    props = {
        "value": {},
        "show_label": True,
        "container": True,
        "min_width": 160,
        "visible": False,
        "elem_classes": [],
    }
    return _component(number, "json", props, JSON_SCHEMA, {"foo": "bar"})


def markdown(number: int, text: str) -> Component:
    """A text."""
    props = {
        "value": text,
        "show_label": True,
        "rtl": False,
        "latex_delimiters": _FORMULAS,
        "visible": True,
        "elem_classes": [],
        "sanitize_html": True,
        "line_breaks": False,
        "header_links": False,
    }
    return _component(number, "markdown", props, TEXT_SCHEMA, "# Hello!")


def search(number: int, label: str) -> Component:
    """The search field."""
    props = {
        "value": "",
        "lines": 1,
        "max_lines": 20,
        "placeholder": "Part of a model's name",
        "label": label,
        "show_label": True,
        "container": True,
        "min_width": 160,
        "visible": True,
        "autofocus": False,
        "autoscroll": True,
        "elem_classes": [],
        "type": "text",
        "rtl": False,
        "show_copy_button": False,
    }
    return _component(number, "textbox", props, TEXT_SCHEMA, "Hello!!")


def boxes(number: int, label: str, choices: Sequence[str], scale: int) -> Component:
    """A group of checkboxes, all checked."""
    props = {
        "choices": [[one, one] for one in choices],
        "value": list(choices),
        "type": "value",
        "label": label,
        "show_label": True,
        "container": True,
        "scale": scale,
        "min_width": 160,
        "interactive": True,
        "visible": True,
        "elem_classes": ["filter-checkbox-group"],
    }
    return _component(number, "checkboxgroup", props, choice_schema(choices), [choices[0]])


def table(number: int, value: object, columns: int, *, visible: bool) -> Component:
    """A table; `value` has its headers, rows and metadata."""
    props = {
        "value": value,
        "headers": ["1", "2", "3"],
        "row_count": [1, "dynamic"],
        "col_count": [3, "dynamic"],
        "datatype": ["number", "markdown", *["number"] * max(0, columns - 2)],
        "type": "pandas",
        "latex_delimiters": _FORMULAS,
        "show_label": True,
        "height": 500,
        "min_width": 160,
        "visible": visible,
        "elem_classes": [],
        "wrap": False,
        "line_breaks": True,
        "column_widths": [],
    }
    sample = {"headers": ["a", "b"], "data": [["foo", "bar"]]}
    return _component(number, "dataframe", props, TABLE_SCHEMA, sample)


def type_boxes(number: int) -> Component:
    """The checkboxes for model types."""
    return boxes(number, "Model types", MODEL_TYPES, 3)


def size_boxes(number: int) -> Component:
    """The checkboxes for model sizes."""
    return boxes(number, "Model sizes (in number of parameters)", tuple(SIZE_RANGES), 2)
