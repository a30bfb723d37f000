"""Logs as JSON: one object a line with the documented fields, whatever is logged."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from frontrunner.base import logs
from frontrunner.base.errors import UsageError
from frontrunner.base.logging_settings import LoggingSettings
from frontrunner.base.logs import JsonLines, as_told, begin_logs, event_of, note_format
from tests.command import run_command

DOCS = Path(__file__).parents[2] / "docs/operations.md"
JSON = LoggingSettings(format="json")


@pytest.fixture(autouse=True)
def without_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(logs.VARIABLE, "text")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_record_is_a_line_with_the_documented_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin_logs(JSON)
    logging.getLogger("frontrunner.server").warning(
        "now serving snapshot %s", "abc", extra={"snapshot": "abc", "request_id": None}
    )
    [line] = lines(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {
        "level": "warning", "part": "server", "event": "now_serving_snapshot",
        "message": "now serving snapshot abc", "pid": os.getpid(), "snapshot": "abc",
    }  # fmt: skip
    documented = DOCS.read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in documented for name in ("time", "traceback", *line))


def test_an_error_has_its_traceback_in_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    begin_logs(JSON)
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("frontrunner.server").exception("it failed")
    [line] = lines(capsys)
    assert (line["level"], line["event"]) == ("error", "it_failed")
    assert "ValueError: two\nlines" in line["traceback"]


@contextmanager
def unkept() -> Iterator[None]:
    """Keep text from pytest's report, which several processes cannot exchange if it is no UTF-8."""
    root = logging.getLogger()
    kept = list(root.handlers)
    for one in kept:
        root.removeHandler(one)
    try:
        yield
    finally:
        for one in kept:
            root.addHandler(one)


def test_what_is_no_json_is_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    extra = {"event": "odd", "path": Path("a"), "name_of": "\udce9"}
    with unkept():
        begin_logs(JSON)
        logging.getLogger("frontrunner.server").info("%s", "caf\udce9", extra=extra)
    [line] = lines(capsys)
    assert (line["message"], line["path"], line["name_of"]) == ("caf\\udce9", "a", "\\udce9")


@pytest.mark.parametrize(
    ("template", "event"),
    [
        ("worker %d ended (%s) and is replaced", "worker_ended_and_is_replaced"),
        ("%s: %.3f s", "s"),
        ("%s", "message"),
        ("100%% of %(name)s are gone", "of_are_gone"),
    ],
)
def test_events_are_named_by_their_words(template: str, event: str) -> None:
    assert event_of(template) == event


def test_text_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    begin_logs(JSON)
    begin_logs(LoggingSettings())
    assert not logs.is_json()
    assert not [one for one in logging.getLogger().handlers if isinstance(one.formatter, JsonLines)]
    logging.getLogger("frontrunner.server").info("not shown")
    assert capsys.readouterr().err == ""


def test_the_option_is_also_for_processes_that_are_started(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with as_told():
        note_format("json")
        assert os.environ[logs.VARIABLE] == "json"
        begin_logs(LoggingSettings())
        with as_told():
            assert logs.is_json()
    with pytest.raises(UsageError, match="text or json, got 'xml'"):
        note_format("xml")


@pytest.mark.parametrize("before", [None, "text", "json"])
def test_the_option_ends_with_its_command(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv(logs.VARIABLE)
    if before is not None:
        monkeypatch.setenv(logs.VARIABLE, before)
    ended = run_command("refresh", "--log-format", "json", "--every", "1s", "--home", "none")
    assert json.loads(ended.stderr)["level"] == "error"
    assert os.environ.get(logs.VARIABLE) == before


def test_a_crash_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    begin_logs(JSON)
    sys.excepthook(RuntimeError, RuntimeError("gone"), None)
    [line] = lines(capsys)
    assert (line["level"], line["event"], line["message"]) == ("critical", "crashed", "gone")
