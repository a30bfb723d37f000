"""Records of boards that no longer run: from what they left in a folder, or their repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.gradio_info import calls_of, protocol_of
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
    """Record what an older Gradio board left: its links, description, configuration, raw files.

    Raises ContractError where nothing of it is there, or a part cannot be read.
    """
    names = [name for name in _NAMES if (folder / name).is_file()]
    if not names and (folder / _TABLES).is_dir():
        return _repository(folder)
    if not names:
        raise ContractError(
            f"{folder} holds none of {', '.join((*_NAMES, _TABLES))}. Give the address of a "
            "running board, or a folder with a recorded one."
        )
    urls = _read(folder / "urls.json", _Urls) or _Urls()
    raw = _read(folder / "raw_files.json", _RawFiles) or _RawFiles()
    return Record(
        source=folder.resolve().name,
        recorded_at=now(),
        protocol=protocol_of(_read(folder / "config.json", Any)),
        links=tuple(Link(one.url, one.heading) for one in urls.pairs),
        calls=tuple(calls_of(_read(folder / "info.json", Any))),
        files=tuple(File(one.path, tuple(one.columns)) for one in raw.files),
    )


def _repository(folder: Path) -> Record:
    """The raw files of an older board's repository, with the columns of its tables."""
    paths = [one for one in folder.rglob("*") if one.suffix in _RAW and one.is_file()]
    try:
        files = [_raw_file(folder, path) for path in sorted(paths)]
    except OSError as error:
        raise ContractError(f"{folder} cannot be read: {error.strerror or error}.") from error
    return Record(source=folder.resolve().name, recorded_at=now(), files=tuple(files))


def _raw_file(folder: Path, path: Path) -> File:
    columns = columns_of(path.read_bytes()) if path.suffix == ".jsonl" else ()
    return File(path.relative_to(folder).as_posix(), columns)


def _read(path: Path, kind: Any) -> Any:
    """A file as `kind`; None where it is not there."""
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise ContractError(f"{path} cannot be read: {error}.") from error
