"""docs/events.md, made from the docstrings of the events.

Write it anew: `python -m frontrunner.ops.reference > docs/events.md`
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from frontrunner.ops import events

_HEAD = """# Events

The events that a home logs in `events.jsonl`: one JSON object per line, oldest first. Each object
has `event`, the type of the event, and `at`, the time in seconds since the epoch. Read the file
with `jq`, or follow it with `tail -F`. Types keep their names and fields keep their meanings; new
ones may be added.

<!-- Made from the docstrings: python -m frontrunner.ops.reference > docs/events.md -->
"""


def reference() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(kind) for kind in events.KINDS)])


def _section(kind: type[msgspec.Struct]) -> str:
    tag = kind.__struct_config__.tag
    lines = [f"## `{tag}`", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    lines += ["| field | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in field_docs(kind)]
    return "\n".join([*lines, ""])


def field_docs(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Each field of a struct with the string below it."""
    [node] = ast.parse(inspect.getsource(kind)).body
    body = node.body if isinstance(node, ast.ClassDef) else []
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            said = text.value.value if isinstance(text, ast.Expr) else None  # type: ignore[attr-defined]
            yield field.target.id, " ".join(str(said or "").split())


if __name__ == "__main__":
    sys.stdout.write(reference())
