"""docs/hub.md, followed word by word against the stand-in."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from frontrunner.hub.standin.containers import Containers
from frontrunner.takeover.on_hub.rehearsed_faults import FAULTS
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import OLD_FILES, TOKEN, Hub
from tests.takeover.on_hub.moving import made_content

__all__ = ["hub", "plain_client"]
GUIDE = (Path(__file__).parents[3] / "docs/hub.md").read_text("utf-8")
QUICK = {
    "FRONTRUNNER_TAKEOVER_TICK": "50ms", "FRONTRUNNER_TAKEOVER_WARM": "1h",
    **{
        f"FRONTRUNNER_TAKEOVER_{one}_AT_LEAST": "0s"
        for one in ("PARALLEL", "GUIDED", "SHIFTING", "SETTLED")
    },
}  # fmt: skip
"""What makes days of the guide fit into a test."""


def section(title: str) -> str:
    return re.split(r"^## ", GUIDE.partition(f"\n## {title}\n")[2], flags=re.MULTILINE)[0]


def blocks(title: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", section(title), re.DOTALL)


class Follower:
    """Runs the commands of the guide as they are, in one folder."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        home = {"FRONTRUNNER_HOME": str(folder / "home"), "FRONTRUNNER_HUB_ENDPOINT": url}
        self.environ = os.environ | QUICK | home | {"HF_TOKEN": TOKEN}

    def words(self, line: str) -> list[str]:
        first, *rest = shlex.split(line)
        assert first == "frontrunner"
        return [sys.executable, "-m", "frontrunner", *rest]

    def run(self, line: str) -> str:
        done = subprocess.run(
            self.words(line), cwd=self.folder, env=self.environ, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return done.stdout + done.stderr

    def until(self, line: str, text: str) -> None:
        end = time.monotonic() + 240
        while text not in (said := self.run(line)):
            assert time.monotonic() < end, said
            time.sleep(0.2)


def with_shares(settings: str, more: str) -> str:
    """The settings with those of the shares, each key in its section."""
    text = settings
    for section_, keys in re.findall(r"^(\[.*\])\n((?:[^\[\n].*\n)+)", more, re.MULTILINE):
        known = f"{section_}\n" in text
        text = text.replace(f"{section_}\n", f"{section_}\n{keys}", 1) if known else text
        text += "" if known else f"\n{section_}\n{keys}"
    found = tomllib.loads(text)
    assert found["hub"]["shifting"]
    gates = ["share", "success", "slowness"]
    assert found["takeover"]["shifting"] == {"gates": gates, "at_least": "1h"}
    return text.replace(f"gates = {json.dumps(gates)}", "gates = []")  # a test has no visitors


@pytest.mark.acceptance
@pytest.mark.parametrize("shares", [False, True])
def test_the_guide_leads_to_the_new_board_and_back(hub: Hub, tmp_path: Path, shares: bool) -> None:
    with Containers(hub.app) as containers:
        hub.app.containers = containers
        follow(hub, tmp_path, shares=shares)


def follow(hub: Hub, tmp_path: Path, *, shares: bool) -> None:
    hub.wait("RUNNING")
    made_content(tmp_path / "board-space")
    (tmp_path / "home").mkdir()
    settings, more, _ = blocks("Take over", "toml")
    settings = with_shares(settings, more) if shares else settings
    (tmp_path / "home/frontrunner.toml").write_text(settings)
    follower = Follower(tmp_path, hub.url)
    for title in ("Check the token", "See the plan"):
        for line in "".join(blocks(title, "sh")).splitlines():
            follower.run(line)
    begin, back, _ = blocks("Take over", "sh")
    plan, start, status = begin.splitlines()
    assert "the Space's files" in follower.run(plan).replace("The", "the")
    with subprocess.Popen(
        follower.words(start), cwd=tmp_path, env=follower.environ, stderr=subprocess.PIPE
    ) as controller:
        try:
            follower.until(status, "cutover")
            log = follower.run(status.replace("status", "log"))
            assert ("Step share: Give 1% of the visitors" in log) is shares
            assert set(hub.board.head.files) < {*made_files(tmp_path)} | {".gitattributes"}
            follower.run(back.strip())
            follower.until(status, "rolled")
        finally:
            controller.send_signal(signal.SIGTERM)
            controller.communicate(timeout=30)
    assert set(hub.board.head.files) == set(OLD_FILES) | {".gitattributes"}


def made_files(folder: Path) -> list[str]:
    base = folder / "board-space"
    return [str(one.relative_to(base)) for one in base.rglob("*") if one.is_file()]


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"none"}))
def test_every_fault_is_in_the_guide(fault: str) -> None:
    assert f"`{fault}`" in section("Rehearse")


def test_what_has_to_be_agreed_to_is_in_the_guide() -> None:
    *_, accept = blocks("Take over", "toml")
    assert accept.strip() == 'accept = ["likes", "discussions", "grant", "subdomain", "storage"]'
