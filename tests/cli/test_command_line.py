"""`--help`: groups, environment variables, examples; and the options that every command has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text

from frontrunner.base.config import SECTIONS
from frontrunner.base.setting_values import variable
from frontrunner.cli import GROUPS, MODULES, load_commands
from frontrunner.cli.command_line import command_line, walk
from frontrunner.cli.examples import EXAMPLES
from frontrunner.cli.hints import note_home
from frontrunner.cli.output import forget_volume
from tests.command import run_command


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    """Every command by its words."""
    load_commands([])
    return {" ".join(path): command for path, command in walk(command_line())}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Reading words has effects, such as a home for messages."""
    yield
    note_home(None)
    forget_volume()


def test_commands_are_listed_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    shown = run_command("--help").stdout
    places = [shown.index(f"─ {group} ─") for group in GROUPS]
    assert places == sorted(places)
    for (group, names), begin, end in zip(
        GROUPS.items(), places, [*places[1:], len(shown)], strict=True
    ):
        assert re.findall(r"^│ (\w+) ", shown[begin:end], re.MULTILINE) == list(names), group


@pytest.mark.parametrize("words", EXAMPLES)
def test_every_example_is_accepted(words: str, commands: dict[str, Any], tmp_path: Path) -> None:
    for example in EXAMPLES[words]:
        given = shlex.split(example)
        root = commands[""].make_context("frontrunner", list(given))
        command, path = commands[""], root
        while hasattr(command, "commands") and given and given[0] in command.commands:
            command = command.commands[given[0]]
            path = command.make_context(given.pop(0), list(given), parent=path)
        assert path.command is command
        leaf = not hasattr(command, "commands") or command.invoke_without_command
        assert leaf, example
        assert example.startswith(words)


def test_every_command_of_the_root_has_an_example() -> None:
    missing = [name for name in MODULES if not any(one.split()[:1] == [name] for one in EXAMPLES)]
    assert missing == []


def test_brackets_in_help_are_shown() -> None:
    shown = " ".join(run_command("serve", "--help").stdout.split())
    assert "[env: FRONTRUNNER_HOME]" in shown.replace(" │ │ ", " ")
    assert "FRONTRUNNER_SERVER_PORT" in shown


def test_a_paragraph_of_help_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run_command("diff", "--help").stdout
    first, second = re.findall(r"^ (Commits are named .*)\n (.*)$", shown, re.MULTILINE)[0]
    assert len(first.strip()) + 1 + len(second.split()[0]) > 78
    assert len(second.strip()) > 40


def test_environment_variables_in_help_exist(commands: dict[str, Any]) -> None:
    known = {"FRONTRUNNER_HOME"} | {
        variable(section, key)
        for section, kind in SECTIONS.items()
        for key in kind.__struct_fields__
    }
    named = {
        name
        for command in commands.values()
        for one in command.params
        for name in re.findall(
            r"\[env: (\w+)\]", Text.from_markup(getattr(one, "help", "") or "").plain
        )
    }
    assert named <= known
    assert {variable("server", "host"), variable("build", "readers")} <= named


def test_quiet_prints_data_alone(tmp_path: Path) -> None:
    words = ("demo", "--no-serve", "--home", str(tmp_path / "h"))
    assert run_command(*words, "--quiet").stderr == ""
    assert "Published" in run_command(*words).stderr  # the next command is not quiet
    assert run_command("--quiet", *words).stderr == ""


def test_errors_are_printed_also_if_quiet(tmp_path: Path) -> None:
    done = run_command("verify", "-q", "--home", str(tmp_path))
    assert done.returncode == 2
    assert "Nothing is published" in done.stderr
    assert "Traceback" not in done.stderr


def test_verbose_says_how_long_steps_took_and_where_an_error_came_from(tmp_path: Path) -> None:
    told = run_command("demo", "--no-serve", "--verbose", "--home", str(tmp_path / "h")).stderr
    assert re.search(r"^Preparing answers: \d+\.\d s$", told, re.MULTILINE)
    assert "Traceback" in run_command("verify", "-v", "--home", str(tmp_path)).stderr


def test_quiet_and_verbose_exclude_each_other(tmp_path: Path) -> None:
    done = run_command("verify", "-q", "-v", "--home", str(tmp_path))
    assert (done.returncode, done.stderr) == (
        2, "error: --quiet and --verbose cannot be combined.\n",
    )  # fmt: skip
