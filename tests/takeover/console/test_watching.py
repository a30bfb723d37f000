"""What the console reads of a home; whatever cannot be read is said, and the rest is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from frontrunner.base.errors import TakeoverError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.takeover.console import watching
from frontrunner.takeover.console.watching import Watched, Watcher, read_looks
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.plan import Plan
from frontrunner.takeover.records import Commanded, Noted, Verb
from tests.takeover.console.scene import PLAN, entries, looks, write_home


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_FRESH", 0.0)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return write_home(tmp_path / "home", time.time())


@pytest.fixture
def watcher(watched: Watched) -> Iterator[Watcher]:
    made = Watcher(watched, lambda: (PLAN, "the plan"))
    yield made
    made.close()


def test_everything_of_a_home_is_read(watcher: Watcher) -> None:
    found = watcher.inputs()
    assert found.problems == ()
    assert [one.record for one in found.entries] == [one.record for one in entries()]
    assert len(found.looks) == len(looks())
    assert (found.found, found.plan_text) == (PLAN, "the plan")
    assert found.status is not None
    assert found.status.totals.fallbacks == 7
    assert found.tally.totals()["different"] == 4
    assert [one.id for one in found.messages] == [3, 2, 1]
    assert {one.channel for one in found.outboxes} == {"mail", "webhook"}


def test_a_command_is_in_the_ledger_and_in_the_next_page(
    watcher: Watcher, watched: Watched
) -> None:
    before = watcher.inputs().entries
    entry = watcher.command("console:ada", "", Commanded(verb=Verb.PAUSE, reason="x"))
    after = watcher.inputs().entries
    assert after == (*before, entry)
    other = Ledger("", Home(watched.home).takeover)
    assert other.last() == entry
    assert other.verify().holds
    other.close()


def test_what_others_write_is_seen(watcher: Watcher, watched: Watched) -> None:
    size = len(watcher.inputs().entries)
    other = Ledger("", Home(watched.home).takeover)
    other.append("controller", "", Noted(topic="lease", text="x"))
    other.close()
    assert len(watcher.inputs().entries) == size + 1


def test_a_ledger_that_was_replaced_is_read_anew(watcher: Watcher, watched: Watched) -> None:
    assert len(watcher.inputs().entries) == len(entries())
    watcher.close()
    for path in Home(watched.home).takeover.glob("ledger.db*"):
        path.unlink()
    other = Ledger("", Home(watched.home).takeover)
    for number in range(30):
        other.append("controller", "", Noted(topic="lease", text=str(number)))
    other.close()
    found = watcher.inputs().entries
    assert [one.seq for one in found] == list(range(1, 31))
    assert {type(one.record) for one in found} == {Noted}


def test_one_read_serves_the_pages_of_a_moment(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_FRESH", 60.0)
    assert watcher.inputs() is watcher.inputs()
    watcher.command("console:ada", "", Commanded(verb=Verb.PAUSE))
    assert isinstance(watcher.inputs().entries[-1].record, Commanded)


def test_an_empty_home_is_a_page_too(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    made = Watcher(
        Watched(home=folder, gateway=GatewaySettings(), folder=folder / "gateway"),
        lambda: (PLAN, ""),
    )
    found = made.inputs()
    made.close()
    assert (found.entries, found.looks, found.messages) == ((), (), ())
    assert found.status is None


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(watched: Watched) -> None:
    def broken() -> tuple[Plan, str]:
        raise TakeoverError("There is no plan.")

    home = Home(watched.home)
    (watched.folder / "state.json").write_text("{")
    home.looks.unlink()
    home.looks.mkdir()
    made = Watcher(watched, broken)
    found = made.inputs()
    made.close()
    assert "There is no plan." in found.problems
    assert any("state.json" in one for one in found.problems)
    assert any("looks.jsonl" in one for one in found.problems)
    assert found.entries
    assert found.status is None
    assert found.found is None


def test_a_damaged_ledger_is_said(watched: Watched) -> None:
    home = Home(watched.home)
    for path in home.takeover.glob("ledger.db*"):
        path.unlink()
    (home.takeover / "ledger.db").write_bytes(b"no database at all, but of some length" * 99)
    made = Watcher(watched, lambda: (PLAN, ""))
    found = made.inputs()
    made.close()
    assert any("ledger" in one for one in found.problems)
    assert found.looks


def test_lines_that_are_no_looks_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    assert read_looks(path) == ()
    good = msgspec.json.encode(looks(1)[0])
    path.write_bytes(b"\n".join([good[:50], b"{}", b"\xff\xfe", b"", b"[" * 9000, good, good[:-9]]))
    assert read_looks(path) == looks(1)


def test_only_the_end_of_a_long_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "looks.jsonl"
    lines = [msgspec.json.encode(one) for one in looks(60)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    monkeypatch.setattr(watching, "_TAIL", 5 * len(lines[-1]))
    found = read_looks(path)
    assert 3 <= len(found) <= 5
    assert found == looks(60)[-len(found) :]


def test_looks_before_a_rotation_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    made = looks(6)
    lines = [msgspec.json.encode(one) + b"\n" for one in made]
    (tmp_path / "looks.jsonl.1").write_bytes(b"".join(lines[:4]))
    assert read_looks(path) == made[:4]
    path.write_bytes(b"".join(lines[4:]))
    assert read_looks(path) == made
