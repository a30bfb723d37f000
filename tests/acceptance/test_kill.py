"""Kill builds and publishes at random moments: what is served stays whole every time."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.snapshot.store import Store, whole_damage
from tests.factories import result, write

KILLS = 200
TOML = """
[languages]
eng = "English"

{tasks}

[[benchmark]]
name = "All"
tasks = [{names}]

{models}
"""
TASK = '[[task]]\nname = "T{n}"\ntype = "STS"\nmain_score = "accuracy"\nlanguages = ["eng-Latn"]'
MODEL = '[[model]]\nname = "org/m{n}"'


def prepare(folder: Path) -> None:
    """A catalog of 20 tasks and 30 models, and their results."""
    tasks = "\n".join(TASK.format(n=n) for n in range(20))
    models = "\n".join(MODEL.format(n=n) for n in range(30))
    names = ", ".join(f'"T{n}"' for n in range(20))
    text = TOML.format(tasks=tasks, names=names, models=models)
    (folder / "catalog.toml").write_text(text)
    for model in range(30):
        for number in range(20):
            path = f"results/org__m{model}/r1/T{number}.json"
            write(folder, path, result(f"T{number}", (model * 7 + number) % 100 / 100))


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "frontrunner", *words, "--home", str(folder / "home")]


def build(folder: Path) -> list[str]:
    own = ["--catalog", str(folder / "catalog.toml"), "--without-mteb"]
    return command(folder, "build", "--results", str(folder / "results"), *own)


def change(folder: Path, number: int) -> None:
    """Other results, so that the next build makes another snapshot."""
    path = f"results/org__m{number % 30}/r1/T{number % 20}.json"
    write(folder, path, result(f"T{number % 20}", number / 1000))


def served(folder: Path) -> bytes:
    """The board of the current snapshot, after its bytes are found to be whole."""
    snapshot = Store(folder / "home").current()
    assert whole_damage(snapshot) == []
    board = Bodies(Service(snapshot)).scores("All", ())
    assert len(json.loads(board.identity)["rows"]) == 30
    return board.identity


def kill_at_random(folder: Path, kills: int) -> int:
    """Start builds and rollbacks until so many were killed before their end; return how many were.

    How long each takes is learned on the way: the machine may be busier now than it was.
    """
    source = random.Random(7)
    prepare(folder)
    subprocess.run(build(folder), check=True, capture_output=True)
    began = time.monotonic()
    change(folder, 999)
    subprocess.run(build(folder), check=True, capture_output=True)
    lasts = {"build": time.monotonic() - began}
    lasts["rollback"] = lasts["build"] / 2
    killed = 0
    for number in range(3 * kills):
        change(folder, number)
        kind = "build" if number % 5 else "rollback"
        words = build(folder) if number % 5 else command(folder, "rollback")
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(source.uniform(0.1, max(0.2, lasts[kind] * 1.1)))
        in_time = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        served(folder)
        killed += in_time
        lasts[kind] *= 1.02 if in_time else 0.9
        if killed == kills:
            break
    return killed


def assert_next_build_is_clean(folder: Path) -> None:
    change(folder, 500)
    subprocess.run(build(folder), check=True, capture_output=True)
    store = Store(folder / "home")
    assert not list(store.folder.glob("**/.*"))
    assert store.current().prepared is not None
    assert b"0.5" in served(folder)
    elsewhere = [*build(folder)[:-1], str(folder / "other")]
    subprocess.run(elsewhere, check=True, capture_output=True)
    assert Store(folder / "other").current_id() == store.current_id()


def test_a_few_kills(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 4)
    assert_next_build_is_clean(tmp_path)


@pytest.mark.acceptance
def test_two_hundred_kills(tmp_path: Path) -> None:
    assert kill_at_random(tmp_path, KILLS) == KILLS
    assert_next_build_is_clean(tmp_path)
