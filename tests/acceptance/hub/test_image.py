"""The steps of the Dockerfile, run in a fresh environment: what it installs, and how it starts.

No image is built here, for there is no Docker: each instruction is carried out with the paths of
the image moved below one folder, and with the same user.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.hub.space_folder import write_space
from tests.hub.made_board import made_home
from tests.ports import free_port

pytestmark = pytest.mark.acceptance
USER = 1000
_INSTRUCTION = re.compile(r"^([A-Z]+) (.+)$")


class Image:
    """An image made of a folder: `/app` is `root / "app"`, Python is that of a new environment."""

    def __init__(self, root: Path, context: Path) -> None:
        self.root, self.context = root, context
        self.app, self.venv = root / "app", root / "venv"
        self.variables: dict[str, str] = {}
        self.user: int | None = None
        self.command: list[str] = []
        (self.app / "home").mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", self.venv], check=True)
        root.chmod(0o755)

    def build(self) -> None:
        """Carry out every instruction, in order."""
        text = self.context.joinpath("Dockerfile").read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        for line in lines:
            found = _INSTRUCTION.match(line)
            assert found is not None, line
            getattr(self, f"_{found[1].lower()}")(found[2])

    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.venv}/bin:/usr/bin:/bin", **self.variables}

    def as_user(self) -> int | None:
        """The user of the image, if this test may become it, and it may run Python."""
        if self.user is None or os.getuid() != 0:
            return None
        python = [str(self.venv / "bin/python"), "-c", "pass"]
        try:
            subprocess.run(python, user=self.user, check=True)
        except PermissionError:  # Python is in a folder of root's own
            return None
        return self.user

    def _from(self, value: str) -> None:
        assert value.startswith("python:3.1")

    def _run(self, value: str) -> None:
        if "useradd" in value:  # no users are made on this machine
            if os.getuid() == 0:
                os.chown(self.app / "home", USER, USER)
            return
        words = shlex.split(value.replace("./frontrunner-*.whl", str(self._wheel())))
        words[0] = str(self.venv / "bin" / words[0])
        subprocess.run(
            words,
            cwd=self.app,
            env=self.environment(),
            user=self.as_user(),
            check=True,
            timeout=500,
        )

    def _wheel(self) -> Path:
        return next(self.app.glob("frontrunner-*.whl"), self.app)

    def _copy(self, value: str) -> None:
        words = [one for one in value.split() if not one.startswith("--")]
        (source,), target = list(self.context.glob(words[0])), self._path(words[1])
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
        if "--chown=1000:1000" in value and os.getuid() == 0:
            for one in (target, *target.rglob("*")):
                os.chown(one, USER, USER)

    def _path(self, path: str) -> Path:
        return self.app / path.removeprefix("/app/").removeprefix("./")

    def _env(self, value: str) -> None:
        pairs = dict(one.split("=", 1) for one in value.split())
        self.variables |= {k: v.replace("/app/", f"{self.app}/") for k, v in pairs.items()}

    def _user(self, value: str) -> None:
        self.user = int(value)

    def _workdir(self, value: str) -> None:
        assert value == "/app"

    def _expose(self, value: str) -> None:
        assert value == "7860"

    def _stopsignal(self, value: str) -> None:
        assert value == "SIGTERM"

    def _cmd(self, value: str) -> None:
        self.command = json.loads(value)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory(prefix="frontrunner-image-") as name:
        root = Path(name)
        settings = made_home(root / "home-of-builder")
        write_space(settings, root / "space")
        made = Image(root, root / "space")
        made.build()
        yield made


def test_no_torch_no_mteb_and_nothing_of_the_hub(image: Image) -> None:
    listed = subprocess.run(
        [image.venv / "bin/pip", "list", "--format=json"], capture_output=True, check=True
    )
    names = {one["name"].lower() for one in json.loads(listed.stdout)}
    assert names & {"torch", "mteb", "mteb-core", "huggingface-hub", "sqlalchemy"} == set()
    assert "frontrunner" in names
    check = subprocess.run([image.venv / "bin/pip", "check"], capture_output=True, check=False)
    assert b"requires" not in check.stdout, check.stdout


def test_it_serves_as_another_user_than_root(image: Image) -> None:
    port = free_port()
    environment = {**image.environment(), "FRONTRUNNER_SERVER_PORT": str(port)}
    begun = time.monotonic()
    with (image.root / "log").open("wb") as log:
        process = subprocess.Popen(
            [image.venv / "bin" / image.command[0], *image.command[1:]],
            env=environment,
            cwd=image.app,
            user=image.as_user(),
            stderr=log,
        )
    try:
        _asked(f"http://127.0.0.1:{port}/v1/benchmarks/starter/scores", process)
        seconds = time.monotonic() - begun
        served = json.loads(_asked(f"http://127.0.0.1:{port}/v1/snapshot", process))["id"]
        assert served == json.loads((image.app / "home/board.json").read_text())["snapshot"]
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20)
        assert "https://huggingface.co" in page.headers["content-security-policy"]
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024
        assert f"Uid:\t{image.as_user() or os.getuid()}\t" in status
        sys.stderr.write(f"started in {seconds:.2f} s, {peak} MB at most\n")
        assert peak < 150
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, (image.root / "log").read_text()


def _asked(url: str, process: subprocess.Popen[bytes]) -> bytes:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                return bytes(answer.read())
        except OSError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < until
            time.sleep(0.005)
