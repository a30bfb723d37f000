"""The templates of this package: read and compiled once for each process."""

from __future__ import annotations

import json
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template(name: str) -> Template:
    """A template of YAML, Lua or a unit file; its filters `q` and `word` quote a text."""
    return _plain().get_template(name)


def from_text(text: str) -> Template:
    """The same of a text that is in no folder of templates here."""
    return _plain().from_string(text)


def markup(name: str) -> Template:
    """A template of HTML or XML, whose values are escaped."""
    return _escaping().get_template(name)


@cache
def _plain() -> Environment:
    environment = Environment(  # noqa: S701 -- YAML and Lua, in which every text is quoted
        loader=PackageLoader("frontrunner.gateway"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["q"] = _quoted
    environment.filters["word"] = unit_word
    environment.filters["seconds"] = lambda value: f"{value:g}s"
    return environment


@cache
def _escaping() -> Environment:
    return Environment(
        loader=PackageLoader("frontrunner.gateway"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _quoted(value: object) -> str:
    """A JSON literal: read alike by YAML and, for ASCII text without line breaks, by Lua."""
    return json.dumps(value)


def unit_word(value: object) -> str:
    """One word of a command in a unit file of systemd, where a percent sign is written twice."""
    text = str(value).replace("%", "%%")
    if not any(c in text for c in " \t'\"\\"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
