"""Logs as one JSON object a line; docs/operations.md documents the fields.

Text is the default, and is left as it is: messages of logs and of commands, for people. With
`--log-format json` or `[logging] format`, everything that a process says on stderr is such a line.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.logging_settings import LoggingSettings

VARIABLE = "FRONTRUNNER_LOGGING_FORMAT"
FORMATS = ("text", "json")
_ROOT = "frontrunner"
_PLAIN = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
"""What every record has; the rest are the fields of its event."""
_VALUE = re.compile(r"%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z%]|%\(\w+\)[a-zA-Z]")
_WORDS = 8
"""Words of a message that name its event."""


class JsonLines(logging.Formatter):
    """A record as a line of JSON. It never raises: a log must not stop what it logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "part": record.name.removeprefix(f"{_ROOT}."),
            "event": getattr(record, "event", "") or event_of(str(record.msg)),
            "message": record.getMessage(),
            "pid": record.process,
        }
        own = vars(record)
        line |= {key: own[key] for key in own if key not in _PLAIN and key not in line}
        if record.exc_info and record.exc_info[0]:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return msgspec.json.encode(_encodable(line), enc_hook=str).decode()


def _moment(at: float) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _encodable(line: dict[str, Any]) -> dict[str, Any]:
    """`line` without what UTF-8 cannot hold, as in names of files that another system wrote."""
    return {
        key: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for key, value in line.items()
        if value is not None
    }


def event_of(template: str) -> str:
    """The name of an event that has none of its own: the words of its message without values."""
    words = re.findall(r"[A-Za-z]+", _VALUE.sub(" ", template))[:_WORDS]
    return "_".join(words).lower() or "message"


_state = {"json": False}


def is_json() -> bool:
    """Whether this process writes its logs as JSON."""
    return _state["json"]


def note_format(given: str | None) -> str | None:
    """Take `--log-format`: from now on for this process and those that it starts.

    Raises UsageError if there is no such format.
    """
    if given is not None:
        if given not in FORMATS:
            raise UsageError(f"--log-format must be text or json, got {given!r}")
        os.environ[VARIABLE] = given
        begin_logs(LoggingSettings(format=given))  # type: ignore[arg-type]
    return given


@contextmanager
def as_told() -> Iterator[None]:
    """Write logs as the environment says, which a command does before it reads its settings.

    `--log-format` holds for the command alone: the environment is put back at its end.
    """
    told = os.environ.get(VARIABLE)
    begin_logs(LoggingSettings(format="json" if told == "json" else "text"))
    try:
        yield
    finally:
        if told is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = told


def _log_crash(
    kind: type[BaseException], error: BaseException, where: TracebackType | None
) -> None:
    log = logging.getLogger(_ROOT)
    log.critical("%s", error or kind.__name__, exc_info=(kind, error, where),
                 extra={"event": "crashed"})  # fmt: skip


def begin_logs(settings: LoggingSettings) -> None:
    """Write logs as the settings say, from now on."""
    root, own = logging.getLogger(), logging.getLogger(_ROOT)
    for handler in [one for one in root.handlers if isinstance(one.formatter, JsonLines)]:
        root.removeHandler(handler)
    _state["json"] = settings.format == "json"
    own.setLevel(logging.INFO if is_json() else logging.NOTSET)
    logging.captureWarnings(is_json())
    sys.excepthook = _log_crash if is_json() else sys.__excepthook__
    if is_json():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
