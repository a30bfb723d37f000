"""The token is in no ledger, file or log of a take-over, and its rights are looked at first."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from frontrunner.hub.standin.faults import refusal
from frontrunner.hub.standin.repos import AccessToken
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import TOKEN, Hub
from tests.takeover.on_hub.moving import Move

__all__ = ["hub", "plain_client"]
_WRITES = ("POST", "PUT", "DELETE")


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
def test_no_token_is_in_the_ledger_a_file_or_a_log(
    hub: Hub, tmp_path: Path, strategy: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    move = Move(hub, tmp_path, strategy=strategy)
    move.command(Verb.START)
    move.to(Stage.SETTLED, Mode.FINISHED)
    entries = b"".join(msgspec.json.encode(one) for one in move.book.entries())
    assert TOKEN.encode() not in entries
    files = [one for one in move.home.path.rglob("*") if one.is_file()]
    assert files
    assert [one for one in files if TOKEN.encode() in one.read_bytes()] == []
    assert TOKEN not in caplog.text


@pytest.mark.acceptance
@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
def test_no_token_of_a_rehearsal_is_anywhere_but_in_its_file(tmp_path: Path, strategy: str) -> None:
    """Not in output, report, ledgers, logs, saved files, or the list of processes."""
    page = tmp_path / "report.html"
    whole = [sys.executable, "-m", "frontrunner", "hub", "rehearse", "--strategy", strategy]
    whole += ["--home", str(tmp_path / "home"), "--report", str(page), "--json"]
    for fault in ("push", "build-error"):
        whole += ["--fault", fault]
    commands = set[bytes]()
    with subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        reader = threading.Thread(target=lambda: commands.add(process.communicate()[0]))
        reader.start()
        while reader.is_alive():
            commands |= processes()
            reader.join(0.05)
    assert process.returncode == 0, commands
    found = [one for one in tmp_path.rglob("*") if one.is_file()]
    tokens = [one.read_bytes() for one in found if one.name == "token"]
    assert len(set(tokens)) == 2
    others = [one for one in found if one.name != "token"]
    assert page in others
    assert any(one.suffix == ".db" for one in others), "the ledger is looked at"
    for token in tokens:
        assert not [one for one in others if token in one.read_bytes()]
        assert not [one for one in commands if token in one]


def processes() -> set[bytes]:
    """The command line of each process."""
    found = set[bytes]()
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.add(one.read_bytes())
    return found


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_no_token_is_in_what_a_failure_says(
    hub: Hub, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The Hub repeats the token in its answer, and every step fails once."""
    caplog.set_level(logging.DEBUG)
    move = Move(hub, tmp_path, deploy_seconds=0.5)
    for path in ("/tree/", "/duplicate", "/commit/", "/runtime", "/create"):
        hub.stored.inject(refusal(status, f"{TOKEN} is not allowed", path=path, times=3))
    move.command(Verb.START)
    for _ in range(60):
        move.tick()
    said = "".join(move.story()) + "".join(one.holding for one in move.witness.looks)
    assert "is not allowed" in said
    assert TOKEN not in said + caplog.text
    assert [one for one in move.home.path.rglob("*") if one.is_file()] == [
        one for one in move.home.path.rglob("*") if one.is_file() and TOKEN not in one.read_text()
    ]


def test_a_token_with_too_few_rights_changes_nothing(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    hub.stored.tokens[TOKEN] = AccessToken("owner", "read")
    asked = len(hub.stored.asked)
    move.command(Verb.START)
    for _ in range(4):
        move.tick()
    assert "repo.write on board/leaderboard" in "".join(move.story())
    assert [one for one in hub.stored.asked[asked:] if one[0] in _WRITES] == []
    assert "save" not in move.steps()
