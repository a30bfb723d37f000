"""Read one or several catalog.toml as one set of entries that knows where each entry came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.errors import CatalogError
from frontrunner.base.toml import parse_toml
from frontrunner.catalog.entries import IN_WORDS, Entry, OwnFile

_KINDS = ("task", "benchmark", "model", "renamed", "override")


@dataclass(frozen=True)
class _File:
    """One file: its entries, and its text for error messages."""

    path: Path
    text: str
    entries: OwnFile

    def error(self, where: str, message: str) -> CatalogError:
        """The error for a mistake at `where`, a path such as `.task[1].name`."""
        return _error(self.path, self.text, where, message)


@dataclass(frozen=True)
class OwnFiles:
    """The entries of all files; if several have an entry of one name, the last file's."""

    entries: OwnFile
    origins: dict[str, list[tuple[_File, int]]]
    """Kind of entry -> for each entry its file, and its number in the file."""
    file_names: tuple[str, ...]
    notices: tuple[str, ...]
    """Which entry replaced which, a sentence each."""

    def error(self, where: str, message: str) -> CatalogError:
        """The error for a mistake at `where`, a path such as `.task[1].name` in `entries`."""
        found = re.match(r"\.(\w+)\[(\d+)\]", where)
        if found is None:
            raise ValueError(f"{where} is not the path of an entry")
        file, number = self.origins[found[1]][int(found[2])]
        return file.error(f".{found[1]}[{number}]{where[found.end() :]}", message)


def read_own(paths: Sequence[Path]) -> OwnFiles:
    """Read and merge files. Raises CatalogError if one cannot be read or has a wrong key."""
    files = [_read(path) for path in paths]
    origins: dict[str, list[tuple[_File, int]]] = {}
    notices: list[str] = []
    merged: dict[str, list[Entry]] = {}
    for kind in _KINDS:
        kept = _kept(kind, files, notices)
        origins[kind] = [(file, number) for file, number, _ in kept]
        merged[kind] = [entry for _, _, entry in kept]
    languages = {code: name for file in files for code, name in file.entries.languages.items()}
    entries = OwnFile(languages=languages, **merged)  # type: ignore[arg-type]
    return OwnFiles(entries, origins, tuple(one.path.name for one in files), tuple(notices))


def _kept(kind: str, files: Sequence[_File], notices: list[str]) -> list[tuple[_File, int, Entry]]:
    """The entries of one kind; one that a later file has too is left out, with a notice."""
    found: list[tuple[_File, int, Entry]] = []
    for file in files:
        fresh: list[Entry] = getattr(file.entries, kind)
        names = {entry.name for entry in fresh}
        for before, _, entry in found:
            if entry.name in names:
                notices.append(
                    f"[[{kind}]] {entry.name}: {file.path.name} replaces {before.path.name}."
                )
        found = [one for one in found if one[2].name not in names]
        found += [(file, number, entry) for number, entry in enumerate(fresh)]
    return found


def _read(path: Path) -> _File:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogError(f"{path} cannot be read: {error.strerror or error}") from error
    text = data.decode("utf-8-sig", "replace")
    try:
        content = _dates_as_text(parse_toml(data))
    except ValueError as error:
        raise CatalogError(f"{path} is not valid TOML: {error}") from error
    try:
        return _File(path, text, msgspec.convert(content, OwnFile))
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        for pattern, words in IN_WORDS.items():
            message = message.replace(f"`str` matching regex {pattern!r}", words)
        raise _error(path, text, where.rstrip("`"), message) from None


def _error(path: Path, text: str, where: str, message: str) -> CatalogError:
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown:
        where = f"{where}.{unknown[1]}"
    line = _line_of(text, where)
    end = "" if message.endswith("?") else "."
    return CatalogError(
        f"{path}, line {line}, key {where.lstrip('.') or '(top level)'}: {message}{end} "
        "docs/catalog.md lists every key."
    )


def _dates_as_text(value: Any) -> Any:
    """TOML has dates of its own; the catalog stores them as text."""
    if isinstance(value, dict):
        return {key: _dates_as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _line_of(text: str, where: str) -> int:
    """The line of the key at a path such as `.task[1].name`, or of its table."""
    lines = text.splitlines()
    table = re.match(r"\.(\w+)\[(\d+)\]", where)
    start = 0
    if table:
        heads = [i for i, line in enumerate(lines) if line.strip().startswith(f"[[{table[1]}]]")]
        start = heads[int(table[2])] if int(table[2]) < len(heads) else 0
    key = re.search(r"\.([A-Za-z_]+)(?:\[[^\]]*\])?$", where[table.end() :] if table else where)
    if key:
        for index in range(start + bool(table), len(lines)):
            if lines[index].startswith("[["):
                break
            if re.match(rf"\s*\[?[\w.]*\b{key[1]}\b\s*[\]=]", lines[index]):
                return index + 1
    return start + 1
