"""What a setting may be, in plain words, from the type of its field."""

from __future__ import annotations

import re

import msgspec
from msgspec import inspect


def allowed(section: type[msgspec.Struct], key: str) -> str:
    """What the setting `key` may be, such as `a whole number from 1 to 365`; empty if unknown.

    `key` may name one inside another, as `a.b`, and one of a list, as `a[...]`.
    """
    info: inspect.Type = inspect.type_info(section)
    for name in re.sub(r"\[[^]]*\]", "", key).split("."):
        if not isinstance(info, inspect.StructType):
            return ""
        found = next((one for one in info.fields if one.encode_name == name), None)
        if found is None:
            return ""
        info = found.type
    return _words(info)


def _words(info: inspect.Type) -> str:  # noqa: PLR0911 -- one for each type
    match info:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            return str((extra or {}).get("description", "")) or _words(inner)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return f"a whole number{_range(info)}"
        case inspect.FloatType():
            return f"a number{_range(info)}"
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(map(str, values))}"
        case inspect.VarTupleType(item_type=item):
            return f"a list, each entry {_words(item)}" if _words(item) else "a list"
        case inspect.UnionType(types=types):
            return " or ".join(sorted(filter(None, map(_words, types)), reverse=True))
        case inspect.StrType():
            return "a text"
    return ""


def _range(info: inspect.IntType | inspect.FloatType) -> str:
    low, high = info.ge, info.le
    if low is not None and high is not None:
        return f" from {low:.12g} to {high:.12g}"
    if info.gt is not None:
        return f" above {info.gt:.12g}" + ("" if high is None else f", at most {high:.12g}")
    if low is not None:
        return f", at least {low:.12g}"
    return "" if high is None else f", at most {high:.12g}"
