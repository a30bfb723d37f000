"""Many things go wrong in one take-over, and hostile texts come from the old Space."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

import pytest

from frontrunner.hub.standin.deploys import Cause
from frontrunner.hub.standin.faults import (
    COMMIT_CALL,
    Fault,
    busy,
    hang,
    landed_error,
    late_commit,
    lost_commit,
    rate_limited,
    refusal,
)
from frontrunner.hub.standin.repos import Comment, Discussion
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import TOKEN, Hub
from tests.takeover.fake_book import KilledError
from tests.takeover.on_hub.moving import ARCHIVE, Move
from tests.takeover.on_hub.test_killed import there_and_back
from tests.takeover.on_hub.test_rolled_back import NEW_TREE, held_at

__all__ = ["hub", "plain_client"]
API = "^/api/(spaces|repos|datasets|whoami)"
FAULTS = (
    refusal(503, path=API, times=2),
    rate_limited(0, path=API, times=2),
    lost_commit(),
    hang(0.1, path="/runtime"),
    busy(times=2),
    landed_error(),
    refusal(500, path="/tree/", times=2),
    late_commit(0.1),
    Fault(method="POST", path="(duplicate|move|create)$", answer="lost"),
    refusal(502, path=COMMIT_CALL, method="POST"),
    Fault(path="/commits/", answer="lost"),
)


@pytest.mark.acceptance
@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
def test_a_kill_at_each_point_and_a_fault_for_the_next_controller(
    hub: Hub, tmp_path: Path, strategy: str
) -> None:
    """Each controller is killed at another point, and the Hub fails the next one otherwise."""
    move = Move(hub, tmp_path, strategy=strategy, hardware="cpu-upgrade", sleep_time=60)
    before, likes = move.tree(), dict(hub.board.likes)
    killed, faults = set[str](), itertools.cycle(FAULTS)

    def kill_once(name: str) -> None:
        if name not in killed:
            killed.add(name)
            hub.stored.inject(next(faults))
            raise KilledError

    move.point = kill_once
    there_and_back(move, seconds=120)
    titles = [one.title for one in hub.board.commits]
    assert titles.count("Replace the board by the new one") <= 1
    assert move.tree() == before
    assert move.space().likes == likes
    assert hub.run(move.space()).serving == move.space().head.id
    assert len(killed) > len(FAULTS)


# What repeats a request knows no strategy: not each pair is tried.
@pytest.mark.parametrize(
    ("strategy", "status"),
    [
        ("overwrite", 500),
        ("rename", 503),
        pytest.param("overwrite", 429, marks=pytest.mark.acceptance),
        pytest.param("rename", 429, marks=pytest.mark.acceptance),
    ],
)
def test_a_storm_of_errors_delays_and_changes_nothing(
    hub: Hub, tmp_path: Path, strategy: str, status: int
) -> None:
    """Every third request is answered with an error, whether it was carried out or not."""
    move = Move(hub, tmp_path, strategy=strategy, deploy_seconds=100.0)
    before = move.tree()
    headers = {"RateLimit": '"api";r=0;t=0'} if status == 429 else {}
    hub.stored.inject(*(
        Fault(path=API, skip=3 * number, status=status, headers=headers,
              work="not done" if number % 2 or status == 429 else "done")
        for number in range(400)
    ))  # fmt: skip
    there_and_back(move, seconds=120)
    assert move.tree() == before
    assert {path.partition("/")[0] for _, path in hub.stored.names} == {"board"}


@pytest.mark.parametrize("strategy", ["overwrite", "rename"])
def test_a_proxy_that_answers_with_a_page_of_its_own_delays_and_changes_nothing(
    hub: Hub, tmp_path: Path, strategy: str
) -> None:
    """With status 200, for one request of 31, which the Hub carries out."""
    move = Move(hub, tmp_path, strategy=strategy, deploy_seconds=100.0)
    before = move.tree()
    page = {"Content-Type": "text/html"}
    hub.stored.inject(*(
        Fault(path=API, skip=31 * number + 7, status=200, headers=page, body="<html>Wait</html>")
        for number in range(400)
    ))  # fmt: skip
    there_and_back(move, seconds=120)
    assert move.tree() == before


def test_a_space_that_falls_asleep_is_woken_at_each_stage(hub: Hub, tmp_path: Path) -> None:
    move = Move(hub, tmp_path)
    for stage in (Stage.PARALLEL, Stage.GUIDED, Stage.CUTOVER):
        if stage is Stage.PARALLEL:
            held_at(move, stage)
        else:
            hub.stored.restart(hub.board, Cause.SLEEP)
            move.command(Verb.RESUME)
            move.until(lambda one, stage=stage: one.stage is stage)  # type: ignore[misc]
            move.command(Verb.PAUSE)
            move.until(lambda one: one.mode is Mode.PAUSED)
    assert move.tree() == NEW_TREE


HOSTILE = "<script>alert(1)</script>\x1b[31m{{7*7}} ](javascript:x) hf_" + "stolenTokens" * 2


def test_hostile_texts_of_the_old_space_stay_texts(
    hub: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    front = '---\ntitle: "{{7*7}}<script>"\nsdk: gradio\napp_file: app.py\n---\n'
    hub.stored.push(hub.board, {
        "README.md": f"{front}{HOSTILE}",
        "data/a b'\"$(id)`id`;&<>é.csv": "x", "-rf": "x", "con": "x", "--upload-pack=x": "x",
    }, author="<script>")  # fmt: skip
    first = Comment("c", "<script>", 1.7e9, HOSTILE)
    hub.board.discussions.append(Discussion(2, HOSTILE, "<script>", 1.7e9, [first]))
    hub.wait("RUNNING")
    move = Move(hub, tmp_path)
    before = move.tree()
    there_and_back(move)
    assert move.tree() == before
    assert move.tree(ARCHIVE) == before
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("path", ["../../out", "/etc/out", "a/../../out", "a\\..\\out"])
def test_a_path_that_leads_out_of_the_folder_is_not_saved(
    hub: Hub, tmp_path: Path, path: str
) -> None:
    hub.stored.push(hub.board, {path: "out"})
    hub.wait("RUNNING")
    move = Move(hub, tmp_path / "in")
    move.command(Verb.START)
    move.until(lambda _: any('"refused"' in one for one in move.story()))
    assert not list(tmp_path.rglob("out"))
