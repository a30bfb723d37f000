"""The command line: stdout is data, stderr is talk, exit codes are documented."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from frontrunner.cli import MODULES, load_commands
from frontrunner.cli.app import app
from tests.command import run_command
from tests.factories import result, write

OWN = """
[[task]]
name = "T1"
type = "STS"
main_score = "accuracy"
languages = ["eng-Latn"]

[[benchmark]]
name = "All"
tasks = ["T1"]

[[model]]
name = "org/a"
"""


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command(*words, folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalog and one result."""
    (tmp_path / "own.toml").write_text(OWN)
    write(tmp_path, "results/org__a/r1/T1.json", result("T1", 0.5))
    return tmp_path


BUILD = ("build", "--results", "results", "--catalog", "own.toml", "--without-mteb", "--home", "h")


def test_the_whole_way(folder: Path) -> None:
    built = run(folder, *BUILD)
    assert built.returncode == 0, built.stderr
    [first] = built.stdout.splitlines()
    talk = "1 board from 1 score of 1 model; 0 of 1 file rejected, 0 set aside by a rule.\n"
    assert talk in built.stderr  # in one line, however long
    write(folder, "results/org__a/r1/T1.json", result("T1", 0.75))
    second = json.loads(run(folder, *BUILD, "--json", "--no-publish").stdout)
    assert second["published"] is False
    listed = json.loads(run(folder, "snapshots", "--home", "h", "--json").stdout)
    assert [(one["id"], one["current"]) for one in listed] == [(first, True), (second["id"], False)]
    assert run(folder, "publish", second["id"][:8], "--home", "h").stdout == f"{second['id']}\n"
    assert run(folder, "rollback", "--home", "h").stdout == f"{first}\n"
    assert run(folder, "rollback", "--home", "h").returncode == 2
    assert run(folder, "verify", "--home", "h").returncode == 0
    pruned = run(folder, "prune", "--home", "h", "--keep", "1", "--dry-run")
    assert (pruned.stdout, pruned.stderr) == ("", "Nothing to remove from h.\n")
    assert "1 model, 1 score  " in run(folder, "snapshots", "--home", "h").stdout
    known = run(folder, "catalog", "--catalog", "own.toml", "--without-mteb", "--home", "h").stdout
    assert known.startswith("own.toml: 1 benchmark, 1 task, ")


def test_damage_is_told_with_its_own_code(folder: Path) -> None:
    name = run(folder, *BUILD).stdout.strip()
    (folder / "h/snapshots" / name / "score.npy").write_bytes(b"")
    verified = run(folder, "verify", "--home", "h")
    assert verified.returncode == 4
    assert f"{name}: score.npy has 0 bytes" in verified.stdout


def test_a_check_builds_nothing_and_fails_on_mistakes(folder: Path) -> None:
    words = ("ingest", "--check", "results", "--catalog", "own.toml", "--without-mteb", "--home")
    assert run(folder, *words, "h").returncode == 0
    write(folder, "results/org__a/r1/T2.json", b"{")
    checked = run(folder, *words, "h")
    assert checked.returncode == 1
    assert checked.stdout.startswith("org__a/r1/T2.json: not-json:")
    report = json.loads(run(folder, *words, "h", "--json").stdout)
    assert report["rejects"][0]["remedy"].startswith("Write or download the file again")
    assert not (folder / "h/snapshots").exists()


