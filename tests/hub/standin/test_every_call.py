"""The client of Python makes every call of the stand-in's table, and each is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, SpaceHardware, Volume

from tests.hub.made_hub import BOARD, Hub
from tests.hub.standin.calls_made import calls_made, every_call

NO_API = frozenset({"GET pages:", "GET pages:/raw/([^/]+)/(.+)"})
"""Pages, which no client asks for; `live_sites` and people do."""


def read_everything(api: HfApi, folder: Path) -> None:
    api.whoami()
    api.space_info(BOARD)
    sha = api.space_info(BOARD, revision="main").sha
    assert sha is not None
    assert list(api.list_repo_tree(BOARD, repo_type="space", recursive=True))
    assert api.get_paths_info(BOARD, ["app.py"], repo_type="space", expand=True)[0].last_commit
    assert api.list_repo_commits(BOARD, repo_type="space")
    assert api.list_repo_refs(BOARD, repo_type="space").branches
    api.hf_hub_download(BOARD, "app.py", repo_type="space", revision=sha, cache_dir=folder)
    api.auth_check(BOARD, repo_type="space")
    api.auth_check(BOARD, repo_type="space", write=True)
    assert list(api.list_repo_likers(BOARD, repo_type="space"))
    assert api.get_user_overview("owner").username == "owner"
    assert api.get_organization_overview("board").num_followers
    assert list(api.list_user_followers("owner"))
    assert list(api.list_organization_followers("board"))
    assert api.list_spaces_hardware()
    assert api.get_space_runtime(BOARD).stage == "RUNNING"
    assert list(api.fetch_space_logs(BOARD, build=True))


def discuss(api: HfApi) -> None:
    num = api.create_discussion(BOARD, "A title", repo_type="space", description="text").num
    api.comment_discussion(BOARD, num, "a comment", repo_type="space")
    api.change_discussion_status(BOARD, num, "closed", repo_type="space")
    assert list(api.get_repo_discussions(BOARD, repo_type="space"))
    assert api.get_discussion_details(BOARD, num, repo_type="space").status == "closed"


def change(api: HfApi, folder: Path) -> None:
    readme = api.hf_hub_download(BOARD, "README.md", repo_type="space", cache_dir=folder)
    large = folder / "large.bin"
    large.write_bytes(b"\0" * 5000)
    added = [
        CommitOperationAdd("README.md", Path(readme).read_bytes() + b"more\n"),
        CommitOperationAdd("large.bin", str(large)),
    ]
    api.create_commit(BOARD, added, commit_message="Change", repo_type="space")
    api.hf_hub_download(BOARD, "large.bin", repo_type="space", cache_dir=folder)
    api.add_space_variable(BOARD, "A", "1")
    assert api.get_space_variables(BOARD)["A"].value == "1"
    api.delete_space_variable(BOARD, "A")
    api.add_space_secret(BOARD, "B", "2")
    assert "B" in api.get_space_secrets(BOARD)
    api.delete_space_secret(BOARD, "B")
    api.set_space_volumes(BOARD, [Volume(type="dataset", source="board/data", mount_path="/d")])
    api.delete_space_volumes(BOARD)
    api.request_space_hardware(BOARD, SpaceHardware.CPU_BASIC)
    api.set_space_sleep_time(BOARD, 3600)
    api.pause_space(BOARD)
    api.restart_space(BOARD)
    api.update_repo_settings(BOARD, private=False, repo_type="space")


def repositories(api: HfApi) -> None:
    api.create_repo("board/data", repo_type="dataset")
    assert api.dataset_info("board/data").id == "board/data"
    api.duplicate_repo(BOARD, "board/copy", repo_type="space")
    api.move_repo("board/copy", "board/moved", repo_type="space")
    api.delete_repo("board/moved", repo_type="space")


@pytest.mark.filterwarnings("ignore")  # the client warns of itself, and of free hardware
def test_every_call_is_made_and_answered(hub: Hub, tmp_path: Path) -> None:
    hub.wait("RUNNING")
    api = hub.api()
    repositories(api)
    read_everything(api, tmp_path)
    discuss(api)
    change(api, tmp_path)
    missing = sorted(every_call() - calls_made(hub.stored.asked) - NO_API)
    assert missing == [], "\n".join(missing)
