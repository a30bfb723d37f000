"""Looks on disk, notices, and the public page: none of them stops the controller."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from frontrunner.base.errors import LedgerError
from frontrunner.gateway.transition import read_transition
from frontrunner.ops.notify import Notice, Notifier
from frontrunner.takeover import telling
from frontrunner.takeover.looks import Look
from frontrunner.takeover.records import Decided, Entry
from frontrunner.takeover.stages import Stage, World
from frontrunner.takeover.telling import Telling, last_look
from tests.takeover.sim import Sim


class Channel:
    name = "test"

    def __init__(self) -> None:
        self.got: list[Notice] = []
        self.has_three = threading.Event()

    def send(self, notice: Notice) -> None:
        self.got.append(notice)
        if len(self.got) == 3:
            self.has_three.set()


class Room:
    """A witness over a take-over in memory."""

    def __init__(self, folder: Path) -> None:
        self.sim, self.channel = Sim(), Channel()
        self.notifier = Notifier([self.channel], folder / "outbox")
        self.looks, self.gateway = folder / "takeover" / "looks.jsonl", folder / "gateway"
        self.broken = False
        self.telling = Telling(self.looks, self.gateway, self._entries, self.notifier)

    def _entries(self) -> Iterable[Entry]:
        if self.broken:
            raise LedgerError("gone")
        return self.sim.book.stored


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def look(clock: float) -> Look:
    return Look(at=1.0, position=Sim().position(), wanted=World(), reality=None, clock=clock)


def test_the_last_look_is_found_although_a_crash_cut_the_file(room: Room) -> None:
    assert last_look(room.looks) is None
    for number in range(3):
        room.telling.look(look(number))
    with room.looks.open("ab") as file:
        file.write(b'{"at": 1, "posi')
    found = last_look(room.looks)
    assert found is not None
    assert found.clock == 2.0
    room.telling.look(look(7.0))
    found = last_look(room.looks)
    assert found is not None
    assert found.clock == 7.0


def test_the_file_of_looks_is_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "LOOKS_BYTES", 2000)
    for number in range(100):
        room.telling.look(look(number))
    sizes = [path.stat().st_size for path in room.looks.parent.glob("looks.jsonl*")]
    assert len(sizes) == 2
    assert max(sizes) < 2500
    room.looks.unlink()
    found = last_look(room.looks)
    assert found is not None


def test_the_public_page_follows_decisions(room: Room) -> None:
    room.telling.look(look(0))
    assert read_transition(room.gateway) is None, "nothing was decided"
    room.sim.go_to(Stage.SHIFTING, 1)
    for entry in room.sim.book.stored:
        room.telling.entry(entry)
    room.telling.look(look(1))
    shown = read_transition(room.gateway)
    assert shown is not None
    assert (shown.stage, shown.share) == ("shifting", 500)


def test_what_fails_is_logged_and_tried_again(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.sim.go_to(Stage.SHIFTING)
    room.broken = True
    room.telling.look(look(0))
    assert "could not be kept or shown: gone" in caplog.text
    room.broken = False
    room.telling.look(look(1))
    assert read_transition(room.gateway) is not None
    room.looks.parent.chmod(0o700)
    room.looks.unlink()
    room.looks.mkdir()
    room.telling.look(look(2))
    assert "could not be kept or shown" in caplog.text


def test_people_hear_of_decisions_and_of_a_ledger_that_is_gone_once(room: Room) -> None:
    room.notifier.start()
    room.sim.go_to(Stage.GUIDED)
    for entry in room.sim.book.stored:
        room.telling.entry(entry)
    for _ in range(3):
        room.telling.trouble("The disk is full.")
    assert room.channel.has_three.wait(20)
    room.notifier.close(20.0)
    assert len(room.channel.got) == len(room.sim.records(Decided)) + 1
    [trouble] = [one for one in room.channel.got if one.kind == "alarm"]
    assert "frontrunner gateway share 0 --force" in trouble.text
