"""Who is told of an update: the first failure, each held snapshot once, and when it is over."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.ops.notify import Notice
from frontrunner.refresh import notices
from frontrunner.refresh.notices import notice_of, recovery_of, tell
from frontrunner.refresh.record import Run
from frontrunner.refresh.run import Ended
from tests.refresh.boards import settings_of

RUN = Run(at=20, seconds=1, outcome="held", snapshot="b", previous="a", reason="7 models.")


def ended(outcome: str, before: int = 0) -> Ended:
    run = msgspec.structs.replace(RUN, outcome=outcome)
    return Ended(run, None, before, 0 if run.is_good else before + 1)


def told(one: Ended) -> str:
    found = notice_of(one.run, one.failures) or recovery_of(one.run, one.failures_before)
    return found.title if found else ""


@pytest.mark.parametrize(
    ("one", "title"),
    [
        (ended("published"), ""),
        (ended("unchanged"), ""),
        (ended("failed"), "The board could not be updated"),
        (ended("failed", 1), ""),
        (ended("unprepared"), "The board was updated, but its answers could not be prepared"),
        (ended("unseen"), "The board was updated, but readers do not have it"),
        (ended("held", 4), "The board was not updated: a guard holds the new results"),
        (ended("unchanged", 3), "The board is updated again"),
    ],
)
def test_what_people_are_told(one: Ended, title: str) -> None:
    assert told(one) == title


def test_a_notice_of_a_held_snapshot_says_how_to_accept_it() -> None:
    notice = notice_of(RUN, 1)
    assert notice
    assert notice.urgent
    assert notice.id == "refresh-held-b"
    assert "7 models." in notice.text
    assert "frontrunner refresh accept b --reason" in notice.text


def test_the_same_held_snapshot_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Notice] = []

    class Channel:
        name = "webhook"

        def send(self, notice: Notice) -> None:
            sent.append(notice)

    monkeypatch.setattr(notices, "channels_of", lambda _: [Channel()])
    settings = settings_of(tmp_path, tmp_path)
    for _ in range(3):
        tell(settings, ended("held"))
    assert [one.id for one in sent] == ["refresh-held-b"]
