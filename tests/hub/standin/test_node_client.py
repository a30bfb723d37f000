"""A second real client, of JavaScript, finds in the stand-in what it expects of the Hub.

`make setup-hub-client` installs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hub.made_hub import BOARD, READER, TOKEN, Hub

FOLDER = Path(__file__).parents[1] / "node"


@pytest.mark.acceptance
def test_the_client_of_javascript(hub: Hub, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules/.done").exists():
        missing = "The client is not there; run: make setup-hub-client"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    assert node is not None
    hub.wait("RUNNING")
    environment = {**os.environ, "HUB_URL": hub.url, "HUB_TOKEN": TOKEN, "HUB_READER": READER}
    with (tmp_path / "log").open("wb") as log:
        done = subprocess.run(
            [node, "--test", "--test-concurrency=1", "conformance.mjs"],
            cwd=FOLDER,
            env=environment,
            stdout=log,
            stderr=log,
            check=False,
            timeout=120,
        )
    text = (tmp_path / "log").read_text()
    assert done.returncode == 0, text
    assert "# pass 10\n" in text, text
    assert hub.stored.space(BOARD).id == "board/old"
