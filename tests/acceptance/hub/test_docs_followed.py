"""docs/hub.md, followed word by word: each command in order, against the stand-in.

The take-over and its rehearsal, which go on by themselves, are followed in
tests/takeover/on_hub/test_guide.py and test_rehearsing.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.made_board import made_home
from tests.hub.made_hub import TOKEN, made_hub
from tests.hub.test_deploying import container

pytestmark = pytest.mark.acceptance
TEXT = (Path(__file__).parents[3] / "docs/hub.md").read_text()
ELSEWHERE = ("frontrunner takeover", "frontrunner hub rehearse")
ASKS = ("frontrunner hub restore",)
PROGRAM = re.compile(r"^frontrunner ", re.MULTILINE)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Those of this program; Docker and pip are not run here."""
    lines = (line for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if PROGRAM.match(line) and not line.startswith(ELSEWHERE)]


def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    assert len(commands()) >= 14
    settings = next(one for one in blocks("toml") if one.startswith("[hub]\n"))
    with made_hub() as hub:
        hub.wait("RUNNING")
        hub.app.applications["board/leaderboard-demo"] = container
        text = settings.replace("[hub]\n", f'[hub]\nendpoint = "{hub.url}"\n')
        home = made_home(tmp_path / "home", text).home
        workflows = tmp_path / "path/to/checkout/.github/workflows"
        workflows.mkdir(parents=True)
        (workflows / "daily.yml").write_text("on: push\n")
        environment = {**os.environ, "HF_TOKEN": TOKEN, "FRONTRUNNER_HOME": str(home)}
        for line in commands():
            command = PROGRAM.sub(f"{sys.executable} -m frontrunner ", line)
            if line in ASKS:  # nobody is here to say yes
                command += " --yes"
            done = subprocess.run(
                ["/bin/sh", "-c", command],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
            assert TOKEN not in done.stdout + done.stderr
        assert "home/board.json" in hub.stored.space("board/leaderboard-demo").head.files
    assert (tmp_path / "board-space/compose.yaml").read_text().startswith("# compose.yaml")
