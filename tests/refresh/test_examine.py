"""What doctor says of updates: held, held against a board that changed since, failed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.refresh.examine import examine_updates
from frontrunner.refresh.guards import Breach
from frontrunner.refresh.record import Outcome, Run, keep_run
from tests.factories import small_snapshot

NOW = 1_800_000_000.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a published snapshot."""
    small_snapshot(tmp_path)
    return load_settings(tmp_path / "home", {})


def ended(settings: Settings, outcome: Outcome, **more: object) -> list[Finding]:
    """What is found an hour after an update that ended like this."""
    home = Home(settings.home)
    run = Run(at=NOW - 3600, seconds=2, outcome=outcome, previous=home.published)
    home.refresh.mkdir(exist_ok=True)
    (home.snapshots / "abc").mkdir(exist_ok=True)
    keep_run(home, msgspec.structs.replace(run, **more))
    return list(examine_updates(settings, NOW))


def test_a_home_that_was_never_updated_has_nothing_to_decide(settings: Settings) -> None:
    assert list(examine_updates(settings)) == []


def test_a_good_update_leaves_nothing_to_decide(settings: Settings) -> None:
    assert ended(settings, "published", snapshot=Home(settings.home).published) == []


def test_a_held_update_says_why_and_how_to_accept_it(settings: Settings) -> None:
    breach = Breach("models", "31 models would vanish; 5 may.")
    [found] = ended(settings, "held", snapshot="abc", breaches=(breach,))
    assert (found.what, found.state) == ("held update", "wrong")
    assert found.text == (
        "snapshot abc has waited for approval for 1.0 h: 31 models would vanish; 5 may. Check the "
        "sources. If the changes are correct, run: frontrunner refresh accept abc --reason "
        '"...". Else correct the sources and run: frontrunner refresh'
    )


def test_a_sentence_that_ends_with_a_command_is_ended(settings: Settings) -> None:
    breach = Breach("current", "It cannot be read. Run: frontrunner verify")
    [found] = ended(settings, "held", snapshot="abc", breaches=(breach,))
    assert "Run: frontrunner verify. Check the sources. " in found.text


def test_a_short_wait_is_told_in_minutes(settings: Settings) -> None:
    [found] = ended(settings, "held", snapshot="abc", at=NOW - 125)
    assert "has waited for approval for 2 min: " in found.text


def test_a_held_update_that_can_no_longer_be_accepted_says_so(settings: Settings) -> None:
    [found] = ended(settings, "held", snapshot="abc", previous="another")
    assert found.text.endswith(
        ". Another snapshot was published since abc was held. Run: frontrunner refresh"
    )
    assert "accept" not in found.text


def test_a_held_snapshot_that_a_backup_left_out_cannot_be_accepted(settings: Settings) -> None:
    [found] = ended(settings, "held", snapshot="gone")
    assert "gone is not in" in found.text
    assert found.text.endswith("Run: frontrunner refresh")
    assert "accept" not in found.text


def test_a_failed_update_is_named_until_one_succeeds(settings: Settings) -> None:
    [found] = ended(settings, "failed", reason="x does not exist.")
    assert (found.what, found.state) == ("last update", "wrong")
    assert found.text == "it failed 1.0 h ago: x does not exist; then run: frontrunner refresh"
    assert ended(settings, "unchanged", snapshot=Home(settings.home).published) == []