def test_a_check_says_where_runs_differ_and_what_to_paste(folder: Path) -> None:
    check = ("ingest", "--check", "results", "--catalog", "own.toml", "--without-mteb")
    write(folder, "results/org__a/r0/T1.json", result("T1", 0.25))
    write(folder, "results/org__a/r1/T1.json", result("T1", 0.5) | {"date": "2026-03-01"})
    write(folder, "results/org__unknown/r0/T1.json", result("T1", 0.25))
    checked = run(folder, *check, "--home", "h")
    line = (
        "org__a/r1/T1.json: differs: org__a/r0/T1.json wins; "
        "1 score differs, such as test/default: 0.5 here, 0.25 there\n"
    )
    assert line in checked.stdout
    assert "Runs of one model differ: 1 task of 1 model." in checked.stderr
    assert "[[model]]" in checked.stderr
    report = json.loads(run(folder, *check, "--home", "h", "--json").stdout)
    assert report["differences"][0]["winner"] == "org__a/r0/T1.json"
    (folder / "h/frontrunner.toml").write_text('[build]\nrevisions = "newest"\n')
    report = json.loads(run(folder, *check, "--home", "h", "--json", "--fresh").stdout)
    assert report["differences"][0]["winner"] == "org__a/r1/T1.json"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("build", "--results", "nothing", *BUILD[3:]), 3, "nothing does not exist"),
        (("build", "--results", "results", "--without-mteb"), 2, "--without-mteb needs --catalog"),
        (("restore", "x.tar", "--home", "r"), 4, "r cannot be restored: x.tar: No such file or"),
        (("verify", "--home", "h"), 2, "Nothing is published in h (the folder does not exist)"),
        (("catalog", "--catalog", "bad.toml", "--without-mteb"), 3, "bad.toml, line 2"),
        (("build", "--results", "[/x]", *BUILD[3:]), 3, "[/x] does not exist"),
        ((*BUILD[:-1], "own.toml"), 4, "own.toml cannot be used as a home: File exists"),
        (
            ("build", "--readers", "-3", *BUILD[1:]),
            2,
            "--readers must be a whole number, at least 0, got -3.",
        ),
        (("prune", "--keep", "-1"), 2, "--keep must be a whole number, at least 0"),
        (("serve", "--port", "99999"), 2, "--port must be 0-65535, got 99999"),
    ],
)
def test_errors_say_what_to_do(folder: Path, words: tuple[str, ...], code: int, says: str) -> None:
    (folder / "bad.toml").write_text("[[task]]\nnam = 1\n")
    done = run(folder, *words)
    assert done.returncode == code
    assert done.stdout == ""
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "abc"), ("rollback",), ("prune",), ("prune", "--dry-run"), ("verify",),
        ("prepare",), ("refresh", "accept", "abc", "--reason", "checked"),
    ],
)  # fmt: skip
def test_a_home_with_a_mistyped_name_is_an_error_and_not_created(
    folder: Path, words: tuple[str, ...]
) -> None:
    done = run(folder, *words, "--home", "h")
    said = " ".join(done.stderr.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing is published in h (the folder does not exist). Build a board first: " in said
    assert not (folder / "h").exists()


def test_a_home_without_that_snapshot_is_an_error(folder: Path) -> None:
    (folder / "h").mkdir()
    done = run(folder, "publish", "abc", "--home", "h")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No snapshot in h is called 'abc'" in " ".join(done.stderr.split())


def test_settings_come_from_file_and_environment(folder: Path) -> None:
    (folder / "h").mkdir()
    (folder / "h/frontrunner.toml").write_text("prot = 1")
    done = run(folder, "snapshots", "--home", "h")
    assert done.returncode == 2
    assert "prot" in done.stderr


@pytest.mark.parametrize("command", sorted(MODULES))
def test_every_command_has_help(command: str, tmp_path: Path) -> None:
    shown = run(tmp_path, command, "--help")
    assert shown.returncode == 0
    assert "Usage" in shown.stdout


def test_the_list_of_commands(tmp_path: Path) -> None:
    shown = run(tmp_path, "--help").stdout
    assert all(f" {command} " in shown for command in MODULES)
    assert run(tmp_path, "--version").stdout.startswith("frontrunner ")


@pytest.mark.parametrize("value", ["9" * 9999, "[" * 9999])
def test_settings_that_no_number_and_no_stack_hold_are_told(folder: Path, value: str) -> None:
    (folder / "h").mkdir()
    (folder / "h/frontrunner.toml").write_text(f"port = {value}")
    done = run(folder, "snapshots", "--home", "h")
    assert done.returncode == 2
    assert "not valid TOML" in done.stderr


def test_a_report_shows_names_that_would_move_the_cursor(folder: Path) -> None:
    write(folder, "results/org__a/r1\x1b[2J/a\nb.json", b"{")
    words = ("ingest", "results", "--catalog", "own.toml", "--without-mteb", "--home", "h")
    checked = run(folder, *words)
    assert checked.stdout.startswith("org__a/r1\\x1b[2J/a\\nb.json: not-json:")
    assert len(checked.stdout.splitlines()) == 1


def test_what_is_only_remembered_may_be_unwritable(folder: Path) -> None:
    words = ("ingest", "results", "--catalog", "own.toml", "--without-mteb", "--home", "own.toml")
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 used, 1 score" in done.stderr


def test_what_the_system_refuses_is_told_without_a_traceback(folder: Path) -> None:
    name = run(folder, *BUILD, "--no-publish").stdout.strip()
    (folder / "h/history.jsonl").mkdir()
    done = run(folder, "publish", name, "--home", "h")
    assert done.returncode == 4
    assert f"Snapshot {name} could not be made current in h: Is a directory." in done.stderr


def test_every_command_takes_a_home() -> None:
    def leaves(command: Any) -> Iterator[Any]:
        inner = getattr(command, "commands", None)
        yield from chain.from_iterable(map(leaves, inner.values())) if inner else (command,)

    load_commands([])
    for command in leaves(get_command(app)):
        assert any("--home" in parameter.opts for parameter in command.params), command.name
