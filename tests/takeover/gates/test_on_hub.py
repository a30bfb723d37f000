"""The gates that ask the Hub."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.gate_settings import EngagementGate, QuotaGate
from frontrunner.base.home import Home
from frontrunner.checks.gates import Verdict
from frontrunner.hub.asking_engagement import engagement_of
from frontrunner.hub.engagement import without_names
from frontrunner.hub.space_facts import Runtime
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates.check_worker import Job, checked
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.gates.on_hub import judged_quota
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, TOKEN, Hub

__all__ = ["hub", "plain_client"]
ENGAGEMENT = EngagementGate(name="engagement", seconds=20)


@pytest.fixture
def home(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose Space was saved, when its container ran."""
    hub.frozen()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    text = f'[hub]\nendpoint = "{hub.url}"\nspace = "{BOARD}"\narchive = "board/old"\n'
    (tmp_path / "frontrunner.toml").write_text(text)
    before = Home(tmp_path).engagement_before
    before.parent.mkdir()
    before.write_bytes(msgspec.json.encode(without_names(engagement_of(hub.opened(), BOARD))))
    return tmp_path


def asked(gate: EngagementGate | QuotaGate, home: Path) -> Checked:
    return checked(Job(gate=gate, boards=Boards(home=str(home))))


def test_engagement_is_kept(home: Path, hub: Hub) -> None:
    found = asked(ENGAGEMENT, home)
    assert found.verdict is Verdict.PASSED
    assert "3 likes and 1 discussion; 3 and 1 before the move: nothing changed." in found.text


def test_a_like_or_a_discussion_that_is_gone_fails(home: Path, hub: Hub) -> None:
    del hub.board.likes["fan"]
    found = asked(ENGAGEMENT, home)
    assert found.verdict is Verdict.FAILED
    assert "likes: 3 before, 2 now" in found.text
    hub.board.likes["fan"] = 1.0
    hub.board.discussions.clear()
    assert "discussion 1 is gone" in asked(ENGAGEMENT, home).text


def test_agreed_losses_are_looked_for_at_the_archive(home: Path, hub: Hub) -> None:
    settings = (home / "frontrunner.toml").read_text()
    more = 'strategy = "rename"\naccept = ["likes", "discussions"]\n'
    (home / "frontrunner.toml").write_text(settings + more)
    hub.stored.relocate(hub.board, "board/old")
    found = asked(ENGAGEMENT, home)
    assert found.verdict is Verdict.PASSED
    assert "board/old has 3 likes" in found.text


def test_without_an_export_nothing_is_judged(home: Path) -> None:
    Home(home).engagement_before.unlink()
    assert asked(ENGAGEMENT, home).verdict is Verdict.INCONCLUSIVE


def test_an_export_that_was_damaged_is_named(home: Path) -> None:
    Home(home).engagement_before.write_text("garbage")
    found = asked(ENGAGEMENT, home)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert f"{Home(home).engagement_before} is not an export" in found.text


def test_a_hub_that_cannot_be_asked_is_an_error(home: Path, hub: Hub) -> None:
    hub.stored.names.clear()
    found = asked(ENGAGEMENT, home)
    assert found.verdict is Verdict.ERROR
    assert TOKEN not in found.text


def test_quota_is_read(home: Path, hub: Hub) -> None:
    hub.wait("RUNNING")
    found = asked(QuotaGate(name="quota"), home)
    assert (found.verdict, found.text) == (Verdict.PASSED, "The Space runs on cpu-basic.")


@pytest.mark.parametrize(
    ("hardware", "requested", "wanted", "verdict"),
    [
        ("cpu-upgrade", "cpu-upgrade", "cpu-upgrade", Verdict.PASSED),
        ("cpu-basic", "cpu-upgrade", "cpu-upgrade", Verdict.INCONCLUSIVE),
        ("cpu-basic", "cpu-upgrade", "", Verdict.INCONCLUSIVE),
        ("cpu-basic", "cpu-basic", "cpu-upgrade", Verdict.FAILED),
        (None, "cpu-basic", "", Verdict.INCONCLUSIVE),
    ],
)
def test_hardware_is_held_against_what_is_wanted(
    hardware: str | None, requested: str, wanted: str, verdict: Verdict
) -> None:
    runtime = Runtime(stage="RUNNING", hardware=hardware, requested=requested)
    assert judged_quota(runtime, wanted, 0.0).verdict is verdict


def test_storage_that_is_not_there_is_pending() -> None:
    runtime = Runtime(stage="RUNNING", hardware="cpu-basic", requested="cpu-basic")
    assert judged_quota(runtime, "cpu-basic", 0.0, "small").verdict is Verdict.INCONCLUSIVE
    there = msgspec.structs.replace(runtime, storage="small")
    assert judged_quota(there, "cpu-basic", 0.0, "small").verdict is Verdict.PASSED
