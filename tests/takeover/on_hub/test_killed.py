"""Controllers that are killed at every point of the journal, and at every call of the Hub.

A point is before or after an entry of the ledger, or a change that the Hub is asked for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.takeover.on_hub.name_observer import NameObserver, Observed
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub, made_hub
from tests.takeover.fake_book import KilledError
from tests.takeover.on_hub.moving import ARCHIVE, NEW_FILES, Move

__all__ = ["hub", "plain_client"]
STRATEGIES = ("overwrite", "rename")


def there_and_back(move: Move, seconds: float = 60.0) -> None:
    """The whole take-over, then everything back."""
    move.command(Verb.START)
    move.to(Stage.SETTLED, Mode.FINISHED, seconds)
    assert move.tree() == {path: text.encode() for path, text in NEW_FILES.items()}
    move.command(Verb.ROLLBACK)
    move.to(Stage.SETTLED, Mode.ROLLED_BACK, seconds)


def check(move: Move, seen: Observed, before: dict[str, bytes], likes: int) -> None:
    assert move.tree() == before
    assert move.hub.run().sha == move.space().head.id
    assert len(move.hub.board.likes) == likes
    assert seen.always_ran, seen.gaps
    if move.strategy == "overwrite":
        assert seen.kept_engagement
        assert seen.kept_address
        copies = [one for one in move.hub.stored.names if one[1] == ARCHIVE]
        assert len(copies) == 1


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_take_over_survives_a_kill_at_each_point(
    hub: Hub, tmp_path: Path, strategy: str
) -> None:
    """Each point is the last one of some controller."""
    move, killed = Move(hub, tmp_path, strategy=strategy, hardware="cpu-upgrade"), set[str]()
    before, likes = move.tree(), len(hub.board.likes)

    def kill_once(name: str) -> None:
        if name not in killed:
            killed.add(name)
            raise KilledError

    move.point = kill_once
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        there_and_back(move)
    check(move, observer.result(), before, likes)
    assert len(killed) > 60, sorted(killed)
    assert "hardware" in move.steps()


def points_of(strategy: str, folder: Path) -> list[str]:
    """All points of an undisturbed take-over, in order."""
    with made_hub() as made:
        move, found = Move(made, folder, strategy=strategy), list[str]()
        move.point = found.append
        there_and_back(move)
    return found


@pytest.mark.acceptance
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_point_alone_can_be_the_last(tmp_path: Path, strategy: str) -> None:
    """A take-over of its own for each point."""
    for number in range(len(points_of(strategy, tmp_path / "all"))):
        with made_hub() as made:
            move = Move(made, tmp_path / str(number), strategy=strategy)
            before, likes = move.tree(), len(made.board.likes)
            left = [number]

            def kill_there(name: str, left: list[int] = left) -> None:
                left[0] -= 1
                if left[0] == -1:
                    raise KilledError

            move.point = kill_there
            with NameObserver(made.url, BOARD, 0.05) as observer:
                there_and_back(move)
            check(move, observer.result(), before, likes)
            assert left[0] < 0
