"""The front matter of a Space's README.md: YAML between two lines of three hyphens."""

from __future__ import annotations

import re
from typing import Any

import yaml

_BLOCK = re.compile(r"\A(?:\ufeff)?---[ \t]*\r?\n(.*?)(?:\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)

_ODD = (RecursionError, LookupError, AttributeError, TypeError)
"""What the reader of YAML raises for values that are no ones of their type, such as `!!bool x`."""


def read_front_matter(readme: str) -> dict[str, Any]:
    """The fields of a README's front matter; empty if it has none.

    Raises ValueError if it is not YAML, or not a mapping.
    """
    block = _BLOCK.match(readme)
    if block is None:
        return {}
    try:
        found = yaml.safe_load(block.group(1))
    except (yaml.YAMLError, *_ODD) as error:
        raise ValueError(f"the front matter of README.md is not YAML: {error}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError("the front matter of README.md is not a mapping")
    return {str(key): value for key, value in found.items()}


def below_front_matter(readme: str) -> str:
    """A README without its front matter."""
    return _BLOCK.sub("", readme, count=1)


def with_front_matter(fields: dict[str, Any], text: str) -> str:
    """A README with these fields, in their order, above `text`."""
    block = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{block}---\n{text}"
