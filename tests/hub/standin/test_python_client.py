"""The real client of Python finds in the stand-in what it expects of the Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    BadRequestError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from frontrunner.hub.standin.deploys import Cause, Result
from frontrunner.hub.standin.repos import AccessToken, Account
from frontrunner.hub.standin.switches import Switches
from tests.hub.made_hub import BOARD, OLD_FILES, READER, Hub, made_hub
from tests.hub.standin.uploads import SPACE, add, status

# The client uploads to LFS in a way that its HTTP library warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


def test_who_a_token_belongs_to(hub: Hub) -> None:
    found = hub.api().whoami()
    assert (found["type"], found["name"]) == ("user", "owner")
    assert [one["name"] for one in found["orgs"]] == ["board"]
    assert found["auth"]["accessToken"]["role"] == "write"
    with pytest.raises(HfHubHTTPError, match="Invalid user token") as error:
        hub.api("hf_unknown").whoami()
    assert status(error) == 401


def test_the_facts_of_a_space(hub: Hub) -> None:
    hub.wait("RUNNING")
    found = hub.api().space_info(BOARD, files_metadata=True)
    assert (found.id, found.author, found.sdk, found.likes) == (BOARD, "board", "gradio", 3)
    assert found.sha == hub.board.head.id
    assert found.host == f"{hub.url}/-/live/board-leaderboard"
    assert found.card_data is not None
    assert found.card_data.title == "Old board"
    assert found.models == ["org/model-a"]
    assert found.datasets == ["board/results"]
    assert found.runtime is not None
    assert found.runtime.stage == "RUNNING"
    sizes = {one.rfilename: one.size for one in found.siblings or []}
    assert sizes["app.py"] == len(OLD_FILES["app.py"])
    few = hub.api().space_info(BOARD, expand=["likes"])
    assert (few.likes, few.sha) == (3, None)


def test_what_does_not_exist_has_an_error_of_its_own(hub: Hub) -> None:
    for token in (False, READER):
        api = hub.api(token)
        with pytest.raises(RepositoryNotFoundError):
            api.space_info("board/none")
        with pytest.raises(RevisionNotFoundError):
            api.space_info(BOARD, revision="0" * 40)
        with pytest.raises(RemoteEntryNotFoundError):
            api.hf_hub_download(**SPACE, filename="none.txt")


def test_a_private_space_is_hidden_from_others(hub: Hub) -> None:
    hub.api().update_repo_settings(**SPACE, private=True)
    assert hub.api().space_info(BOARD).private
    for token in (False, READER):
        with pytest.raises(RepositoryNotFoundError):
            hub.api(token).space_info(BOARD)


def test_rights(hub: Hub) -> None:
    owner_reads = "hf_TheOwnerMayRead"
    hub.api().auth_check(**SPACE, write=True)
    hub.api(owner_reads).auth_check(**SPACE)
    for token in (READER, owner_reads):
        api = hub.api(token)
        with pytest.raises(HfHubHTTPError) as error:
            api.auth_check(**SPACE, write=True)
        assert status(error) == 403
        with pytest.raises(HfHubHTTPError) as error:
            api.create_commit(**SPACE, operations=[add("a", b"1")], commit_message="No")
        assert status(error) == 403


def test_a_fine_grained_token(hub: Hub) -> None:
    scoped = {BOARD: ("repo.content.read", "repo.write"), "owner": ()}
    hub.stored.tokens["hf_fine"] = AccessToken("owner", "fineGrained", scoped)
    api = hub.api("hf_fine")
    access = api.whoami()["auth"]["accessToken"]
    assert access["fineGrained"]["scoped"][0]["entity"]["name"] == BOARD
    api.auth_check(**SPACE, write=True)
    with pytest.raises(HfHubHTTPError) as error:
        api.create_repo("owner/new", repo_type="space", space_sdk="static")
    assert status(error) == 403


def test_creating_and_deleting(hub: Hub) -> None:
    api = hub.api()
    made = api.create_repo(
        "board/new",
        repo_type="space",
        space_sdk="docker",
        space_variables=[{"key": "A", "value": "1"}],
        private=True,
    )
    assert (made.repo_id, made.repo_type) == ("board/new", "space")
    assert hub.stored.space("board/new").private
    assert api.get_space_runtime("board/new").stage == "NO_APP_FILE"
    with pytest.raises(HfHubHTTPError) as error:
        api.create_repo("board/new", repo_type="space", space_sdk="docker")
    assert status(error) == 409
    again = api.create_repo("board/new", repo_type="space", space_sdk="docker", exist_ok=True)
    assert again.repo_id == "board/new"
    api.delete_repo("board/new", repo_type="space")
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo("board/new", repo_type="space")
    api.create_repo("board/files", repo_type="dataset")
    assert api.dataset_info("board/files").sha


def test_without_a_plan_only_a_static_space_is_free(hub: Hub) -> None:
    api = hub.api(READER)
    with pytest.raises(HfHubHTTPError) as error:
        api.create_repo("reader/app", repo_type="space", space_sdk="docker")
    assert status(error) == 402
    api.create_repo("reader/page", repo_type="space", space_sdk="static")
    with pytest.raises(HfHubHTTPError) as error:
        api.duplicate_repo(BOARD, "reader/copy", repo_type="space")
    assert status(error) == 402


@pytest.mark.parametrize("history", ["one", "all"])
def test_a_duplicate_has_files_and_variables_and_no_likes_or_secrets(history: Any) -> None:
    with made_hub(Switches(build=0, start=0, duplicate_history=history)) as hub:
        api = hub.api()
        made = api.duplicate_repo(BOARD, "board/archive", repo_type="space")
        assert (made.repo_id, made.files_copy_pending) == ("board/archive", False)
        copy = hub.stored.space("board/archive")
        assert copy.head.files == hub.board.head.files
        assert len(copy.commits) == (1 if history == "one" else len(hub.board.commits))
        assert api.space_info("board/archive").likes == 0
        assert set(api.get_space_variables("board/archive")) == {"RESULTS"}
        assert api.get_space_secrets("board/archive") == {}
        hub.wait("RUNNING", copy)
        with pytest.raises(HfHubHTTPError) as error:
            api.duplicate_repo(BOARD, "board/archive", repo_type="space")
        assert status(error) == 409


def test_a_rename_keeps_likes_and_the_old_name_leads_to_it(hub: Hub) -> None:
    """The client repeats method, body and token: a commit to the old name is made at the new."""
    api = hub.api()
    api.move_repo(BOARD, "board/old", repo_type="space")
    moved = api.space_info(BOARD)
    assert (moved.id, moved.likes) == ("board/old", 3)
    api.create_commit(**SPACE, operations=[add("a", b"1")], commit_message="To the old name")
    assert "a" in hub.stored.space("board/old").head.files
    path = api.hf_hub_download(**SPACE, filename="a")
    assert Path(path).read_bytes() == b"1"
    api.create_repo("board/taken", repo_type="space", space_sdk="static")
    with pytest.raises(HfHubHTTPError):
        api.move_repo("board/taken", "board/old", repo_type="space")
    api.move_repo("board/taken", BOARD, repo_type="space")
    assert api.space_info(BOARD).likes == 0


def test_the_runtime_names_the_old_commit_until_the_new_one_runs() -> None:
    with made_hub(Switches(build=10, start=5)) as hub:
        api, clock = hub.api(), hub.frozen()
        before = hub.board.head.id
        made = api.create_commit(**SPACE, operations=[add("a", b"1")], commit_message="New")
        runtime = api.get_space_runtime(BOARD)
        assert (runtime.stage, runtime.raw["sha"]) == ("RUNNING_BUILDING", before)
        clock.advance(15)
        runtime = api.wait_for_space(BOARD, timeout=20, poll_interval=0.05)
        assert (runtime.stage, runtime.raw["sha"]) == ("RUNNING", made.oid)
        assert runtime.raw["domains"][0]["stage"] == "READY"


def test_a_fresh_space_has_no_commit_in_its_runtime() -> None:
    with made_hub(Switches(build=60)) as hub:
        runtime = hub.api().get_space_runtime(BOARD)
        assert runtime.stage == "BUILDING"
        assert (runtime.hardware, runtime.requested_hardware) == (None, "cpu-basic")
        assert (runtime.sleep_time, "sha" in runtime.raw) == (172800, False)


def test_a_build_that_fails_has_a_log(hub: Hub) -> None:
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    hub.stored.push(hub.board, {"Dockerfile": "broken"})
    hub.wait("BUILD_ERROR")
    assert hub.api().get_space_runtime(BOARD).raw["errorMessage"]
    assert "exit code 1" in "".join(hub.api().fetch_space_logs(BOARD, build=True))


def test_pausing_restarting_and_sleeping(hub: Hub) -> None:
    clock = hub.frozen()
    assert hub.api().pause_space(BOARD).stage == "PAUSED"
    hub.api().restart_space(BOARD)
    clock.advance(1)
    assert hub.run().stage == "RUNNING"
    assert hub.api().restart_space(BOARD, factory_reboot=True).stage == "RUNNING_BUILDING"
    clock.advance(1)
    assert hub.run().stage == "RUNNING"
    hub.stored.restart(hub.board, Cause.SLEEP)
    assert hub.api().get_space_runtime(BOARD).raw["stage"] == "SLEEPING"


def test_hardware_comes_after_a_while_with_a_restart(hub: Hub) -> None:
    clock = hub.frozen()
    runtime = hub.api().request_space_hardware(BOARD, "cpu-upgrade", sleep_time=3600)  # type: ignore[arg-type]
    assert (runtime.hardware, runtime.requested_hardware) == ("cpu-basic", "cpu-upgrade")
    clock.advance(0.06)
    assert hub.run().stage == "RUNNING_APP_STARTING"
    clock.advance(1)
    found = hub.api().get_space_runtime(BOARD)
    assert (found.stage, found.hardware, found.sleep_time) == ("RUNNING", "cpu-upgrade", 3600)
    assert hub.api().set_space_sleep_time(BOARD, -1).sleep_time is None
    assert {one.name for one in hub.api().list_spaces_hardware()} >= {"cpu-basic", "cpu-upgrade"}


@pytest.mark.parametrize("switch", ["402", "pending"])
def test_hardware_that_is_neither_paid_nor_granted(switch: Any) -> None:
    with made_hub(Switches(refused_hardware=switch)) as hub:
        hub.stored.replace_account("board", paid=False)
        if switch == "402":
            with pytest.raises(HfHubHTTPError) as error:
                hub.api().request_space_hardware(BOARD, "cpu-upgrade")  # type: ignore[arg-type]
            assert status(error) == 402
        else:
            found = hub.api().request_space_hardware(BOARD, "cpu-upgrade")  # type: ignore[arg-type]
            assert found.requested_hardware == "cpu-upgrade"
            assert hub.board.space is not None
            assert hub.board.space.hardware_at is None


@pytest.mark.parametrize("returns", [True, False])
def test_a_grant_that_was_given_up(returns: bool) -> None:
    with made_hub(Switches(grant_returns=returns)) as hub:
        hub.stored.replace_account("board", paid=False)
        assert hub.board.space is not None
        hub.board.space.grant = "cpu-upgrade"
        api = hub.api()
        api.request_space_hardware(BOARD, "cpu-basic")  # type: ignore[arg-type]
        if returns:
            api.request_space_hardware(BOARD, "cpu-upgrade")  # type: ignore[arg-type]
        else:
            with pytest.raises(HfHubHTTPError):
                api.request_space_hardware(BOARD, "cpu-upgrade")  # type: ignore[arg-type]


@pytest.mark.parametrize("moves", [True, False])
def test_a_grant_and_a_rename(moves: bool) -> None:
    with made_hub(Switches(grant_moves=moves)) as hub:
        assert hub.board.space is not None
        hub.board.space.grant = hub.board.space.hardware = "cpu-upgrade"
        hub.api().move_repo(BOARD, "board/old", repo_type="space")
        assert hub.board.space.grant == ("cpu-upgrade" if moves else None)


def test_variables_and_secrets(hub: Hub) -> None:
    api = hub.api()
    assert api.add_space_variable(BOARD, "MODE", "old", description="d")["MODE"].value == "old"
    api.delete_space_variable(BOARD, "MODE")
    api.delete_space_variable(BOARD, "MODE")
    assert set(api.get_space_variables(BOARD)) == {"RESULTS"}
    api.add_space_secret(BOARD, "OTHER", "hidden")
    assert set(api.get_space_secrets(BOARD)) == {"API_KEY", "OTHER"}
    assert "hidden" not in str(api.get_space_secrets(BOARD))
    api.delete_space_secret(BOARD, "OTHER")
    with pytest.raises(HfHubHTTPError):
        hub.api(READER).get_space_variables(BOARD)


def test_likers_in_pages(hub: Hub) -> None:
    hub.stored.switches = Switches(page=2)
    names = [one.username for one in hub.api().list_repo_likers(**SPACE)]
    assert names == ["gone", "reader", "fan"]


def test_people(hub: Hub) -> None:
    api = hub.api()
    assert api.get_user_overview("owner").num_followers == 1
    assert api.get_organization_overview("board").num_followers == 2
    assert [one.username for one in api.list_user_followers("owner")] == ["fan"]
    assert [one.username for one in api.list_organization_followers("board")] == ["fan", "reader"]
    with pytest.raises(HfHubHTTPError):
        api.get_user_overview("board")


def test_discussions_and_comments(hub: Hub) -> None:
    api = hub.api(READER)
    for number in range(12):
        api.create_discussion(**SPACE, title=f"Title {number}", description="Text")
    found = list(api.get_repo_discussions(**SPACE))
    assert [one.num for one in found] == list(range(13, 0, -1))
    assert (found[-1].author, found[-1].title) == ("reader", "A model is missing")
    api.comment_discussion(**SPACE, discussion_num=1, comment="It is back.")
    api.change_discussion_status(**SPACE, discussion_num=1, new_status="closed", comment="Thanks")
    details = api.get_discussion_details(**SPACE, discussion_num=1)
    assert (details.status, details.is_pull_request) == ("closed", False)
    assert [one.type for one in details.events] == [
        "comment",
        "comment",
        "comment",
        "status-change",
    ]
    assert [one.num for one in api.get_repo_discussions(**SPACE, discussion_status="closed")] == [1]
    request = api.create_discussion(**SPACE, title="Change", pull_request=True)
    assert request.is_pull_request
    with pytest.raises(HfHubHTTPError):
        hub.api(False).create_discussion(**SPACE, title="Nobody")


def test_a_rate_limit_says_when_to_come_back() -> None:
    with made_hub(Switches(rate=3)) as hub:
        api = hub.api()
        for _ in range(3):
            api.space_info(BOARD)
        with pytest.raises(HfHubHTTPError, match=r"rate limit.\nRetry after \d+ seconds") as error:
            api.space_info(BOARD)
        assert status(error) == 429


def test_a_made_up_person_may_follow(hub: Hub) -> None:
    hub.stored.add_account(Account("more", followers=("x",) * 70))
    assert len(list(HfApi(hub.url, token=False).list_user_followers("more"))) == 70


def test_bad_requests(hub: Hub) -> None:
    with pytest.raises(BadRequestError):
        hub.api().request_space_hardware(BOARD, "none")  # type: ignore[arg-type]
