"""`set_tabs_on_load`: which tabs a link opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from frontrunner.legacy.links.meaning import OVERALL

_UPDATE = {"__type__": "update"}


def set_tabs(query: Mapping[str, str], tasks: Sequence[str]) -> list[Any]:
    """The task's tab, each task's language tab, and the choice in two forms.

    As on the first board, an unknown task means the overall tables, and a language is returned
    unchanged.
    """
    task = query.get("task", OVERALL)
    task = task if task in tasks else OVERALL
    language = query.get("language", "english")
    languages = [
        {"selected": language} | _UPDATE if one == task else dict(_UPDATE) for one in tasks
    ]
    choice = {"task": task, "language": language}
    return [{"selected": task} | _UPDATE, *languages, choice, {task: language}]
