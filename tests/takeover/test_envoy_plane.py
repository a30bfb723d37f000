"""The gateway as a data plane, with a real Envoy."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import GatewayError, StaleTokenError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.control import Gateway
from frontrunner.takeover.both_boards import BothBoards
from frontrunner.takeover.envoy_plane import EnvoyPlane
from frontrunner.takeover.stages import FULL, World
from tests.cli.test_gateway_settle import following
from tests.gateway.conftest import Running, _one_gateway, gateway, until

__all__ = ["_one_gateway", "gateway"]


@pytest.fixture
def plane(gateway: Running, tmp_path: Path) -> EnvoyPlane:
    boards = BothBoards(gateway.settings)
    return EnvoyPlane(gateway.settings, gateway.control.place.folder, tmp_path / "saved", boards)


def test_a_world_is_written_in_one_step_and_read_back(gateway: Running, plane: EnvoyPlane) -> None:
    token = gateway.control.kept().token + 3
    for world in (
        World(share=500, shadow=2000, banner=True),
        World(share=10_000, settled=True),
        World(),
    ):
        plane.write(world, token)
        assert plane.read().world == world
    assert plane.last_token() == token


def test_health_is_what_envoy_says(gateway: Running, plane: EnvoyPlane) -> None:
    seen = plane.read()
    assert (seen.old.healthy, seen.new.healthy) == (True, True)
    gateway.new.refuse()
    try:
        until(lambda: plane.read().new.healthy is False, 20)
        assert plane.read().old.healthy is True
    finally:
        gateway.new.listen_again()
        gateway.wait_until_healthy()


def test_open_streams_of_the_old_board_are_counted_until_they_end(
    gateway: Running, plane: EnvoyPlane
) -> None:
    """`cutover` waits for them, see tests/takeover/test_machine.py."""
    with following(gateway) as events:
        plane.write(World(share=FULL), gateway.control.kept().token)
        assert plane.read().streams == 1
    assert len(events) == 20
    until(lambda: plane.read().streams == 0)


def test_an_earlier_controller_can_not_write(gateway: Running, plane: EnvoyPlane) -> None:
    first = gateway.control.kept().token + 6
    plane.write(World(share=100), first + 1)
    plane.fence(first + 2)
    generation = gateway.control.kept().generation
    for token in (first, first + 1):
        with pytest.raises(StaleTokenError, match=f"token {first + 2} moves the users now"):
            plane.write(World(share=5000), token)
        with pytest.raises(StaleTokenError):
            plane.fence(token)
    assert plane.read().world.share == 100
    assert gateway.control.kept().generation == generation, "a refused write leaves no trace"
    gateway.control.set_share(200)
    assert gateway.control.kept().token == first + 2, "a command by hand does not lift the fence"


def test_what_is_overwritten_is_saved_first(
    gateway: Running, plane: EnvoyPlane, tmp_path: Path
) -> None:
    before = gateway.control.kept()
    plane.write(World(share=2500), before.token)
    [state] = (tmp_path / "saved").glob("state-*.json")
    assert json.loads(state.read_text()) == msgspec.to_builtins(before)
    [routes] = (tmp_path / "saved").glob("routes-*.yaml")
    assert f"{before.generation}-0-0-00" in routes.read_text()


def test_a_backup_that_cannot_be_saved_holds_up_a_step_forward_and_no_step_back(
    tmp_path: Path,
) -> None:
    """Disk full, or a folder of another user."""
    settings = GatewaySettings(old="http://127.0.0.1:1", new="http://127.0.0.1:2")
    (tmp_path / "saved").write_text("in the way")
    plane = EnvoyPlane(settings, tmp_path / "gateway", tmp_path / "saved", BothBoards(settings))
    control = Gateway(settings, tmp_path / "gateway")
    control.set_share(5000)
    with pytest.raises(OSError, match="saved"):
        plane.write(World(share=FULL), 1)
    assert control.kept().share == 5000
    for back in (World(share=500), World()):
        with pytest.raises(GatewayError, match="No Envoy runs"):
            plane.write(back, 1)
        assert control.kept().share == back.share


def test_the_old_board_itself_is_asked(gateway: Running, plane: EnvoyPlane) -> None:
    assert plane.old_is_healthy() is True
    gateway.old.refuse()
    try:
        assert plane.old_is_healthy() is False, "at once, whatever Envoy still believes"
    finally:
        gateway.old.listen_again()
        gateway.wait_until_healthy()


def test_only_the_first_and_the_latest_are_kept(tmp_path: Path) -> None:
    settings = GatewaySettings(old="http://127.0.0.1:1", new="http://127.0.0.1:2")
    plane = EnvoyPlane(settings, tmp_path / "gateway", tmp_path / "saved", BothBoards(settings))
    for number in range(60):
        with pytest.raises(
            GatewayError, match=r"No Envoy runs\. It applies the change when it starts"
        ):
            plane.write(World(share=number), 1)
    kept = sorted(path.name for path in (tmp_path / "saved").glob("state-*"))
    assert kept[0] == "state-00000000.json"
    assert (kept[-1], len(kept)) == ("state-00000059.json", 51)
    assert Gateway(settings, tmp_path / "gateway").kept().share == 59


def test_a_damaged_state_is_not_read_as_a_token(tmp_path: Path) -> None:
    settings = GatewaySettings(old="http://127.0.0.1:1", new="http://127.0.0.1:2")
    plane = EnvoyPlane(settings, tmp_path, tmp_path / "saved", BothBoards(settings))
    (tmp_path / "state.json").write_text("{")
    assert plane.last_token() == 0
    for act in (lambda: plane.fence(1), lambda: plane.write(World(), 1), plane.read):
        with pytest.raises(GatewayError):
            act()
