"""What Ctrl-C leaves behind is said in one line, and is so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from frontrunner.cli import load_commands
from frontrunner.evaluate.runner import Event
from frontrunner.snapshot.store import Store, whole_damage
from tests.command import run_command
from tests.factories import small_snapshot

load_commands([])
Stop = Callable[..., None]
STORE = ("--store", "file://{folder}/store")
TO = "The {} switches to another snapshot in one step. Run the same command again to continue."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with four snapshots, made once."""
    folder = tmp_path_factory.mktemp("made")
    for bonus in (0.0, 0.01, 0.02, 0.03):
        small_snapshot(folder, bonus)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "home", tmp_path / "h", symlinks=True)
    return tmp_path


def command(folder: Path, *words: str) -> tuple[int, str]:
    """Its exit code, and the last line on stderr."""
    given = [one.replace("{folder}", str(folder)) for one in words]
    done = run_command(*given, "--home", "h" if "restore" not in words else "new", folder=folder)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.splitlines()[-1] if done.stderr else ""


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Stop:
    """Press Ctrl-C when a function is called for the n-th time."""

    def at(place: str, time: int = 1) -> None:
        real: Callable[..., Any] = resolve_name(place)
        calls = iter(range(time - 1))

        def stopped(*given: object, **more: object) -> object:
            if next(calls, None) is None:
                monkeypatch.undo()
                raise KeyboardInterrupt
            return real(*given, **more)

        monkeypatch.setattr(place, stopped)

    return at


def is_whole(folder: Path, name: str = "h") -> bool:
    store = Store(folder / name)
    return not any(whole_damage(store.open(one)) for one in store.ids())


def test_a_backup_is_there_whole_or_not(folder: Path, stop: Stop) -> None:
    says = "Interrupted. A backup gets its name only when it is complete."
    stop("frontrunner.ops.backup.sync_file")
    assert command(folder, "backup", "a.tar") == (130, says)
    assert sorted(one.name for one in folder.iterdir()) == ["h"]
    assert command(folder, "backup", "a.tar")[0] == 0
    stop("frontrunner.ops.backup.point_link")
    says = "Interrupted. The home appears only when it is complete."
    assert command(folder, "restore", "a.tar") == (130, says)
    assert not (folder / "new").exists()
    assert command(folder, "restore", "a.tar")[0] == 0
    assert is_whole(folder, "new")


@pytest.mark.parametrize("time", [1, 2])
def test_pruning_keeps_or_removes_whole_snapshots(folder: Path, stop: Stop, time: int) -> None:
    before = len(Store(folder / "h").ids())
    stop("frontrunner.snapshot.store.remove_folder", time)
    assert command(folder, "prune", "--keep", "1") == (
        130,
        "Interrupted. Each snapshot is removed or kept as a whole. The same command removes the "
        "rest.",
    )
    assert len(Store(folder / "h").ids()) == before - time + 1
    assert is_whole(folder)
    assert command(folder, "prune", "--keep", "1")[0] == 0
    assert len(Store(folder / "h").ids()) == 2


@pytest.mark.parametrize(("at", "is_there"), [("_point", False), ("prune", True)])
def test_a_store_changes_in_one_step(folder: Path, stop: Stop, at: str, is_there: bool) -> None:
    stop(f"frontrunner.remote.push.{at}")
    says = f"Interrupted while copying the snapshot to the store. {TO.format('store')}"
    code, line = command(folder, "store", "push", *STORE)
    assert (code, line.split(". ")[-2:]) == (130, says.split(". ")[-2:])
    assert (folder / "store/current.json").exists() is is_there
    assert command(folder, "store", "push", *STORE)[0] == 0


def test_a_home_that_follows_changes_in_one_step(folder: Path, stop: Stop) -> None:
    assert command(folder, "store", "push", *STORE)[0] == 0
    shutil.move(folder / "h", folder / "publisher")
    stop("frontrunner.snapshot.store.Store.publish")
    code, line = command(folder, "store", "pull", *STORE)
    assert (code, line) == (130, f"Interrupted while downloading the snapshot. {TO.format('home')}")
    assert Store(folder / "h").current_id() is None
    assert command(folder, "store", "pull", *STORE)[0] == 0
    assert Store(folder / "h").current_id() == Store(folder / "publisher").current_id()


@pytest.mark.parametrize(
    ("words", "place", "says"),
    [
        (
            "parity --legacy old --out report",
            "frontrunner.cli.parity.compare_boards",
            "Interrupted while comparing. No gate was decided, and the report is not complete.",
        ),
        (
            "contract record old --out record",
            "frontrunner.cli.contract.record_folder",
            "Interrupted. The record is not complete. Run the same command again.",
        ),
        (
            "contract check record --against http://127.0.0.1:9",
            "frontrunner.cli.contract.read_record",
            "Interrupted. Nothing was changed, and no verdict was reached.",
        ),
        (
            "verify",
            "frontrunner.cli.snapshots.whole_damage",
            "Interrupted. Nothing was changed: the command only reads.",
        ),
    ],
)
def test_a_check_leaves_no_half_of_a_report(
    folder: Path, stop: Stop, words: str, place: str, says: str
) -> None:
    (folder / "old").mkdir()
    stop(place)
    assert command(folder, *words.split()) == (130, says)
    assert sorted(one.name for one in folder.iterdir()) == ["h", "old"]


def test_an_evaluation_counts_what_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_plan: object, _python: object, _threads: int, listen: Callable[[Event], None]) -> None:
        listen(Event(event="measured", model="m", task="t", score=0.5))
        raise KeyboardInterrupt

    place = "frontrunner.cli.evaluate.environments.ensure"
    monkeypatch.setattr(place, lambda *_: Path("python"))
    monkeypatch.setattr("frontrunner.cli.evaluate.run", run)
    words = ("evaluate", "--output", "o", "--model", "baseline/lsa-256")
    code, line = command(folder, *words)
    assert code == 130
    assert line.startswith("Interrupted. 1 result of ")
    assert line.endswith(
        " measured and kept. The same command without --overwrite measures the others."
    )

    def stopped(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, stopped)
    says = "Interrupted. The environment is not ready. Run the same command again."
    assert command(folder, "evaluate", "--prepare") == (130, says)
