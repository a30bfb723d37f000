"""`frontrunner serve`: options out of range, said in the words of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from frontrunner.base.errors import UsageError
from frontrunner.cli import load_commands
from frontrunner.cli.app import app


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serve", "--port", "99999"], "--port must be 0-65535, got 99999"),
        (["serve", "--port", "-1"], "--port must be 0-65535, got -1"),
        (["serve", "--workers", "0"], "--workers must be 1-256, got 0"),
        (["demo", "--port", "65536"], "--port must be 0-65535, got 65536"),
    ],
)
def test_a_number_out_of_range_names_the_range(
    tmp_path: Path, words: list[str], message: str
) -> None:
    load_commands(words)
    result = CliRunner().invoke(app, [*words, "--home", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == message
