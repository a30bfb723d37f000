"""Ctrl-C prints one line, at any stage, and no traceback of any process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frontrunner.cli import load_commands
from frontrunner.cli.command_line import command_line, walk
from frontrunner.cli.interrupts import LEAVES
from frontrunner.results.read import _FEW_FILES
from tests.cli.test_commands import OWN, run
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


OWN_CATALOG = "--catalog own.toml --without-mteb"
READING = f"{OWN_CATALOG} --readers 2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(OWN)
    for model in range(40):
        write(tmp_path, f"results/org__{model}/r1/T1.json", result("T1", 0.5))
    write(tmp_path, "results/org__a/r1/T1.json", result("T1", 0.5))
    return tmp_path


def stopped(folder: Path, place: str, words: str = f"build --results results {READING}") -> str:
    module, _, name = place.rpartition(".")
    program = folder / "program.py"
    program.write_text(PROGRAM.format(module=module, name=name))
    command = [
        sys.executable, str(program), *words.split(), "--home", "h",
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
        ("frontrunner.results.read.read_chunk", "Interrupted while reading result files."),
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


def test_a_check_says_that_it_changed_nothing(folder: Path) -> None:
    place = "frontrunner.ops.pipeline.read_sources"
    assert stopped(folder, place, f"ingest --check results {READING}") == (
        "Interrupted while reading result files. Nothing was built or published: the command only "
        "reports."
    )


def test_an_export_says_how_to_go_on(folder: Path) -> None:
    built = run(folder, *f"build --results results {OWN_CATALOG} --home h".split())
    assert built.returncode == 0, built.stderr
    # After the pages, before all else.
    words = "export --static site --url https://board.example"
    last = stopped(folder, "frontrunner.web.export._missing", words)
    found = re.fullmatch(
        rf"Interrupted while writing snapshot {built.stdout.strip()}. (\d+) files written, and "
        r"site is not complete\. Run the same command again to continue\.",
        last,
    )
    assert found is not None, last
    assert not (folder / "site").exists()
    done = run(folder, *words.split(), "--home", "h")
    assert f" {found[1]} were there from an interrupted export." in done.stderr
    assert (folder / "site/404.html").exists()


def test_an_update_says_what_is_published(folder: Path) -> None:
    words = f"refresh --results results {OWN_CATALOG}"
    last = stopped(folder, "frontrunner.ops.pipeline.build_snapshot", words)
    assert last == (
        "Interrupted while writing the snapshot. Nothing was published; no board is published yet."
    )
    last = stopped(folder, "frontrunner.refresh.run.push_published", words)
    name = (folder / "h/current").readlink().name
    assert last == (
        f"Interrupted. Snapshot {name} is published, but the update did not finish. "
        "Run: frontrunner refresh --home h"
    )


def test_between_two_updates_none_was_under_way(folder: Path) -> None:
    words = f"refresh --every 1m --results results {OWN_CATALOG}"
    assert stopped(folder, "time.sleep", words) == "Interrupted. No update was under way."


def test_rebuilding_the_past_says_what_is_kept(folder: Path) -> None:
    repository = folder / "results"
    git = ("git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run([*git, "init", "-q"], check=True)
    for month in ("01", "02"):
        write(folder, f"results/org__b/r1/T{month}.json", result("T1", 0.5))
        when = {"GIT_COMMITTER_DATE": f"2025-{month}-03T00:00:00Z"}
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True, env={**os.environ, **when})
    words = f"refresh backfill --git results {OWN_CATALOG}"
    last = stopped(folder, "frontrunner.refresh.backfill.write_timeline", words)
    assert last == (
        "Interrupted while writing the timeline. 2 snapshots rebuilt and kept; the others and the "
        "timeline were not written. Run the same command again to continue."
    )
    done = run(folder, *words.split(), "--home", "h")
    assert "Rebuilt 0 snapshots of 2" in done.stderr


def test_a_rehearsal_says_that_there_is_no_report(folder: Path) -> None:
    words = f"takeover rehearse --requests 100 --gradio {sys.executable}"
    last = stopped(folder, "frontrunner.takeover.rehearsal.gradio_home.checked", words)
    assert last == (
        "Interrupted. The rehearsal did not end, so there is no report. Its processes are stopped; "
        "h keeps its files. Run the command again to start over."
    )


@pytest.mark.parametrize("name", LEAVES)
def test_what_a_command_leaves_is_said_of_commands_that_there_are(name: str) -> None:
    load_commands([])
    assert name in {" ".join(path) for path, _ in walk(command_line())}


def test_while_worker_processes_are_at_work(folder: Path) -> None:
    """The signal comes from outside, to every process at once; fewer files are read by one."""
    for number in range(_FEW_FILES):
        (folder / f"results/org__1/r1/{number}.json").write_text("{}")
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
