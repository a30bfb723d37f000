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
from tests.hub.standin.calls_made import calls_made, every_call

_SPACES = ("runtime", "secrets", "variables", "logs/(build|run)")
_CHANGES = ("duplicate", "hardware", "pause", "restart", "sleeptime", "secrets", "variables")
_PEOPLE = (r"users/([^/]+)", r"organizations/([^/]+)")
NOT_IN_JAVASCRIPT = frozenset(
    {
        *(f"GET api:/{one}" for one in (*_SPACES, "likers", "refs", "auth-check/write")),
        *("GET api:/auth-check", "GET api:/discussions", r"GET api:/discussions/(\d+)"),
        *(f"POST api:/{one}" for one in (*_CHANGES, "discussions", "lfs-verify")),
        *(f"POST api:/discussions/(\\d+)/{one}" for one in ("comment", "status")),
        *("DELETE api:/secrets", "DELETE api:/variables", "DELETE api:/volumes"),
        *("PUT api:/settings", "PUT api:/volumes", "POST general:/api/validate-yaml"),
        *(f"GET general:/api/{one}/overview" for one in _PEOPLE),
        *(f"GET general:/api/{one}/followers" for one in _PEOPLE),
        *("GET general:/api/spaces/hardware", "GET pages:"),
    }
)
"""Calls that this client does not have; the one of Python makes them all."""
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
    assert "# pass 11\n" in text, text
    assert hub.stored.space(BOARD).id == "board/old"
    made = calls_made(hub.stored.asked)
    lacking = sorted(every_call() - made)
    assert lacking == sorted(NOT_IN_JAVASCRIPT), "\n".join(lacking)
