"""What commands print: data to stdout, talk to stderr."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.console import Console

stderr = Console(stderr=True)


def print_json(value: Any) -> None:
    """Write `value` to stdout as indented JSON, for `--json`."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def counted(number: int, noun: str) -> str:
    """`1 board`, `2 boards`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
