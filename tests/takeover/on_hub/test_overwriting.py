"""The take-over of a Space by overwriting, from the start to the end."""

from __future__ import annotations

from pathlib import Path

from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import OLD_FILES, Hub
from tests.takeover.on_hub.moving import ARCHIVE, NEW_FILES, Move

__all__ = ["hub", "plain_client"]


def test_a_space_is_taken_over(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    likes = dict(hub.board.likes)
    move.command(Verb.START)
    move.to(Stage.GUIDED)
    assert "frontrunner_entry.py" in move.tree()
    move.to(Stage.SETTLED, Mode.FINISHED)
    assert move.steps() == ["save", "archive", "parallel", "guide", "provide", "cutover", "settle"]
    assert move.tree() == {path: text.encode() for path, text in NEW_FILES.items()}
    assert hub.run().sha == move.space().head.id
    assert hub.board.likes == likes
    assert move.tree(ARCHIVE)["app.py"] == OLD_FILES["app.py"].encode()
