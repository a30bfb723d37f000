"""What commands print: data to stdout, progress messages to stderr."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape

from frontrunner.cli.hints import with_home

stderr = Console(stderr=True)
_OF_DIRECTION = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *_OF_DIRECTION)
_VISIBLE = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}


def visible(text: str) -> str:
    """`text` on one line, its control characters spelled out.

    A file's name may hold some that move the cursor, or that begin another line of a report.
    """
    return text.translate(_VISIBLE)


def say(text: object) -> None:
    """Tell the user something. It goes to stderr as it is, and is not broken into lines."""
    stderr.print(with_home(str(text)), highlight=False, markup=False, soft_wrap=True)


def complain(kind: str, text: object) -> None:
    """Tell the user of an error or a warning."""
    lines = "\n".join(map(visible, with_home(str(text)).splitlines()))
    colour = "yellow" if kind == "warning" else "red"
    stderr.print(f"[bold {colour}]{kind}:[/] {escape(lines)}", highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Write `value` to stdout as indented JSON, for `--json`."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def counted(number: int, noun: str) -> str:
    """`1 board`, `2 boards`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def moment(at: float) -> str:
    """A time in seconds since the epoch, to the second, in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="seconds")
