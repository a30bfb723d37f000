"""A take-over makes no call that `frontrunner hub plan` did not name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from frontrunner.hub.standin.containers import Containers
from frontrunner.hub.steps import Places, Strategy, plan_steps
from frontrunner.takeover.records import Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub
from tests.takeover.on_hub.moving import ARCHIVE, DEMO, Move

__all__ = ["hub", "plain_client"]
_COMMIT = re.compile(r"(?<=/)[0-9a-f]{40}(?=/|$)")


def shape(method: str, path: str) -> str:
    """A call with its commit, its file and its number left open."""
    path = _COMMIT.sub("{commit}", path)
    path = re.sub(r"(/resolve(?:-cache)?/.*\{commit\})/.+", r"\1/{path}", path)
    path = re.sub(r"/discussions/\d+$", "/discussions/{num}", path)
    path = re.sub(r"^/-/upload/.*", "{storage}", path)
    return f"{'GET' if method == 'HEAD' else method} {path}"


@pytest.fixture
def containers(hub: Hub) -> Iterator[Containers]:
    """Run those of a gateway."""
    with Containers(hub.app) as made:
        yield made


@pytest.mark.parametrize(
    ("strategy", "kind", "shifting"),
    [("overwrite", "space", False), ("overwrite", "dataset", False), ("rename", "space", False),
     ("overwrite", "space", True)],
)  # fmt: skip
def test_every_call_was_planned(
    hub: Hub,
    tmp_path: Path,
    strategy: Strategy,
    kind: Literal["space", "dataset"],
    shifting: bool,
    containers: Containers,
) -> None:
    hub.app.containers = containers
    places = Places(space=BOARD, demo=DEMO, archive=ARCHIVE, archive_kind=kind, shifting=shifting)
    plan = plan_steps(strategy, places)
    planned = {
        shape(one.method, one.path)
        for step in plan.steps
        for one in (*step.reads, *step.writes, *step.undo_writes)
    }
    move = Move(
        hub, tmp_path, strategy=strategy, archive_kind=kind, hardware="cpu-upgrade",
        sleep_time=3600, secrets={"API_KEY": "value"}, shifting=shifting, deploy_seconds=120.0,
    )  # fmt: skip
    demo = hub.stored.create("space", DEMO, author="owner", sdk="docker").space
    assert demo is not None
    demo.variables["MORE"] = {"key": "MORE", "value": "1"}
    asked = len(hub.stored.asked)
    move.command(Verb.START)
    move.until(lambda _: "sleep" in move.steps(), 120)
    move.to(Stage.SETTLED, Mode.FINISHED)
    move.command(Verb.ROLLBACK)
    move.until(lambda one: one.mode is Mode.ROLLED_BACK)
    made = {shape(method, path) for method, path, _ in hub.stored.asked[asked:]}
    unplanned = sorted(made - planned)
    assert unplanned == [], "\n".join(unplanned)
