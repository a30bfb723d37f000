"""What commands print: data to stdout, progress messages to stderr."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from frontrunner.base import logs
from frontrunner.base.errors import FrontrunnerError, UsageError
from frontrunner.cli.hints import with_home

log = logging.getLogger("frontrunner.command")
stderr = Console(stderr=True)
_OF_DIRECTION = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *_OF_DIRECTION)
_VISIBLE = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}


def visible(text: str) -> str:
    """`text` on one line, its control characters spelled out.

    A file's name may hold some that move the cursor, or that begin another line of a report.
    """
    return text.translate(_VISIBLE)


def ask_to_go_on(text: str, refusal: type[FrontrunnerError]) -> None:
    """Ask a person before what cannot be taken back; raises a `refusal` if nobody is there."""
    if not sys.stdin.isatty():
        raise refusal(f"{text} Add --yes to skip the question.")
    typer.confirm(f"{text} Go on?", abort=True, err=True)


class _Volume:
    """How much this command prints."""

    quiet = False
    verbose = False


def set_volume(*, quiet: bool | None = None, verbose: bool | None = None) -> None:
    """Print less, or more. Raises UsageError if both are asked for."""
    quiet = _Volume.quiet if quiet is None else quiet
    verbose = _Volume.verbose if verbose is None else verbose
    if quiet and verbose:
        raise UsageError("--quiet and --verbose cannot be combined.")
    _Volume.quiet, _Volume.verbose = quiet, verbose


def forget_volume() -> None:
    """Print as much as usual, for the next command of this process."""
    _Volume.quiet = _Volume.verbose = False


def is_quiet() -> bool:
    """Whether only data, errors and warnings are printed."""
    return _Volume.quiet


def say_more(text: str) -> None:
    """Tell the user something that only --verbose shows."""
    if _Volume.verbose:
        say(text)


def show_trace() -> None:
    """Print where the error at hand was raised, if --verbose asks for it."""
    if _Volume.verbose and logs.is_json():
        log.error("where the error was raised", exc_info=True)
    elif _Volume.verbose:
        sys.stderr.write(traceback.format_exc())


def say_stop(text: str) -> None:
    """Tell the user that the command was stopped, also with --quiet."""
    if logs.is_json():
        log.warning("%s", text, extra={"event": "stopped"})
    else:
        sys.stderr.write(f"{text}\n")


def say(text: object) -> None:
    """Tell the user something. It goes to stderr as it is, and is not broken into lines."""
    if _Volume.quiet:
        return
    if logs.is_json():
        log.info("%s", with_home(str(text)), extra={"event": "said"})
        return
    stderr.print(with_home(str(text)), highlight=False, markup=False, soft_wrap=True)


def complain(kind: str, text: object) -> None:
    """Tell the user of an error or a warning."""
    if logs.is_json():
        level = logging.WARNING if kind == "warning" else logging.ERROR
        log.log(level, "%s", with_home(str(text)), extra={"event": kind})
        return
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
