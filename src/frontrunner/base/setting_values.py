"""Turn the values of one section into its settings; say what is wrong, and where to correct it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from frontrunner.base.allowed import allowed
from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names

PREFIX = "FRONTRUNNER_"
_OPTIONS = {("store", "publish"): "store", ("store", "follow"): "store"}
"""Options of commands that are not called as their setting."""
_NAME = re.compile(r"([a-z_]+(?:\.[a-z_]+)*)(:?) ")
_OTHER = re.compile(r"\b([a-z_]+(?:\.[a-z_]+)*) \(")
"""A setting that a text gives the value of."""


def variable(section: str, key: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{section}_{key}".upper()


class Given(NamedTuple):
    """Where settings may come from."""

    file: Path
    environ: Mapping[str, str]
    options: Collection[str]
    """The settings that are given as options of the command."""

    def correct(self, section: str, *keys: str) -> str:
        """Says where to correct a setting; a key may name one inside another, as `a.b`.

        Of several keys that contradict each other, the first that a variable sets counts.
        """
        names = [variable(section, key.partition("[")[0].replace(".", "_")) for key in keys]
        places = [f"the variable {name}" for name in names if name in self.environ]
        place = places[0] if places else str(self.file)
        return f"Correct it in {place}; docs/configuration.md lists every setting."


def converted(
    section: str, kind: type[msgspec.Struct], values: dict[str, Any], given: Given
) -> msgspec.Struct:
    """The settings of one section. Raises UsageError, which says where the wrong one was given."""
    # The default of a stage stays where only some of its keys are given.
    values = _with_defaults(kind, values)
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        place = path.rstrip("`").removeprefix(".")
        wrong = _named(kind, place, _plain(what, place, kind, values))
        key = wrong.keys[0]
        if key in given.options:
            option = _OPTIONS.get((section, key), key.replace("_", "-"))
            raise UsageError(f"--{option} {wrong.text}.") from error
        name = f"{section}.{key}" if key else section
        where = given.correct(section, *wrong.keys)
        raise UsageError(f"The setting {name}{wrong.mark} {wrong.text}. {where}") from error


class _Wrong(NamedTuple):
    """A setting that is wrong."""

    keys: list[str]
    """It, then others that it contradicts."""
    mark: str
    """What stands between its name and the text."""
    text: str


def _named(kind: type[msgspec.Struct], place: str, text: str) -> _Wrong:
    """The setting that a text is about: a check of several at once begins with its name."""
    inside = _struct_at(kind, place)
    found = _NAME.match(text)
    if inside is None or found is None or found[1].partition(".")[0] not in inside:
        return _Wrong([place], ":", text)
    names = [found[1], *_OTHER.findall(text)]
    keys = [f"{place}.{name}".removeprefix(".") for name in dict.fromkeys(names)]
    return _Wrong(keys, found[2], text[found.end() :])


def _struct_at(kind: type[msgspec.Struct], place: str) -> tuple[str, ...] | None:
    """The keys of the section, or of the table in it, that a place names."""
    for name in place.split(".") if place else ():
        defaults = {one.name: one.default for one in msgspec.structs.fields(kind)}
        table = defaults.get(name)
        if not isinstance(table, msgspec.Struct):
            return None
        kind = type(table)
    return kind.__struct_fields__


def _plain(what: str, key: str, kind: type[msgspec.Struct], values: dict[str, Any]) -> str:
    """What is wrong with a setting, in plain words."""
    _, is_unknown, unknown = what.rstrip("`").partition("Object contains unknown field `")
    if is_unknown:
        near = near_names(unknown, kind.__struct_fields__, most=1) if not key else []
        return f"there is no key `{unknown}`" + (f" (did you mean `{near[0]}`?)" if near else "")
    words = allowed(kind, key) if what.startswith(("Expected", "Invalid enum")) else ""
    if not words:
        return what[:1].lower() + what[1:]
    value = _value(values, key)
    return f"must be {words}" + ("" if value is None else f", got {value!r}")


def _value(values: Any, key: str) -> object:
    """The value of a key, as far as it may be shown: a URL may have a password."""
    for name in key.split("."):
        values = values.get(name) if isinstance(values, dict) else None
    is_plain = isinstance(values, bool | int | float) or (
        isinstance(values, str) and len(values) < 50 and "://" not in values
    )
    return values if is_plain else None


def _with_defaults(kind: type[msgspec.Struct], values: dict[str, Any]) -> dict[str, Any]:
    filled = dict(values)
    for field in msgspec.structs.fields(kind):
        given = values.get(field.name)
        if isinstance(field.default, msgspec.Struct) and isinstance(given, dict):
            filled[field.name] = {**msgspec.structs.asdict(field.default), **given}
    return filled
