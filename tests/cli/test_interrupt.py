"""Ctrl-C prints one line, at any stage, and no traceback of any process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import OWN
from tests.factories import result, write

# The command, with a signal to its whole process group, as a terminal sends it, at one place.
PROGRAM = """
import os, signal, sys, time
import {module} as place

def main():
    # A shell that runs tests in the background has its children ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    inner = place.{name}

    def stopped(*args, **named):
        os.killpg(0, signal.SIGINT)
        time.sleep(5)
        return inner(*args, **named)

    place.{name} = stopped
    from frontrunner.cli import main
    main()

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(OWN)
    for model in range(40):
        write(tmp_path, f"results/org__{model}/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "results/org__a/r1/T1.json", result("T1", 0.5))
    return tmp_path


def stopped(
    folder: Path, place: str, before: str = "", words: str = "build --results results"
) -> str:
    module, _, name = place.rpartition(".")
    program = folder / "program.py"
    program.write_text(PROGRAM.format(module=module, name=name))
    command = [
        sys.executable, str(program), *words.split(), "--catalog", "own.toml", "--without-mteb",
        "--home", "h", "--readers", "2",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, text=True, process_group=0
    ) as run:
        assert run.stderr is not None
        said = run.stderr.read()
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
    return said.splitlines()[-1]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("frontrunner.ops.pipeline.load_catalog", "Interrupted while reading the catalog."),
        # A folder is not fetched, so the last step is the one before.
        ("frontrunner.ops.pipeline.fetch", "Interrupted while reading the catalog."),
        ("frontrunner.ops.pipeline.read_sources", "Interrupted while reading result files."),
        ("frontrunner.results.read.helpers", "Interrupted while reading result files."),
        ("frontrunner.ops.pipeline.build_snapshot", "Interrupted while writing the snapshot."),
        ("frontrunner.snapshot.build.make_manifest", "Interrupted while writing the snapshot."),
    ],
)
def test_before_publishing_nothing_is_published(folder: Path, place: str, says: str) -> None:
    last = stopped(folder, place)
    assert last == f"{says} Nothing was published; no board is published yet."
    assert not (folder / "h/current").exists()
    left = (
        [one.name for one in (folder / "h/snapshots").glob("*")] if (folder / "h").exists() else []
    )
    assert left == []


def test_after_publishing_the_line_says_what_is_missing(folder: Path) -> None:
    last = stopped(folder, "frontrunner.answers.prepare.prepare")
    name = (folder / "h/current").readlink().name
    assert last == (
        f"Interrupted while preparing answers. Snapshot {name} is published, but not all its "
        "answers are prepared. Run: frontrunner prepare --home h"
    )


def test_other_commands_say_so_too(folder: Path) -> None:
    assert stopped(folder, "frontrunner.ops.pipeline.load_catalog", words="ingest results") == (
        "Interrupted."
    )


def test_while_worker_processes_are_at_work(folder: Path) -> None:
    """The signal comes from outside, to every process at once."""
    words = ("build", "--results", "results", "--catalog", "own.toml", "--without-mteb")
    with subprocess.Popen(
        [sys.executable, "-m", "frontrunner", *words, "--home", "h", "--readers", "3"],
        cwd=folder, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as run:  # fmt: skip
        assert run.stderr is not None
        said = ""
        while "Reading result files" not in said:
            said += run.stderr.readline()
        time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)
        said += run.stderr.read()
    assert "Traceback" not in said
    assert run.returncode in (0, 130)
