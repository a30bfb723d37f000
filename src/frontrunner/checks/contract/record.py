"""The record of a board: its parts, and the folder of files that holds them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.shape import Shape

FORMAT = 3


class Route(msgspec.Struct, frozen=True):
    """One path template of the OpenAPI description, for GET."""

    template: str
    parameters: tuple[str, ...]
    required: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """How one request was answered."""

    path: str
    """With its query."""
    template: str
    status: int
    media_type: str
    shape: Shape | None = None
    """Of a JSON answer."""


class Link(msgspec.Struct, frozen=True):
    """An address that people use."""

    path: str
    title: str = ""


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input or output of a Gradio function."""

    component: str
    """Such as `Dataframe`."""
    name: str = ""
    """Of an input, for programs that pass it by keyword; known from Gradio 5 on."""
    type: str = ""
    """The JSON type; empty if it is not a simple one."""
    optional: bool = False
    """Whether a program may leave an input out."""
    choices: tuple[str, ...] = ()
    """The texts that an input takes; empty if it takes any."""


class Call(msgspec.Struct, frozen=True):
    """A function of a Gradio board."""

    name: str
    """Such as `/predict`; `fn_index=3` if it has only a number."""
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """A raw file that scripts read."""

    path: str
    columns: tuple[str, ...] = ()
    """Of a table in JSON lines; empty for other files."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a board exposes to programs and people."""

    format: int = FORMAT
    source: str
    recorded_at: str
    protocol: str = ""
    """How Gradio programs talk to it; empty if it is not a Gradio board."""
    routes: tuple[Route, ...] = ()
    answers: tuple[Answer, ...] = ()
    links: tuple[Link, ...] = ()
    calls: tuple[Call, ...] = ()
    files: tuple[File, ...] = ()

    def __len__(self) -> int:
        """How many items a check would have."""
        return sum(len(getattr(self, name)) for name in _PARTS) + bool(self.protocol)


_PARTS = ("routes", "answers", "links", "calls", "files")


class _Head(msgspec.Struct, frozen=True):
    format: int
    source: str
    recorded_at: str
    protocol: str = ""


def now() -> str:
    """The time of a record, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_record(record: Record, folder: Path) -> None:
    """Write one file for each part, so that changes can be reviewed; raises ContractError."""
    head = _Head(record.format, record.source, record.recorded_at, record.protocol)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in [("contract", head), *((n, getattr(record, n)) for n in _PARTS)]:
            text = msgspec.json.format(msgspec.json.encode(value), indent=1)
            write_file(folder / f"{name}.json", text + b"\n")
    except OSError as error:
        raise ContractError(f"{folder} cannot be written: {error.strerror or error}.") from error


def read_record(folder: Path) -> Record:
    """Read a record; raises ContractError if `folder` does not hold one of this format."""
    head = _part(folder, "contract", _Head)
    if head.format != FORMAT:
        raise ContractError(
            f"{folder} has format {head.format}; this version reads {FORMAT}. Record it again: "
            "frontrunner contract record"
        )
    kinds = {field.name: field.type for field in msgspec.structs.fields(Record)}
    parts = {name: _part(folder, name, kinds[name]) for name in _PARTS}
    about = {"source": head.source, "recorded_at": head.recorded_at, "protocol": head.protocol}
    return Record(**about, **parts)


def _part(folder: Path, name: str, kind: Any) -> Any:
    path = folder / f"{name}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise ContractError(
            f"{path} cannot be read: {error}. Record it again: frontrunner contract record"
        ) from error
