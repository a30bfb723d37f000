"""`frontrunner space`, as a user runs it, against the stand-in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from frontrunner.gateway.emit import program
from tests.command import run_command
from tests.hub.made_board import made_home
from tests.hub.made_hub import BOARD, README, TOKEN, Hub, made_hub
from tests.hub.test_deploying import DEMO, container


def run(home: Path, *words: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return run_command("space", *words, "--home", str(home), env={"HF_TOKEN": token})


@pytest.fixture(scope="module")
def running_hub() -> Iterator[Hub]:
    with made_hub() as hub:
        hub.app.applications[DEMO] = container
        yield hub


@pytest.fixture
def home(tmp_path: Path, running_hub: Hub) -> Path:
    text = f'[hub]\nendpoint = "{running_hub.url}"\nspace = "{BOARD}"\ndemo = "{DEMO}"\n'
    return made_home(tmp_path / "home", text).home


def test_a_folder_is_made_checked_and_deployed(home: Path, tmp_path: Path) -> None:
    card, folder = tmp_path / "README.md", str(tmp_path / "space")
    card.write_text(README)
    done = run(home, "init", folder, "--card", str(card))
    assert done.returncode == 0, done.stderr
    assert "title: Old board" in (tmp_path / "space/README.md").read_text()
    done = run(home, "check", folder)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    done = run(home, "deploy", folder, "--dry-run")
    assert f"Would create {DEMO}" in done.stderr
    done = run(home, "deploy", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["repo_id"] == DEMO
    assert TOKEN not in done.stdout + done.stderr
    assert run(home, "check").returncode == 0
    (tmp_path / "space/extra.txt").write_text("")
    done = run(home, "deploy", folder, "--dry-run")
    assert done.stdout == "add extra.txt\n"


def test_the_old_board_is_not_overwritten_by_a_slip(
    home: Path, tmp_path: Path, running_hub: Hub
) -> None:
    folder = str(tmp_path / "space")
    assert run(home, "init", folder).returncode == 0
    head = running_hub.board.head.id
    done = run(home, "deploy", folder, "--space", BOARD)
    assert (done.returncode, "runs another program" in done.stderr) == (2, True)
    assert running_hub.board.head.id == head
    running_hub.app.applications[BOARD] = container
    done = run(home, "deploy", folder, "--space", BOARD, "--replace")
    assert done.returncode == 0, done.stderr
    saved = home / f"hub/saved/{BOARD.replace('/', '--')}@{head}"
    assert (saved / "saved.json").is_file(), "what is replaced is saved first"


def test_a_folder_with_a_problem_is_not_deployed(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "space"
    assert run(home, "init", str(folder)).returncode == 0
    (folder / ".env").write_text("A=1")
    done = run(home, "check", str(folder))
    assert (done.returncode, ".env: looks like" in done.stdout) == (1, True)
    done = run(home, "deploy", str(folder))
    assert (done.returncode, "space check" in done.stderr) == (2, True)


def test_a_token_that_may_not_write_is_refused_before_anything_is_changed(
    home: Path, tmp_path: Path, running_hub: Hub
) -> None:
    folder = str(tmp_path / "space")
    assert run(home, "init", folder, "--dataset", "board/snapshots").returncode == 0
    asked = len(running_hub.stored.asked)
    reading = "hf_TheOwnerMayRead"
    done = run(home, "deploy", folder, "--space", "board/another", token=reading)
    assert done.returncode != 0
    assert "lacks repo.write on board/another" in done.stderr
    assert [m for m, _, _ in running_hub.stored.asked[asked:] if m != "GET"] == []


def test_an_image_starts_from_its_own_files(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "space"
    assert run(home, "init", str(folder)).returncode == 0
    done = run(folder / "home", "unpack")
    assert "Published: snapshot" in done.stderr, done.stderr
    run(home, "init", str(folder), "--source", "https://store.example/board")
    assert "is fetched at the start" in run(folder / "home", "unpack").stderr
    assert '"https://store.example/board/"' in (folder / "home/board.json").read_text()


def test_wrong_options(home: Path, tmp_path: Path) -> None:
    for words in (
        ("init", "x", "--dataset", "no-owner"),
        ("init", "x", "--dataset", "a/b", "--source", "https://c"),
        ("init", "x", "--source", "s3://bucket"),
        ("init", "x", "--card", str(tmp_path / "none")),
        ("check", "--space", "no-owner"),
        ("emit", "sysv"),
    ):
        done = run(home, *words)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), words
    assert "Did you mean systemd?" in run(home, "emit", "systmd").stderr


def test_files_for_a_host_of_ones_own(home: Path) -> None:
    compose = yaml.safe_load(run(home, "emit", "compose").stdout)
    assert compose["services"]["board"]["ports"] == ["8000:7860"]
    unit = run(home, "emit", "systemd").stdout
    assert f"serve --host 127.0.0.1 --port 8000 --home {home}\n" in unit
    assert f"ExecStart={program()} serve" in unit  # that of a virtual environment, too
    assert "USER 1000" in run(home, "emit", "dockerfile").stdout
