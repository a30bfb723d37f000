"""Commands in messages carry the home that the command was given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from frontrunner.cli import load_commands
from frontrunner.cli.app import app
from frontrunner.cli.hints import note_home, with_home
from tests.gateway.test_supervise import run_here


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    note_home(None)


def names(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command that takes a home."""
    if any("--home" in one.opts for one in command.params):
        yield path
    for name, inside in getattr(command, "commands", {}).items():
        yield from names(inside, *path, name)


def test_every_command_that_takes_a_home_gets_it() -> None:
    load_commands([])
    note_home(Path("a b"))
    for path in names(get_command(app)):
        command = " ".join(("frontrunner", *path))
        assert with_home(f"Run: {command}.") == f"Run: {command} --home 'a b'."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Use: frontrunner takeover rollback, pause or advance.",
            "Use: frontrunner takeover rollback --home /h, pause or advance.",
        ),
        (
            "Give it to all: frontrunner gateway share 100, or give --force.",
            "Give it to all: frontrunner gateway share 100 --home /h, or give --force.",
        ),
        (
            "frontrunner gateway settle --undo --yes",
            "frontrunner gateway settle --undo --yes --home /h",
        ),
        (
            "See frontrunner takeover plan. Start: frontrunner takeover start --home /x",
            "See frontrunner takeover plan --home /h. Start: frontrunner takeover start --home /x",
        ),
        (
            "Go back: frontrunner gateway share 0 --force --home /x. Then go on.",
            "Go back: frontrunner gateway share 0 --force --home /x. Then go on.",
        ),
        ("The frontrunner.toml of this home", "The frontrunner.toml of this home"),
        (
            "frontrunner refresh status shows what waits.",
            "frontrunner refresh status --home /h shows what waits.",
        ),
        ("frontrunner refresh accept 3f", "frontrunner refresh accept --home /h 3f"),
        (
            "Run: frontrunner store push --store s3://b/c. Then go on.",
            "Run: frontrunner store push --store s3://b/c --home /h. Then go on.",
        ),
        (
            "On the machine that builds the board, run: frontrunner store push --store s3://b/c",
            "On the machine that builds the board, run: frontrunner store push --store s3://b/c",
        ),
        (
            "Run: frontrunner build --results SOURCE, or frontrunner demo",
            "Run: frontrunner build --results SOURCE --home /h, or frontrunner demo --home /h",
        ),
        (
            "frontrunner ingest --check SOURCE lists each.",
            "frontrunner ingest --check SOURCE --home /h lists each.",
        ),
        ("frontrunner reads format 3", "frontrunner reads format 3"),
        ("`frontrunner hub plan` says more", "`frontrunner hub plan --home /h` says more"),
    ],
)
def test_hints(text: str, shown: str) -> None:
    note_home(Path("/h"))
    assert with_home(text) == shown
    note_home(None)
    assert with_home(text) == text


def test_a_message_of_a_command(tmp_path: Path) -> None:
    _, _, said = run_here("gateway", "share", "--home", str(tmp_path))
    assert f"frontrunner gateway run --home {tmp_path}" in said


def test_the_doctor_names_its_home_in_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    _, out, _ = run_here("doctor", "--home", str(tmp_path / "home"))
    assert f"Run: frontrunner build --results SOURCE --home {tmp_path}/home\n" in out
