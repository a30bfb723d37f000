"""Options that several commands share."""

from __future__ import annotations

from typing import Any

import pytest
from typer.main import get_command

from frontrunner.base.errors import UsageError
from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.cli.options import check_range


@pytest.mark.parametrize("value", [None, 0, 65535])
def test_a_value_in_its_range_is_accepted(value: int | None) -> None:
    check_range("--port", value, 0, 65535)


@pytest.mark.parametrize("value", [-1, 65536])
def test_a_value_out_of_its_range_is_named(value: int) -> None:
    with pytest.raises(UsageError, match=f"--port must be 0-65535, got {value}"):
        check_range("--port", value, 0, 65535)


@pytest.mark.parametrize(
    "words", ["serve", "refresh", "gateway run", "takeover start", "takeover console"]
)
def test_every_command_that_runs_on_takes_a_format_of_its_logs(words: str) -> None:
    load_commands([])
    command: Any = get_command(app)
    for word in words.split():
        command = command.commands[word]
    assert "--log-format" in {name for one in command.params for name in one.opts}
