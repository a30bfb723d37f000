"""The whole comparison with the first board, on the real data: seconds, memory, and what it finds.

    python -m bench.parity

Measured without the history of the results, and with it. No earlier program does this, so there is
no peer. The budgets without a history are 20 s and 1.5 GB.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.harness import DATA, OURS, WORK, median, run, say, unpacked, warm
from bench.reading import HOME, build_command

TIMES = 3
BUNDLE = DATA / "results-history.bundle"


def with_history(results: Path) -> Path:
    """The history of the results with today's files as its last commit, made once in .bench/."""
    folder = WORK / "results-history"
    if not (folder / ".complete").exists():
        if not BUNDLE.exists():
            sys.exit(f"The real data is not there: shared/data/{BUNDLE.name} is looked for")
        say("Making the history of the results ...")
        shutil.rmtree(folder, ignore_errors=True)
        _git(WORK, "clone", "--quiet", "--branch", "main", str(BUNDLE), str(folder))
        shutil.copytree(results / "results", folder / "results", dirs_exist_ok=True)
        _git(folder, "config", "core.looseCompression", "0")
        _git(folder, "add", "--all")
        names = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
        _git(folder, *names, "commit", "--quiet", "--message", "Results of today")
        (folder / ".complete").touch()
    return folder


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)  # noqa: S607


def compare(title: str, legacy: Path, results: Path) -> None:
    """Compare TIMES times, and print one line for each figure."""
    with tempfile.TemporaryDirectory(dir=WORK) as out:
        # Exit code 1 says that a gate did not pass, as it must without a history.
        command: list[str | Path] = [
            "sh", "-c", '"$@" || [ $? -eq 1 ]', "sh",
            OURS / "frontrunner", "parity", "--legacy", legacy, "--results", results,
            "--home", HOME, "--out", out, "--json",
        ]  # fmt: skip
        ran = [run(command) for _ in range(TIMES)]
    found = json.loads(ran[-1].out)
    print(f"{title}:")
    print(f"  whole process: {median([one.seconds for one in ran]):.2f} s (budget 20 s)")
    print(f"  largest memory: {max(one.peak_mb for one in ran):,.0f} MB (budget 1,500 MB)")
    for gate in found["gates"]:
        print(f"  {gate['gate']['name']}: {gate['value']:.4f} {gate['verdict']}")


def main() -> None:
    """Measure without the history of the results, and with it."""
    results, legacy = unpacked("mteb-results"), unpacked("legacy-boards")
    history = with_history(results)
    say("Building once, to have a board of this version ...")
    run(build_command(results, HOME))
    for title, folder in (("without a history", results), ("with the history", history)):
        warm(folder / "results")
        compare(title, legacy, folder)


if __name__ == "__main__":
    main()
