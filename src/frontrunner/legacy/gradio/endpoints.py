"""The functions that programs call by name or number, and `/info`, which describes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from frontrunner.legacy.gradio.components import (
    JSON_SCHEMA,
    TABLE_SCHEMA,
    TEXT_SCHEMA,
    Schema,
    choice_schema,
)
from frontrunner.legacy.gradio.filtering import SIZE_RANGES
from frontrunner.legacy.gradio.model_types import MODEL_TYPES
from frontrunner.legacy.gradio.page_layout import (
    CHOSEN_LANGUAGES,
    CHOSEN_TASK,
    SEARCH,
    SIZES,
    TASK_TABS,
    TYPES,
    Layout,
)

SET_TABS, FILTER = "set_tabs_on_load", "filter_data"
# Run by browsers that show the old page, not by programs.
_KEEP_IN_URL = (
    "(chosen) => { const query = new URLSearchParams(location.search); "
    "Object.entries(chosen).forEach(([key, value]) => query.set(key, value)); "
    "history.replaceState({}, '', `?${query}`); return []; }"
)


class Endpoint(NamedTuple):
    """One function of the page."""

    name: str
    dependency: dict[str, Any]
    """Its entry in `/config`."""

    @property
    def answers(self) -> bool:
        """Whether the server runs it; the page runs the others."""
        return bool(self.dependency["backend_fn"])


def endpoints_of(layout: Layout) -> list[Endpoint]:
    """All functions, in the order of their numbers."""
    found: list[Endpoint] = []
    for task in layout.tasks:
        _add_choice(found, "update_url_task", task.item, "once")
        for table in task.tables:
            _add_choice(found, "update_url_language", table.item, "always_last")
    found.append(_endpoint(SET_TABS, [0, "load"], [], _tabs_and_choices(layout)))
    inputs = [SEARCH, TYPES, SIZES, *(table.whole for table in layout.tables)]
    outputs = [table.shown for table in layout.tables]
    modes = ("once", "always_last", "always_last")
    triggers = ((SEARCH, "submit"), (TYPES, "change"), (SIZES, "change"))
    for number, (trigger, mode) in enumerate(zip(triggers, modes, strict=True)):
        name = _numbered(FILTER, number)
        found.append(_endpoint(name, list(trigger), inputs, outputs, trigger_mode=mode))
    return found


def _tabs_and_choices(layout: Layout) -> list[int]:
    tabs = [TASK_TABS, *(task.tabs for task in layout.tasks)]
    return [*tabs, CHOSEN_TASK, CHOSEN_LANGUAGES]


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name


def _add_choice(found: list[Endpoint], name: str, item: int, mode: str) -> None:
    """Add the function that a click on a tab calls, and the script that runs after it."""
    values = [CHOSEN_TASK, CHOSEN_LANGUAGES]
    number = sum(one.name.startswith(name) for one in found)
    choice = _endpoint(
        _numbered(name, number),
        [item, "select"],
        values,
        values,
        trigger_mode=mode,
        collects_event_data=True,
    )
    after = _endpoint(
        _numbered("js_fn", sum(not one.answers for one in found)),
        [None, "then"],
        [CHOSEN_TASK],
        [],
        backend_fn=False,
        js=_KEEP_IN_URL,
        queue=False,
        trigger_after=len(found),
        show_api=False,
    )
    found.extend((choice, after))


def _endpoint(
    name: str, target: Sequence[object], inputs: list[int], outputs: list[int], **told: object
) -> Endpoint:
    facts: dict[str, Any] = {
        "targets": [list(target)],
        "inputs": inputs,
        "outputs": outputs,
        "backend_fn": True,
        "js": None,
        "queue": None,
        "api_name": name,
        "scroll_to_output": False,
        "show_progress": "full",
        "every": None,
        "batch": False,
        "max_batch_size": 4,
        "cancels": [],
        "types": {"continuous": False, "generator": False},
        "collects_event_data": False,
        "trigger_after": None,
        "trigger_only_on_success": False,
        "trigger_mode": "once",
        "show_api": True,
    }
    return Endpoint(name, facts | told)


# --- /info --------------------------------------------------------------------------------------


class _Kind(NamedTuple):
    """How a component's value is described."""

    component: str
    schema: Schema
    python: str
    about: str
    sample: object


_TABLE = _Kind(
    "Dataframe",
    TABLE_SCHEMA,
    "Dict(headers: List[str], data: List[List[Any]], metadata: Dict(str, List[Any] | None) | None)",
    "",
    {"headers": ["a", "b"], "data": [["foo", "bar"]]},
)
_JSON = _Kind("Json", JSON_SCHEMA, "Dict[Any, Any]", "any valid json", {"foo": "bar"})
_SEARCH = _Kind("Textbox", TEXT_SCHEMA, "str", "", "Hello!!")


def _choice(choices: Sequence[str]) -> _Kind:
    literal = ", ".join(repr(one) for one in choices)
    return _Kind(
        "Checkboxgroup", choice_schema(choices), f"List[Literal[{literal}]]", "", [choices[0]]
    )


_KINDS = {
    CHOSEN_TASK: _JSON,
    CHOSEN_LANGUAGES: _JSON,
    SEARCH: _SEARCH,
    TYPES: _choice(MODEL_TYPES),
    SIZES: _choice(tuple(SIZE_RANGES)),
}


def info(layout: Layout, endpoints: Sequence[Endpoint], labels: dict[int, str]) -> dict[str, Any]:
    """The document; `labels` names the components that have a label."""
    skipped = {TASK_TABS, *(task.tabs for task in layout.tasks)}
    named = {
        f"/{one.name}": {
            "parameters": list(_parameters(one.dependency["inputs"], labels)),
            "returns": list(_returns(one.dependency["outputs"], skipped)),
        }
        for one in endpoints
        if one.answers
    }
    return {"named_endpoints": named, "unnamed_endpoints": {}}


def _described(number: int, label: str) -> dict[str, Any]:
    kind = _KINDS.get(number, _TABLE)
    return {
        "label": label,
        "type": kind.schema,
        "python_type": {"type": kind.python, "description": kind.about},
        "component": kind.component,
    }


def _parameters(numbers: Sequence[int], labels: dict[int, str]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        described = _described(number, labels.get(number, f"parameter_{number}"))
        yield described | {"example_input": _KINDS.get(number, _TABLE).sample}


def _returns(numbers: Sequence[int], skipped: set[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        if number not in skipped:
            yield _described(number, f"value_{number}")
