"""Controllers that are killed while users move in shares: at every point, also of the share itself.

A point is before or after an entry of the ledger, a change that the Hub is asked for, or a change
that the gateway at the name is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.base.takeover_settings import StageSettings
from frontrunner.gateway.remote_state import RemoteState
from frontrunner.hub.asking_gateway import change_gateway
from frontrunner.hub.standin.containers import Containers
from frontrunner.takeover.on_hub import sharing
from frontrunner.takeover.on_hub.name_observer import NameObserver
from frontrunner.takeover.records import StepEnded, Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import plain_client
from tests.hub.made_hub import BOARD, Hub, made_hub
from tests.takeover.fake_book import KilledError
from tests.takeover.on_hub.moving import CONTROL, NEW_FILES, SETTINGS, Move

__all__ = ["plain_client"]
NEW_TREE = {path: text.encode() for path, text in NEW_FILES.items()}
STAYS = msgspec.structs.replace(
    SETTINGS, shares=(50, 100), shifting=StageSettings(at_least="1h", deadline="1d")
)
"""One share, and nobody goes on from it."""
Point = Callable[[str], None]


@contextmanager
def gateways() -> Iterator[Hub]:
    """A stand-in that runs the containers of gateways."""
    with made_hub() as made, Containers(made.app) as containers:
        made.app.containers = containers
        yield made


@pytest.fixture
def hub() -> Iterator[Hub]:
    with gateways() as made:
        yield made


@pytest.fixture(autouse=True)
def point(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """Calls the last of these before and after each change that a gateway is asked for."""
    points: list[Point] = []

    def changed(*given: Any) -> RemoteState:
        points[-1](f"before share {given[-1].share}")
        state = change_gateway(*given)
        points[-1](f"after share {given[-1].share}")
        return state

    monkeypatch.setattr(sharing, "change_gateway", changed)
    return points


def shifting(hub: Hub, folder: Path, **more: Any) -> Move:
    return Move(hub, folder, shifting=True, deploy_seconds=120.0, **more)


def kill_at_each_point(move: Move, killed: set[str], point: list[Point]) -> None:
    """Each point is the last one of some controller."""

    def kill_once(name: str) -> None:
        if name not in killed:
            killed.add(name)
            raise KilledError

    move.point = kill_once
    point.append(kill_once)


@pytest.mark.acceptance
def test_killed_at_each_point_until_it_shifts_and_on_the_way_back(
    hub: Hub, tmp_path: Path, point: list[Point]
) -> None:
    move, killed = shifting(hub, tmp_path), set[str]()
    before = move.tree()
    kill_at_each_point(move, killed, point)
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        move.command(Verb.START)
        move.until(lambda one: one.stage is Stage.SHIFTING and one.step == 1, 120)
        assert {"before StepBegun shift", "after StepEnded shift", "after share 100"} <= killed
        killed.clear()
        move.command(Verb.ROLLBACK)
        move.until(lambda one: one.mode is Mode.ROLLED_BACK, 60)
    assert move.tree() == before
    assert {"before StepBegun share", "after StepEnded share", "after StepEnded restore"} <= killed
    shares = [one.record for one in move.book.entries() if isinstance(one.record, StepEnded)]
    gateways = [one.facts.get("gateway") for one in shares if one.step == "share" and not one.error]
    # A container that began meanwhile gives nobody the new board, so it is not asked to.
    is_another = gateways[-1] != gateways[-2]
    assert is_another or {"before share 0", "after share 0"} <= killed
    assert observer.result().always_ran, observer.result().gaps
    assert observer.result().kept_engagement


@pytest.mark.acceptance
def test_killed_at_each_point_until_the_end(hub: Hub, tmp_path: Path, point: list[Point]) -> None:
    move, killed = shifting(hub, tmp_path), set[str]()
    before = move.tree()
    kill_at_each_point(move, killed, point)
    with NameObserver(hub.url, BOARD, 0.05) as observer:
        move.command(Verb.START)
        move.to(Stage.SETTLED, Mode.FINISHED, 240)
        assert move.tree() == NEW_TREE
        assert {"after StepEnded share", "after StepEnded cutover"} <= killed
        move.command(Verb.ROLLBACK)
        move.to(Stage.SETTLED, Mode.ROLLED_BACK, 60)
    assert move.tree() == before
    assert observer.result().always_ran, observer.result().gaps


# --- a take-over of its own for each point --------------------------------------------------------


def shifted_and_back(folder: Path, point: list[Point], at: Point) -> Move:
    """To the share and back, with what a take-over promises held; the points that were passed."""
    with gateways() as made:
        move = shifting(made, folder, settings=STAYS)
        before, likes = move.tree(), len(made.board.likes)
        move.point = at
        point.append(at)
        with NameObserver(made.url, BOARD, 0.05) as observer:
            move.command(Verb.START)
            move.to(Stage.SHIFTING, seconds=120)
            assert move.plane.read().world.share == 5000
            move.command(Verb.ROLLBACK)
            move.until(lambda one: one.mode is Mode.ROLLED_BACK, 120)
        seen = observer.result()
        assert move.tree() == before
        assert made.run().sha == move.space().head.id
        assert len(made.board.likes) == likes
        assert seen.always_ran, seen.gaps
        assert seen.kept_engagement
        assert seen.kept_address
        assert made.board.space is not None
        assert CONTROL not in made.board.space.secrets
        return move


@pytest.mark.acceptance
def test_each_point_of_the_shares_and_of_the_way_back_alone_can_be_the_last(
    tmp_path: Path, point: list[Point]
) -> None:
    points: list[str] = []
    shifted_and_back(tmp_path / "all", point, points.append)
    guided = max(i for i, name in enumerate(points) if name.startswith("after Decided guided"))
    assert {"before share 5000", "after share 0"} <= set(points[guided:])
    for number in range(guided + 1, len(points)):
        left = [number]

        def kill_there(name: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == -1:
                raise KilledError

        shifted_and_back(tmp_path / str(number), point, kill_there)
        assert left[0] < 0, points[number]
