"""What doctor says of a home: each fault by name, with what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.home import Home
from frontrunner.ops.completing import prepare_answers
from frontrunner.ops.examine_home import examine_home
from frontrunner.ops.notify import DEAD_AFTER
from frontrunner.remote.state import Following, write_following
from frontrunner.snapshot.freshness import write_checked_at
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot, write
from tests.listener import Listener

NOW = 1_800_000_000.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which everything is as it should be."""
    made = small_snapshot(tmp_path)
    store = Store(tmp_path / "home")
    prepare_answers(store, made, Listener())
    Home(store.home).refresh.mkdir()
    write_checked_at(Home(store.home), made.id, NOW - 3600)
    return load_settings(store.home, {}, refresh={"results": "somewhere"})


def wrong(settings: Settings, now: float = NOW) -> dict[str, str]:
    """What is wrong, by its name."""
    return {one.what: one.text for one in examine_home(settings, now) if one.state == "wrong"}


def test_a_sound_home_has_nothing_wrong(settings: Settings) -> None:
    assert wrong(settings) == {}
    said = {one.what: one.text for one in examine_home(settings, NOW)}
    assert "the last good one was 1.0 h ago" in said["updates"]


def test_a_home_that_is_not_there_is_no_fault_and_says_how_to_begin(tmp_path: Path) -> None:
    found = examine_home(load_settings(tmp_path / "none", {}))
    assert [(one.what, one.state) for one in found[1:]] == [("home", "absent")]
    assert "Run: frontrunner build" in found[1].text


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ({}, "frontrunner build --results SOURCE"),
        ({"refresh": {"results": "results"}}, "frontrunner refresh"),
        ({"store": {"follow": "s3://bucket/board"}}, "frontrunner serve --store s3://bucket/board"),
    ],
)
def test_a_home_without_a_snapshot_says_which_command_gives_it_one(
    tmp_path: Path, given: dict[str, dict[str, str]], command: str
) -> None:
    (tmp_path / "home").mkdir()
    found = examine_home(load_settings(tmp_path / "home", {}, **given), NOW)
    [text] = [one.text for one in found if one.what == "snapshot"]
    assert f"Run: {command}" in text


def test_a_home_that_followed_a_store_names_it_though_the_settings_no_longer_do(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    write_following(home, Following(store="s3://bucket/board"))
    found = examine_home(load_settings(tmp_path, {}), NOW)
    [text] = [one.text for one in found if one.what == "snapshot"]
    assert "Run: frontrunner serve --store s3://bucket/board" in text


def test_after_a_rollback_it_is_not_said_that_no_update_ever_succeeded(settings: Settings) -> None:
    (settings.home / "refresh/checked.json").unlink()
    current = Store(settings.home).current_id()
    assert wrong(settings)["updates"].startswith(f"no update has confirmed {current} yet")


def test_old_data(settings: Settings) -> None:
    found = wrong(settings, NOW + 20 * 3600)
    assert "the last good one was 21 h ago, and one is due every 6h" in found["updates"]
    assert "refresh status" in found["updates"]


def test_a_damaged_snapshot(settings: Settings) -> None:
    table = Store(settings.home).current().folder / "score.npy"
    table.write_bytes(table.read_bytes()[:-1])
    said = wrong(settings)["snapshot"]
    assert "is damaged: " in said
    assert said.endswith("Run: frontrunner rollback, then frontrunner refresh")


def test_damaged_answers_are_prepared_again(settings: Settings) -> None:
    answers = Store(settings.home).current().folder / "answers/answers.bin"
    raw = bytearray(answers.read_bytes())
    raw[0] ^= 1
    answers.write_bytes(raw)
    assert wrong(settings)["snapshot"].endswith(
        "Prepare its answers again: frontrunner prepare --again"
    )


def test_a_snapshot_without_answers(settings: Settings) -> None:
    shutil.rmtree(Store(settings.home).current().folder / "answers")
    assert "Run: frontrunner prepare" in wrong(settings)["snapshot"]


def test_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(settings.home)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert wrong(settings)["disk"].startswith("0.0 GB free at")


def test_a_folder_of_another_user(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "snapshots")
    assert f"cannot write {settings.home}/snapshots." in wrong(settings)["permissions"]


def test_a_secret_that_others_can_read(settings: Settings) -> None:
    path = write(settings.home, "takeover/console-tokens", b"ada secret")
    path.chmod(0o644)
    assert wrong(settings)["secrets"].endswith(f"Run: chmod 600 {path}")
    path.chmod(0o600)
    assert wrong(settings) == {}


@pytest.mark.parametrize(
    ("section", "key"),
    [("hub", "token_file"), ("notify", "webhook_secret_file"), ("notify", "smtp_password_file")],
)
def test_a_file_of_a_secret_that_does_not_exist(
    settings: Settings, tmp_path: Path, section: str, key: str
) -> None:
    path = tmp_path / "a secret"
    more = {"refresh": {"results": "somewhere"}, section: {key: str(path)}}
    changed = load_settings(settings.home, {}, **more)
    assert wrong(changed)["secrets"].startswith(f"[{section}] {key} names {path}, which does not")
    path.write_text("x")
    path.chmod(0o600)
    assert wrong(changed) == {}


def test_a_file_of_a_secret_that_cannot_be_looked_at_hides_no_other_finding(
    settings: Settings,
) -> None:
    name = "x" * 300  # as root, no permission is missing: a name can be too long
    changed = load_settings(settings.home, {}, hub={"token_file": f"/{name}"})
    assert "which cannot be looked at: File name too long. Fix" in wrong(changed)["secrets"]


def test_a_dead_channel(settings: Settings) -> None:
    text = f'{{"channel":"webhook","attempts":{DEAD_AFTER},"error":"hooks.example answered 410"}}'
    write(settings.home, "refresh/outbox/webhook.json", text.encode())
    assert "hooks.example answered 410. Correct [notify]" in wrong(settings)["notices by webhook"]


def test_notices_that_this_user_may_not_read_do_not_end_doctor(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(folder: Path) -> list[object]:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("frontrunner.ops.examine_home.read_outboxes", refuses)
    assert wrong(settings)["notices"].endswith(
        "outbox cannot be read: Permission denied. Fix the permissions"
    )


def test_a_channel_that_does_not_answer_yet(settings: Settings) -> None:
    waits = '{"id":"a","at":1.0,"kind":"update","title":"t","text":"x"}'
    text = f'{{"channel":"webhook","attempts":1,"error":"no answer","waiting":[{waits}]}}'
    write(settings.home, "refresh/outbox/webhook.json", text.encode())
    found = {one.what: one.text for one in examine_home(settings)}
    assert found["notices by webhook"] == "0 delivered, 1 wait: no answer"
    assert wrong(settings) == {}
