"""100 changed files to a served answer: where the time of an update goes.

    python -m bench.refreshing RESULTS [--git] [--times N] [--check]

It copies RESULTS by links, updates a board of it, then N times changes 100 files anywhere, updates
the board by the real command while a server runs, and prints the seconds from the start of the
command until the server answers with the new snapshot, and those of each step. The time beyond
fetching is that from `Reading result files` on. Without `--git` the results are a folder, of which
each file is looked at. With it they are a repository, which the changes are committed to, and the
update fetches the commit first. Load, CPU time and the slowdown are printed too. The slowdown is
how many seconds a second of work took just before: 1 on a quiet machine. On another one, times say
little. `--check` builds the last state anew and compares the bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from bench.reading import rewrite
from frontrunner.snapshot.store import Store

CHANGED = 100


class Measured(NamedTuple):
    """One update."""

    seconds: float
    """From the start of the command until the server answers with the new snapshot."""
    cpu: float
    """Of the command and its helpers, also after publishing."""
    load: float
    slowdown: float
    """Seconds that a second of work took just before."""
    beyond_fetching: float
    """From when the files are there until the server answers with the new snapshot."""
    steps: dict[str, float]
    """When each step began, in seconds after the start of the command."""


def command(home: Path, *words: str) -> list[str]:
    """A command of this project."""
    return [sys.executable, "-m", "frontrunner", *words, "--home", str(home)]


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """A server of the home; its address."""
    with subprocess.Popen(
        command(home, "serve", "--port", "0"), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            line = next(one for one in process.stderr or () if "Serving on" in one)
            yield line.split("Serving on ")[1].split()[0]
        finally:
            process.send_signal(signal.SIGTERM)


def shown(url: str) -> str:
    """The snapshot that a server answers with."""
    with urllib.request.urlopen(f"{url}/v1/snapshot") as answer:  # noqa: S310
        return str(json.loads(answer.read())["id"])


def update(home: Path, url: str) -> Measured:
    """Update once, asking the server all the while."""
    slowdown = _slowdown()
    before, began = shown(url), time.perf_counter()
    cpu = _cpu_of_children()
    with subprocess.Popen(
        command(home, "refresh"), stdout=sys.stderr, stderr=subprocess.PIPE, text=True
    ) as process:
        steps: dict[str, float] = {}
        reading = threading.Thread(target=_note, args=(process.stderr, began, steps))
        reading.start()
        seconds = 0.0
        while process.poll() is None:
            # Not before: each question takes time from the update.
            if not seconds and _is_published(steps) and shown(url) != before:
                seconds = time.perf_counter() - began
            time.sleep(0.01)
    reading.join()
    while not seconds:
        if shown(url) != before:
            seconds = time.perf_counter() - began
        if time.perf_counter() - began > 600:
            sys.exit(f"The server does not show the update, which ended with {process.returncode}")
    used = _cpu_of_children() - cpu
    beyond = seconds - steps.get("Reading result files ...", 0.0)
    return Measured(seconds, used, os.getloadavg()[0], slowdown, beyond, steps)


def _is_published(steps: dict[str, float]) -> bool:
    return any(step.startswith("Published") for step in list(steps))


def _slowdown() -> float:
    began, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < 0.2:
        pass
    return (time.perf_counter() - began) / (time.process_time() - cpu)


def _note(lines: TextIO | None, began: float, steps: dict[str, float]) -> None:
    """When a step began, by what the command says of it."""
    for line in lines or ():
        if " ..." in line or "Published" in line:
            steps[line.strip()] = round(time.perf_counter() - began, 3)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def make_repository(folder: Path) -> None:
    """Make a folder of results a repository, with one commit of its files."""
    _git(folder, "init", "--quiet")
    for setting in ("gc.auto=0", "pack.window=0", "core.compression=1"):
        _git(folder, "config", *setting.split("="))
    commit(folder)
    # In one pack, as on a server: otherwise git searches for minutes for what files have alike.
    _git(folder, "repack", "-a", "-d", "--quiet")


def commit(folder: Path) -> None:
    """Commit what changed."""
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "results")


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)  # noqa: S607


def settings_of(home: Path, source: str) -> None:
    """Write the settings: random scores move by more than guards allow, so they are wide."""
    home.mkdir(parents=True)
    home.joinpath("frontrunner.toml").write_text(
        f'[refresh]\nresults = "{source}"\n[refresh.guards]\nmoved = 100\nleaders = 100\n'
    )


def main() -> None:
    """Measure, and print the median and each step."""
    given = argparse.ArgumentParser()
    given.add_argument("results", type=Path)
    given.add_argument("--git", action="store_true")
    given.add_argument("--times", type=int, default=5)
    given.add_argument("--check", action="store_true")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.results.parent, prefix="refreshing-") as name:
        copy, home = Path(name, "copy"), Path(name, "home")
        shutil.copytree(asked.results, copy, copy_function=os.link)
        if asked.git:
            make_repository(copy)
        source = copy.as_uri() if asked.git else str(copy)
        settings_of(home, source)
        subprocess.run(command(home, "refresh"), check=True)
        draw = random.Random(time.time_ns())
        files = sorted(path for path in copy.rglob("*.json") if path.name != "model_meta.json")
        found = []
        with served(home) as url:
            for _ in range(asked.times):
                for path in draw.sample(files, CHANGED):
                    rewrite(path, draw)
                if asked.git:
                    commit(copy)
                found.append(update(home, url))
                print(json.dumps(found[-1]._asdict()))
        names = ("seconds", "beyond_fetching", "cpu", "load", "slowdown")
        print("median:", {
            name: round(statistics.median(getattr(one, name) for one in found), 2)
            for name in names
        })  # fmt: skip
        if asked.check:
            fresh = Path(name, "fresh")
            settings_of(fresh, source)
            subprocess.run(command(fresh, "refresh"), check=True)
            same = Store(home).current_id() == Store(fresh).current_id()
            print(f"equal bytes to a full rebuild: {same}")
            sys.exit(not same)


if __name__ == "__main__":
    main()
