"""What doctor says of updates: held, failed, not prepared, not deployed, not seen by readers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from frontrunner.answers.prepare import prepare
from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.refresh import examine as module
from frontrunner.refresh.examine import examine_updates
from frontrunner.refresh.guards import Breach
from frontrunner.refresh.record import Outcome, Run, keep_run, read_state, write_state
from frontrunner.snapshot.prepared import ANSWERS
from frontrunner.snapshot.store import Store
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


@pytest.mark.parametrize("damage", [b"", b"{", b'{"delivered":"\xff"}', b"[" * 100_000])
def test_a_damaged_state_is_named_until_the_next_update(settings: Settings, damage: bytes) -> None:
    home = Home(settings.home)
    home.refresh.mkdir()
    home.refresh_state.write_bytes(damage)
    [found] = examine_updates(settings)
    assert (found.what, found.state) == ("last update", "wrong")
    assert found.text == (
        f"how it ended is not known: {home.refresh_state} is damaged or of another version. Run: "
        "frontrunner refresh"
    )
    assert ended(settings, "published", snapshot=home.published) == []


def test_a_state_that_this_user_may_not_read_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(path: Path, _: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("frontrunner.refresh.record.read_as", refuses)
    [found] = examine_updates(settings)
    assert found.text.endswith("state.json cannot be read: Permission denied. Fix the permissions")


def test_a_failed_update_is_named_until_one_succeeds(settings: Settings) -> None:
    [found] = ended(settings, "failed", reason="x does not exist.")
    assert (found.what, found.state) == ("last update", "wrong")
    assert found.text == "it failed 1.0 h ago: x does not exist; then run: frontrunner refresh"
    assert ended(settings, "unchanged", snapshot=Home(settings.home).published) == []


UNPREPARED = "Snapshot x is published. Free disk space and run: frontrunner prepare"


def test_answers_that_could_not_be_prepared_are_named_until_they_are(settings: Settings) -> None:
    store = Store(settings.home)
    more = {"snapshot": store.current_id(), "reason": UNPREPARED}
    shutil.rmtree(store.current().folder / ANSWERS)
    [found] = ended(settings, "unprepared", **more)
    assert (found.what, found.state) == ("last update", "wrong")
    assert found.text == f"it ended 1.0 h ago before all answers were prepared. {UNPREPARED}"
    assert ended(settings, "unprepared", **more | {"snapshot": "another"}) == []
    prepare(store.current())
    assert ended(settings, "unprepared", **more) == []


def test_a_damaged_snapshot_is_not_said_to_be_unprepared(settings: Settings) -> None:
    (Store(settings.home).current().folder / "manifest.json").write_bytes(b"{")
    home = Home(settings.home)
    assert ended(settings, "unprepared", snapshot=home.published, reason=UNPREPARED) == []


def delivered(home: Home, snapshot: str | None) -> None:
    """An update two hours ago after which readers were seen to have a snapshot."""
    run = Run(at=NOW - 7200, seconds=2, outcome="published", snapshot=snapshot)
    home.refresh.mkdir()
    keep_run(home, run, delivered=snapshot)


def delivering(settings: Settings, **to: Any) -> Settings:
    """The same settings with a place that readers are served from."""
    return load_settings(settings.home, {}, refresh=to)


def test_what_could_not_be_deployed_says_where_to_and_how(settings: Settings) -> None:
    home, to = Home(settings.home), delivering(settings, deploy={"space": "o/board"})
    [found] = ended(to, "undeployed", snapshot=home.published, reason="The token is refused.")
    assert (found.what, found.state) == ("deployment", "wrong")
    assert found.text == (
        f"snapshot {home.published} is published in {home.path}, but was not deployed to o/board "
        "when the last update ran, 1.0 h ago: The token is refused; then run: frontrunner refresh "
        "deploy"
    )
    assert ended(settings, "undeployed", snapshot=home.published) == [], "it goes nowhere any more"


def test_a_repeated_update_that_cannot_deploy_is_named_until_a_later_deployment(
    settings: Settings,
) -> None:
    home, to = Home(settings.home), delivering(settings, deploy={"space": "o/board"})
    delivered(home, home.published)
    assert list(examine_updates(to, NOW)) == []
    [found] = ended(to, "undeployed", snapshot=home.published, reason="x")
    assert "not deployed" in found.text
    state = read_state(home)
    write_state(home, msgspec.structs.replace(state, delivered_at=NOW - 60))
    assert list(examine_updates(to, NOW)) == []


def test_what_readers_did_not_see_is_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, to = Home(settings.home), delivering(settings, live="http://127.0.0.1:9")
    [found] = ended(to, "unseen", snapshot=home.published, reason="It shows y. Check its log.")
    assert (found.what, found.state) == ("live board", "wrong")
    assert found.text == (
        f"snapshot {home.published} is published in {home.path}, but was not seen by readers when "
        "the last update ran, 1.0 h ago: It shows y. Check its log; then run: frontrunner refresh "
        "deploy"
    )
    monkeypatch.setattr(module, "shown_at", lambda _: home.published)
    assert list(examine_updates(to, NOW)) == []


def test_a_live_board_that_served_it_is_asked_whether_it_still_does(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, to = Home(settings.home), delivering(settings, live="http://board.test")
    delivered(home, home.published)
    monkeypatch.setattr(module, "shown_at", lambda _: home.published)
    assert list(examine_updates(to, NOW)) == []
    monkeypatch.setattr(module, "shown_at", lambda _: "older")
    [found] = examine_updates(to, NOW)
    assert (found.what, found.state) == ("live board", "wrong")
    assert found.text == (
        f"http://board.test served snapshot {home.published}, and no longer does: it shows older. "
        "Correct that or [refresh] live"
    )


def test_what_a_live_board_answers_now_is_said(settings: Settings) -> None:
    home, to = Home(settings.home), delivering(settings, live="http://127.0.0.1:9")
    delivered(home, "before")
    [found] = examine_updates(to, NOW)
    assert "The last one seen there was before. http://127.0.0.1:9 now: " in found.text
    assert found.text.endswith(". Run: frontrunner refresh deploy")
    assert "refused" in found.text


def test_what_is_published_by_hand_has_not_been_seen_by_readers(settings: Settings) -> None:
    home, to = Home(settings.home), delivering(settings, deploy={"space": "o/board"})
    assert list(examine_updates(to, NOW)) == [], "an update would be the first"
    delivered(home, "before")
    [found] = examine_updates(to, NOW)
    assert (found.what, found.state) == ("deployment", "wrong")
    assert found.text == (
        f"snapshot {home.published} is published in {home.path}, but o/board has not been seen to "
        "serve it. The last one seen there was before. Run: frontrunner refresh deploy"
    )


def test_an_update_that_is_under_way_deploys_it_itself(settings: Settings) -> None:
    home, to = Home(settings.home), delivering(settings, deploy={"space": "o/board"})
    home.refresh.mkdir()
    with locked(home.refresh_lock):
        [found] = ended(to, "undeployed", snapshot=home.published, reason="x")
    assert (found.what, found.state) == ("deployment", "ok")
    assert "under way" in found.text
