"""`--open` shows the board in a browser, or says that there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run_command
from tests.waiting import next_line, text_through


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_browser_opens_once_the_board_is_served(tmp_path: Path, workers: str) -> None:
    assert run_command("demo", "--no-serve", "--home", str(tmp_path / "h")).returncode == 0
    opened = tmp_path / "opened"
    os.mkfifo(opened)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    words = ("serve", "--open", "--port", "0", "--workers", workers, "--home", str(tmp_path / "h"))
    with subprocess.Popen(
        [sys.executable, "-m", "frontrunner", *words],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "BROWSER": f"{browser} %s"},
    ) as server:  # fmt: skip
        try:
            url = text_through(opened).strip()
            assert f"Serving on {url} " in next_line(server)
        finally:
            server.send_signal(signal.SIGTERM)
    assert server.returncode == 0


def test_without_a_browser_the_address_is_said() -> None:
    from frontrunner.cli.browser import _PROGRAM

    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "http://127.0.0.1:1"],
        env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == "No browser could be started. Open http://127.0.0.1:1\n"
