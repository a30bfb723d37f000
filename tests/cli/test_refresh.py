"""`frontrunner refresh`: what it prints, its exit codes, and what a person can do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest

from frontrunner.cli import main
from frontrunner.refresh.record import Run, State
from frontrunner.snapshot.store import Store
from tests.factories import write
from tests.refresh.boards import CATALOG, scores, source

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


class Command:
    """Runs the command line in a home whose settings are written."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self.folder, self._patch, self._capsys = folder, patch, capsys
        self.home = folder / "home"
        catalog = write(folder, "catalog.toml", CATALOG.encode())
        self._settings = f'[refresh]\ncatalog = "{catalog}"\nwithout_mteb = true\n'

    def results(self, number: int) -> Path:
        """From now on the source has this many models."""
        root = source(self.folder / f"models-{number}", scores(number))
        write(self.home, "frontrunner.toml", f'{self._settings}results = "{root}"\n'.encode())
        return root

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        self._patch.setattr("sys.argv", ["frontrunner", *words, "--home", str(self.home)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, " ".join(err.split())


def test_each_update_is_one_json_line(command: Command) -> None:
    command.results(12)
    for outcome in ("published", "unchanged"):
        code, out, _ = command("refresh")
        assert (code, out.count("\n")) == (0, 1)
        assert msgspec.json.decode(out, type=Run).outcome == outcome


def test_a_held_update_ends_with_9_and_says_how_to_go_on(command: Command) -> None:
    command.results(12)
    command("refresh", "--once")
    command.results(3)
    code, out, err = command("refresh")
    run = msgspec.json.decode(out, type=Run)
    assert (code, run.outcome) == (9, "held")
    assert "warning: Held back: 9 models would vanish" in err
    assert f"frontrunner refresh accept --home {command.home} {run.snapshot} --reason" in err
    _, out, _ = command("refresh", "status")
    assert f"Waits for approval: snapshot {run.snapshot}\n  models: 9 models would vanish" in out
    assert f"frontrunner refresh accept --home {command.home} {run.snapshot} --reason" in out
    assert run.snapshot
    moved = (command.home / "snapshots" / run.snapshot).rename(command.home.parent / "moved")
    _, out, _ = command("refresh", "status")
    assert f"  {run.snapshot} is not in {command.home}" in out
    assert "refresh accept" not in out
    moved.rename(command.home / "snapshots" / run.snapshot)
    assert command("refresh", "accept", run.snapshot, "--reason", " ")[0] == 2
    code, _, err = command("refresh", "accept", run.snapshot, "--reason", "As asked", "--by", "Ada")
    assert (code, f"Published: snapshot {run.snapshot}" in err) == (0, True)
    assert Store(command.home).current_id() == run.snapshot
    _, out, _ = command("refresh", "status", "--json")
    assert msgspec.json.decode(out, type=State).waiting is None


def test_a_source_that_is_gone_has_the_code_of_a_build(command: Command) -> None:
    root = command.results(12)
    root.rename(root.with_name("elsewhere"))
    code, out, err = command("refresh")
    run = msgspec.json.decode(out, type=Run)
    assert (code, run.outcome) == (3, "failed")
    assert f"error: {run.reason}" in err


def test_a_disk_that_is_full_after_publishing_is_not_a_failure_of_the_update(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    command.results(12)
    with monkeypatch.context() as patched:
        patched.setattr("frontrunner.answers.prepare.write_pack", full)
        code, out, err = command("refresh")
    run = msgspec.json.decode(out, type=Run)
    assert (code, run.outcome, run.snapshot) == (4, "unprepared", Store(command.home).current_id())
    assert "error: The answers of snapshot" in err
    assert f"Free disk space and run: frontrunner prepare --home {command.home}" in err
    assert "unprepared: Snapshot" in command("refresh", "status")[1]
    assert "in a row: 1 update\n" in command("refresh", "status")[1]
    code, out, _ = command("refresh")
    assert (code, msgspec.json.decode(out, type=Run).outcome) == (0, "unchanged")
    assert Store(command.home).current().prepared is not None


def test_updates_go_on_after_one_that_the_system_does_not_let_begin(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def full(*_: object) -> None:
        begun.append(1)
        if len(begun) == 3:
            raise KeyboardInterrupt
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    command.results(12)
    monkeypatch.setattr("frontrunner.refresh.run.refresh", full)
    monkeypatch.setattr("frontrunner.cli.refresh.time.sleep", lambda _: None)
    code, out, err = command("refresh", "--every", "1m")
    assert (code, out, len(begun)) == (130, "", 3)
    assert err.count("warning: [Errno 28] No space left on device") == 2


def test_without_a_source_it_says_what_to_write(command: Command) -> None:
    code, out, err = command("refresh")
    assert (code, out) == (2, "")
    assert 'frontrunner.toml: [refresh] results = "PATH or URL"' in err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--every", "7"), "--every must be a duration such as 30m"),
        (("--every", "5s"), "--every must be at least 1m"),
        (("--every", "6h", "--once"), "--once and --every cannot be combined"),
    ],
)
def test_a_schedule_that_makes_no_sense(
    command: Command, words: tuple[str, ...], problem: str
) -> None:
    command.results(12)
    code, _, err = command("refresh", *words)
    assert (code, problem in err) == (2, True)


def test_after_a_rollback_the_status_does_not_call_the_board_up_to_date(command: Command) -> None:
    command.results(11)
    command("refresh")
    first = Store(command.home).current_id()
    command.results(12)
    command("refresh")
    assert "Up to date as of: 20" in command("refresh", "status")[1]
    assert command("rollback")[0] == 0
    assert f"Up to date as of: not known for snapshot {first}\n" in command("refresh", "status")[1]


def test_before_the_first_update_the_status_says_so(command: Command) -> None:
    code, out, _ = command("refresh", "status")
    assert code == 0
    assert "has run yet. Run: frontrunner refresh" in out
    assert not command.home.exists()


def test_logs_as_json_are_one_object_a_line(command: Command) -> None:
    command.results(12)
    code, out, err = command("refresh", "--log-format", "json")
    assert (code, out.count("\n")) == (0, 1)
    lines = [msgspec.json.decode(line) for line in err.replace("} {", "}\n{").splitlines()]
    events = [line["event"] for line in lines]
    assert {"step_began", "step_ended", "said", "update_ended"} <= set(events)
    assert lines[events.index("update_ended")]["outcome"] == "published"
    assert lines[-1]["part"] == "command"


def test_a_schedule_that_cannot_update_is_printed_with_a_warning(command: Command) -> None:
    code, out, err = command("refresh", "emit", "systemd")
    assert (code, "ExecStart=" in out, "warning" in out) == (0, True, False)
    assert "warning: No source of results is set" in err
    command.results(9)
    assert command("refresh", "emit", "systemd")[2] == ""


def test_a_damaged_state_is_not_said_to_be_none(command: Command) -> None:
    command.results(12)
    command("refresh")
    (command.home / "refresh/state.json").write_bytes(b"{")
    for words in (("status",), ("status", "--json")):
        code, out, err = command("refresh", *words)
        assert (code, out) == (9, "")
        assert "How the last update ended is not known: " in err
        assert (
            f"is damaged or of another version. Run: frontrunner refresh --home {command.home}"
            in err
        )
    assert command("refresh")[0] == 0
    assert command("refresh", "status")[0] == 0
