"""The token is in no ledger, file or log of a take-over, and its rights are looked at first."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest

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
