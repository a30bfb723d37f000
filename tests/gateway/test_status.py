"""What `frontrunner gateway status` shows, in an order that stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from frontrunner.gateway.admin import Host
from frontrunner.gateway.control import Gateway, Seen
from frontrunner.gateway.feedback_room import Room, write_room
from frontrunner.gateway.render import Place
from frontrunner.gateway.state import GatewayState
from frontrunner.gateway.status import shown, status_of


class FakeGateway:
    """A gateway whose Envoy names addresses in an order of its own."""

    path = Path("admin-1.sock")

    def __init__(self, folder: Path, hosts: list[Host]) -> None:
        self.place, self._hosts = Place(folder), hosts

    def kept(self) -> GatewayState:
        return GatewayState()

    def seen(self) -> Seen:
        return Seen(generation=0, share=0, shadow=0, banner=False, settled=False)

    def admin(self) -> Any:
        return self

    def stats(self, _: str) -> dict[str, float]:
        return {}

    def hosts(self) -> list[Host]:
        return self._hosts


def host(side: str, address: str) -> Host:
    return Host(side=side, address=address, healthy=True, ejected=False, active=0)


def test_the_old_board_comes_first_and_addresses_are_in_order(tmp_path: Path) -> None:
    rows = [host("old", "a:1"), host("old", "b:1"), host("new", "a:2"), host("new", "c:2")]
    for mixed in (rows[::-1], [rows[2], rows[1], rows[3], rows[0]]):
        assert status_of(cast("Gateway", FakeGateway(tmp_path, mixed))).hosts == rows


def test_the_store_of_feedback_is_shown_when_there_is_one(tmp_path: Path) -> None:
    gateway = cast("Gateway", FakeGateway(tmp_path, []))
    assert status_of(gateway).feedback is None
    write_room(tmp_path, Room(messages=2, bytes=9))
    assert shown(status_of(gateway))["feedback"] == Room(messages=2, bytes=9)
