"""The front matter of the Space that a board runs in. Pure.

What the Hub shows of a Space (title, emoji, colours, pinned, licence, tags) is taken over from the
README.md of the old Space. Its models and data sets are listed, so that the Space is shown on their
pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from frontrunner.hub.front_matter import read_front_matter, with_front_matter

PORT = 7860
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
"""What `colorFrom` and `colorTo` may be."""
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_OF_ANOTHER_PROGRAM = frozenset(
    {"sdk", "sdk_version", "python_version", "app_file", "app_port", "app_build_command"}
    | {"base_path", "preload_from_hub", "suggested_hardware", "startup_duration_timeout"}
    | {"models", "datasets"}
)
"""Fields of an old Space that say how its own program is run, or that are rewritten."""


class Listed(NamedTuple):
    """What a board is about, by names of the Hub."""

    models: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()


def repository_ids(names: Iterable[str | None]) -> tuple[str, ...]:
    """Those that can be repositories of the Hub, sorted, each once."""
    return tuple(sorted({name for name in names if name and is_repository_id(name)}))


def is_repository_id(name: object) -> bool:
    """Whether the Hub takes this for `owner/name`."""
    text = str(name)
    return bool(_ID.fullmatch(text)) and "--" not in text and ".." not in text


def card_fields(old: Mapping[str, Any], listed: Listed, title: str) -> dict[str, Any]:
    """The fields for a Space of this program, with what `old` says of the board."""
    fields: dict[str, Any] = {
        "title": title,
        "emoji": "🏁",
        "colorFrom": "blue",
        "colorTo": "green",
        "sdk": "docker",
        "app_port": PORT,
        "pinned": False,
        "license": "apache-2.0",
    }
    fields |= {key: value for key, value in old.items() if key not in _OF_ANOTHER_PROGRAM}
    fields["title"] = _line(fields["title"]) or title
    for key, names in (("models", listed.models), ("datasets", listed.datasets)):
        before = old.get(key) or []
        named = [*names, *(str(one) for one in before if isinstance(before, list))]
        if named:
            fields[key] = list(dict.fromkeys(named))
    return fields


def _line(text: object) -> str:
    """A title in one line; empty for a list or the like, which references can make endless."""
    return " ".join(str(text).split()) if isinstance(text, str | int | float) else ""


def readme_of(old: str, listed: Listed, title: str) -> str:
    """The README.md of a Space of this program; `old` is that of the old Space, or empty.

    Raises ValueError if the old front matter cannot be read.
    """
    fields = card_fields(read_front_matter(old), listed, title)
    text = (
        f"\n# {fields['title']}\n\nServed by Frontrunner. The numbers are at `/v1/benchmarks`, and "
        "the snapshot\nthat is served is named at `/v1/snapshot`.\n"
    )
    return with_front_matter(fields, text)
