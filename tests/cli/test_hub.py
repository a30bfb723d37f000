"""`frontrunner hub`, as a user runs it, against the stand-in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from frontrunner.hub.saved_tree import read_saved
from tests.command import run_command
from tests.hub.made_hub import BOARD, OLD_FILES, TOKEN, Hub, made_hub


def run(home: Path, *words: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return run_command("hub", *words, "--home", str(home), env={"HF_TOKEN": token})


def settings(home: Path, url: str, more: str = "") -> None:
    text = f'[hub]\nendpoint = "{url}"\nspace = "{BOARD}"\n{more}'
    (home / "frontrunner.toml").write_text(text)


@pytest.fixture
def home(tmp_path: Path, running_hub: Hub) -> Path:
    settings(tmp_path, running_hub.url)
    return tmp_path


@pytest.fixture(scope="module")
def running_hub() -> object:
    with made_hub() as hub:
        yield hub


def test_a_space_is_saved(home: Path, running_hub: Hub) -> None:
    head = running_hub.board.head.id
    done = run(home, "save", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["commit"], facts["files"]) == (head, len(OLD_FILES) + 1)
    assert facts["secrets"] == ["API_KEY"]
    assert read_saved(Path(facts["folder"])).tree == facts["tree"]
    assert TOKEN not in done.stdout + done.stderr


def test_a_dry_run_writes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    done = run(home, "save", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Would save 6 files" in done.stderr
    assert sorted(home.rglob("*")) == before


def test_the_rights_of_a_token(home: Path, running_hub: Hub) -> None:
    settings(home, running_hub.url, 'archive = "board/archive"\n')
    done = run(home, "rights", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["missing"] == []
    done = run(home, "rights", token="hf_TheOwnerMayRead")  # noqa: S106
    assert done.returncode == 1
    assert "missing: repo.write on board/archive" in done.stdout


@pytest.mark.parametrize(
    "named", ['[hub]\ndemo = "board/demo"', '[refresh.deploy]\nspace = "board/demo"']
)
def test_the_rights_to_deploy_a_board_that_replaces_no_other(
    home: Path, running_hub: Hub, named: str
) -> None:
    (home / "frontrunner.toml").write_text(named)
    env = {"FRONTRUNNER_HUB_ENDPOINT": running_hub.url}

    def asked(token: str) -> subprocess.CompletedProcess[str]:
        return run_command("hub", "rights", "--home", str(home), env={"HF_TOKEN": token, **env})

    assert (asked(TOKEN).returncode, asked(TOKEN).stdout) == (0, "")
    refused = asked("hf_TheOwnerMayRead")
    assert refused.returncode == 1
    assert refused.stdout == "missing: repo.write on board/demo (to make and change it)\n"


def test_without_a_token_or_a_space(home: Path) -> None:
    done = run(home, "rights", token="")
    assert (done.returncode, "Set HF_TOKEN" in done.stderr) == (2, True)
    done = run(home, "rights", "--space", "no-owner")
    assert (done.returncode, "OWNER/NAME" in done.stderr) == (2, True)


def test_a_hub_that_does_not_answer_has_an_exit_code(tmp_path: Path) -> None:
    settings(tmp_path, "http://127.0.0.1:9", "call_seconds = 0.3\n")
    done = run(tmp_path, "save")
    assert done.returncode == 8
    assert "Traceback" not in done.stderr


def test_jobs_that_name_the_demo(home: Path, running_hub: Hub) -> None:
    settings(home, running_hub.url, 'demo = "board/demo"\n')
    folder = home / "repo/.github/workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("on: push\n# restart board/demo\n")
    done = run(home, "jobs", str(home / "repo"))
    assert done.returncode == 1
    assert f".github/workflows/a.yml:2: board/demo: the board moved to {BOARD}" in done.stdout
    (folder / "a.yml").write_text("on: push\n")
    assert run(home, "jobs", str(home / "repo")).returncode == 0
    settings(home, running_hub.url)
    assert run(home, "jobs", str(home / "repo")).returncode == 2


def engagement(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("engagement", *words, "--home", str(home), env={"HF_TOKEN": TOKEN})


def test_engagement_is_exported_verified_and_imported(home: Path, running_hub: Hub) -> None:
    file = home / "before.json"
    assert engagement(home, "export", str(file), "--dry-run").returncode == 0
    assert not file.exists()
    done = engagement(home, "export", str(file))
    assert "board/leaderboard: 3 likes, 1 discussion." in done.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert engagement(home, "verify", str(file)).returncode == 0
    taken = running_hub.board.likes.pop("fan")
    try:
        done = engagement(home, "verify", str(file))
        assert done.returncode == 1
        assert "lost: fan no longer likes it" in done.stdout
    finally:
        running_hub.board.likes["fan"] = taken
    assert engagement(home, "import", str(file)).returncode == 0
    assert b"fan" not in (home / "hub/engagement.json").read_bytes()


def test_the_plan_is_printed_and_asks_for_its_losses(home: Path, running_hub: Hub) -> None:
    names = 'demo = "board/demo"\narchive = "board/old"\n'
    settings(home, running_hub.url, names)
    asked = len(running_hub.stored.asked)
    done = run(home, "plan", token="")
    assert done.returncode == 0, done.stderr
    assert "   writes: POST /api/spaces/board/leaderboard/commit/main" in done.stdout
    settings(home, running_hub.url, names + 'strategy = "rename"\n')
    done = run(home, "plan", "--accept", "likes")
    assert done.returncode == 1
    assert "--accept likes." not in done.stderr
    assert "--accept grant." in done.stderr
    assert len(running_hub.stored.asked) == asked


def test_a_saved_space_is_brought_back(tmp_path: Path) -> None:
    with made_hub() as hub:
        settings(tmp_path, hub.url)
        before = hub.board.head
        none = run(tmp_path, "restore", "--yes")
        assert (none.returncode, "There is no saved Space" in none.stderr) == (2, True)
        assert run(tmp_path, "save").returncode == 0
        new = hub.stored.push(hub.board, {"app.py": None, "index.html": "new"})
        for words in (("--dry-run",), (), ("--yes", "--parent", before.id)):
            done = run(tmp_path, "restore", *words)
            assert (done.returncode == 0) == (words == ("--dry-run",)), done.stderr
            assert hub.board.head.id == new.id
        assert "1 file written, 1 deleted" in run(tmp_path, "restore", "--dry-run").stderr
        done = run(tmp_path, "restore", "--yes", "--parent", new.id)
        assert done.returncode == 0, done.stderr
        assert f"serves {hub.board.head.id}" in done.stderr
        assert hub.board.head.files == before.files
        assert hub.run().serving == hub.board.head.id
        settings(tmp_path, hub.url, 'strategy = "rename"\n')
        assert "rename on the Hub, by hand" in run(tmp_path, "restore", "--yes").stderr
        settings(tmp_path, hub.url)
        (tmp_path / "hub/saved/other--space@abc").mkdir()
        assert "There are 2:" in run(tmp_path, "restore", "--yes").stderr
