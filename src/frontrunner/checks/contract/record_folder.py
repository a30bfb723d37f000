"""Record a board that no longer runs, from a folder of its answers or from its repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.errors import ContractError
from frontrunner.base.json import loads
from frontrunner.checks.contract.gradio_board import calls_of, protocol_of
from frontrunner.checks.contract.record import File, Link, Record, now
from frontrunner.checks.contract.shape import columns_of


class _Pair(msgspec.Struct):
    url: str
    heading: str = ""


class _Urls(msgspec.Struct):
    pairs: list[_Pair] = []


class _RawFile(msgspec.Struct):
    path: str
    columns: list[str] = []


class _RawFiles(msgspec.Struct):
    files: list[_RawFile] = []


_TABLES = "boards_data"
_RAW = frozenset({".json", ".jsonl", ".yaml"})
_NAMES = ("urls.json", "info.json", "raw_files.json", "config.json")


def record_folder(folder: Path) -> Record:
    """Record an older Gradio board from its saved links, `/info`, `/config` and raw files.

    Raises ContractError if the folder has none of them, or a part cannot be read.
    """
    names = [name for name in _NAMES if (folder / name).is_file()]
    if not names and (folder / _TABLES).is_dir():
        return _repository(folder)
    if not names:
        raise ContractError(
            f"{folder} has none of {', '.join((*_NAMES, _TABLES))}. Give the URL of a running "
            "board, or a folder with the saved answers of one."
        )
    urls = _read(folder / "urls.json", _Urls) or _Urls()
    raw = _read(folder / "raw_files.json", _RawFiles) or _RawFiles()
    record = Record(
        source=folder.resolve().name,
        recorded_at=now(),
        protocol=protocol_of(_read(folder / "config.json", Any)),
        links=tuple(Link(one.url, one.heading) for one in urls.pairs),
        calls=tuple(calls_of(_read(folder / "info.json", Any))),
        files=tuple(File(one.path, tuple(one.columns)) for one in raw.files),
    )
    return _with_items(record, folder)


def _with_items(record: Record, folder: Path) -> Record:
    """The record; raises ContractError if it is empty."""
    if not len(record):
        raise ContractError(f"{folder} holds no links, functions or raw files to record.")
    return record


def _repository(folder: Path) -> Record:
    """The raw files of an older board's repository, with the columns of its tables."""
    paths = [one for one in folder.rglob("*") if one.suffix in _RAW and one.is_file()]
    try:
        files = [_raw_file(folder, path) for path in sorted(paths)]
    except OSError as error:
        raise ContractError(f"{folder} cannot be read: {error.strerror or error}.") from error
    record = Record(source=folder.resolve().name, recorded_at=now(), files=tuple(files))
    return _with_items(record, folder)


def _raw_file(folder: Path, path: Path) -> File:
    columns = columns_of(path.read_bytes()) if path.suffix == ".jsonl" else ()
    return File(path.relative_to(folder).as_posix(), columns)


def _read(path: Path, kind: Any) -> Any:
    """A file as `kind`; None if it does not exist."""
    if not path.is_file():
        return None
    try:
        return msgspec.convert(loads(path.read_bytes()), kind)
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        raise ContractError(f"{path} cannot be read: {error}.") from error
