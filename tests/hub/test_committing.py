"""Traps of commits: each is met, with the real client, and nothing of others is overwritten."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import frontrunner
from frontrunner.base.errors import (
    HubConflictError,
    HubError,
    HubRightsError,
    HubUnavailableError,
    MovedError,
    StaleParentError,
    UnknownOutcomeError,
)
from frontrunner.hub.committing import Guarded, Landed, Patience, commit
from frontrunner.hub.session import Hub as Opened
from frontrunner.hub.standin.faults import (
    COMMIT_CALL,
    Fault,
    busy,
    hang,
    landed_error,
    late_commit,
    lost_commit,
    other_push,
    rate_limited,
    refusal,
)
from frontrunner.hub.standin.switches import Switches
from frontrunner.hub.tree_changes import TreeChange, replacing
from tests.hub.made_hub import BOARD, OLD_FILES, READER, Hub, made_hub, wait_until

QUICK = Patience(send=20, settle=1.0, busy=10, look=0.02)
CHANGE = TreeChange({"new.txt": b"1"}, frozenset({"requirements.txt"}))


def guarded(hub: Hub, change: TreeChange = CHANGE, **others: Any) -> Guarded:
    given = {"repo_id": BOARD, "parent": hub.board.head.id, "title": "Change", **others}
    return Guarded(change=change, **given)


def landed(hub: Hub, asked: Guarded) -> Landed:
    return commit(hub.opened(), asked, QUICK)


def is_made_once(hub: Hub, parent: str) -> bool:
    head = hub.board.head
    return (
        head.parent == parent and "new.txt" in head.files and "requirements.txt" not in head.files
    )


def test_a_commit_is_made_on_its_parent(hub: Hub) -> None:
    asked = guarded(hub, description="Why")
    found = landed(hub, asked)
    assert found == Landed(hub.board.head.id, "made")
    assert is_made_once(hub, asked.parent)
    assert hub.board.head.message.startswith("Change\n\nWhy\n\nFrontrunner-Change: ")


def test_the_same_commit_again_is_found_and_not_made_twice(hub: Hub) -> None:
    asked = guarded(hub)
    first = landed(hub, asked)
    assert landed(hub, asked) == Landed(first.commit, "found")
    hub.stored.push(hub.board, {"later.txt": "x"})
    assert landed(hub, asked) == Landed(first.commit, "found")
    assert hub.asked("POST", "/commit/main") == 1


@pytest.mark.parametrize(
    "fault",
    [
        lost_commit(),
        landed_error(500),
        landed_error(504),
        late_commit(0.3),
        late_commit(0.3, 500),
        Fault(method="POST", path=COMMIT_CALL, status=200, body="<html>"),
        Fault(method="POST", path=COMMIT_CALL, status=200, body="{}"),
    ],
    ids=[
        *("lost", "500 but made", "504 but made", "made late after 504", "made late after 500"),
        *("not JSON", "without the commit"),
    ],
)
def test_a_lost_answer_is_settled_from_the_list_of_commits(hub: Hub, fault: Fault) -> None:
    asked = guarded(hub)
    hub.stored.inject(fault)
    assert landed(hub, asked).commit == hub.board.head.id
    assert is_made_once(hub, asked.parent)


def test_a_commit_that_lands_only_after_it_was_sent_again(hub: Hub) -> None:
    """The second request is refused, since the first one made its parent stale."""
    asked = guarded(hub)
    hub.stored.inject(late_commit(0.6))
    quick = Patience(send=10, settle=0.3, busy=0.5, look=0.02)
    hub.stored.inject(
        Fault(method="POST", path=COMMIT_CALL, answer="held", seconds=0.6, work="done")
    )
    found = commit(hub.opened(), asked, quick)
    assert found.commit == hub.board.head.id
    assert is_made_once(hub, asked.parent)


@pytest.mark.parametrize("done", [True, False])
def test_a_call_that_hangs_ends_and_is_settled(hub: Hub, done: bool) -> None:
    asked = guarded(hub)
    hub.stored.inject(hang(20, path=COMMIT_CALL, done=done))
    patience = Patience(send=1.5, settle=0.2, busy=10, look=0.02)
    commit(hub.opened(), asked, patience)
    assert is_made_once(hub, asked.parent)


def test_an_outcome_that_stays_unknown_says_what_to_look_for(hub: Hub) -> None:
    hub.stored.inject(refusal(503, path=COMMIT_CALL, times=3))
    quick = Patience(send=10, settle=0.05, busy=0.5, look=0.02)
    with pytest.raises(UnknownOutcomeError, match=r"look for Frontrunner-Change: [0-9a-f]{32}"):
        commit(hub.opened(), guarded(hub), quick)


def test_a_push_by_somebody_else_in_between_is_never_overwritten(hub: Hub) -> None:
    asked = guarded(hub)
    hub.stored.inject(other_push({"other.txt": "x"}))
    with pytest.raises(StaleParentError, match=r"somebody-else committed \w+ \(Another change\)"):
        landed(hub, asked)
    assert hub.board.head.author == "somebody-else"
    assert "new.txt" not in hub.board.head.files


def test_a_push_by_somebody_else_while_the_answer_is_lost(hub: Hub) -> None:
    """The commit was made, and then somebody built on it: it is found below theirs."""
    asked = guarded(hub)
    hub.stored.inject(lost_commit())
    found = landed(hub, asked)
    hub.stored.push(hub.board, {"other.txt": "x"})
    assert landed(hub, asked) == Landed(found.commit, "found")


def test_a_stale_parent_is_refused_before_anything_is_written(hub: Hub) -> None:
    asked = guarded(hub)
    hub.stored.push(hub.board, {"other.txt": "x"})
    with pytest.raises(StaleParentError, match="plan again"):
        landed(hub, asked)
    assert hub.board.head.author == "somebody-else"


def test_somebody_else_made_the_very_same_change(hub: Hub) -> None:
    """The client then sends nothing and names their commit, whatever the parent."""
    asked = guarded(hub, TreeChange({"new.txt": b"1"}))
    hub.stored.push(hub.board, {"new.txt": "1"})
    with pytest.raises(StaleParentError, match="somebody-else"):
        landed(hub, asked)


def test_a_commit_equal_to_the_head_changes_nothing(hub: Hub) -> None:
    same = TreeChange({"app.py": OLD_FILES["app.py"].encode()})
    asked = guarded(hub, same)
    assert landed(hub, asked) == Landed(asked.parent, "unchanged")
    assert hub.asked("POST", "/commit/main") == 0


def test_a_commit_equal_to_a_head_that_is_not_the_parent_is_stale(hub: Hub) -> None:
    asked = guarded(hub, TreeChange({"app.py": OLD_FILES["app.py"].encode()}))
    hub.stored.push(hub.board, {"other.txt": "x"})
    with pytest.raises(StaleParentError):
        landed(hub, asked)


def test_another_commit_under_way_is_waited_for(hub: Hub) -> None:
    asked = guarded(hub)
    hub.stored.inject(busy(times=3))
    assert landed(hub, asked).how == "made"
    hub.stored.inject(busy(times=1000))
    impatient = Patience(send=20, settle=1.0, busy=0.1, look=0.02)
    with pytest.raises(HubConflictError, match="409"):
        commit(hub.opened(), guarded(hub, TreeChange({"b.txt": b"2"})), impatient)


def test_a_head_that_lags_does_not_make_a_commit_stale_or_twice() -> None:
    with made_hub(Switches(head_lag=0.4)) as hub:
        first = landed(hub, guarded(hub))
        hub.stored.inject(lost_commit())
        asked = guarded(hub, TreeChange({"second.txt": b"2"}), parent=first.commit)
        second = landed(hub, asked)
        assert hub.board.head.id == second.commit
        assert [one.parent for one in hub.board.commits[-2:]][1] == first.commit


def test_a_rate_limit_is_waited_for_and_errors_that_pass_are_tried_again(hub: Hub) -> None:
    opened = hub.opened()
    hub.stored.inject(rate_limited(0, path=COMMIT_CALL))
    hub.stored.inject(refusal(503, path="/tree/"), refusal(500, path="/preupload/"))
    asked = guarded(hub)
    commit(opened, asked, QUICK)
    assert is_made_once(hub, asked.parent)


def test_a_rate_limit_beyond_the_time_is_an_error_and_nothing_is_written(hub: Hub) -> None:
    asked = guarded(hub)
    hub.stored.inject(rate_limited(300, path=COMMIT_CALL))
    with pytest.raises(HubUnavailableError, match="asks to wait 301 seconds"):
        landed(hub, asked)
    assert hub.board.head.id == asked.parent


@pytest.mark.parametrize("moment", ["before", "between reading and the upload", "at the commit"])
def test_a_redirect_to_another_repository_stops_before_writing(hub: Hub, moment: str) -> None:
    """The client would repeat the commit, with its token, at the new name."""
    asked = guarded(hub)
    other = hub.stored.create("space", "board/other", author="owner", sdk="static")
    before = len(other.commits)
    if moment == "before":
        hub.stored.relocate(hub.board, "board/new-name")
    else:
        call = "preupload/main" if "upload" in moment else "commit/main"
        to = {"Location": f"/api/spaces/board/other/{call}"}
        path = f"{BOARD}/{call}"
        hub.stored.inject(Fault(path=path, work="not done", status=307, headers=to))
    with pytest.raises(MovedError) as error:
        landed(hub, asked)
    assert error.value.to == ("board/new-name" if moment == "before" else "board/other")
    assert len(other.commits) == before
    assert hub.stored.space(BOARD).head.id == asked.parent


def test_a_commit_is_one_commit_however_many_files_it_has(hub: Hub) -> None:
    """`upload_folder` would make two of them, and give only the first one its parent."""
    tree = {f"data/{number}.csv": b"%d" % number for number in range(650)}
    asked = guarded(hub, replacing(hub.board.head.files, {"README.md": b"# x\n", **tree}))
    landed(hub, asked)
    assert hub.board.head.parent == asked.parent
    assert set(hub.board.head.files) == {"README.md", *tree}


def test_upload_folder_is_called_nowhere() -> None:
    sources = Path(frontrunner.__file__).parent.rglob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert "upload_folder(" not in text
    assert text.count("api.create_commit(") == 1


def test_files_that_a_gitignore_names_are_not_left_out(hub: Hub) -> None:
    asked = guarded(hub, TreeChange({"kept.tmp": b"1", "__pycache__/x.pyc": b"\0"}))
    landed(hub, asked)
    assert {"kept.tmp", "__pycache__/x.pyc"} <= set(hub.board.head.files)


def test_binary_files_and_data_files_without_a_warning(hub: Hub) -> None:
    content = random.Random(1).randbytes(3000)
    landed(hub, guarded(hub, TreeChange({"a.parquet": content, "b.png": b"\0" + content})))
    assert hub.board.head.files["a.parquet"].sha256
    assert hub.stored.content(hub.board.head.files["b.png"]) == b"\0" + content


def test_an_upload_that_fails_leaves_the_board_as_it_is(hub: Hub) -> None:
    asked = guarded(hub, TreeChange({"a.bin": b"\0" * 10}))
    hub.stored.inject(refusal(403, "No", path="/-/upload/"))
    with pytest.raises(HubError):
        landed(hub, asked)
    assert hub.board.head.id == asked.parent


def test_a_token_without_the_right_to_write(hub: Hub) -> None:
    with pytest.raises(HubRightsError, match="403"):
        commit(hub.opened(READER), guarded(hub), QUICK)


def test_a_readme_that_the_hub_refuses(hub: Hub) -> None:
    wrong = TreeChange({"README.md": b"---\nsdk: fortran\n---\n"})
    with pytest.raises(HubError, match="sdk"):
        landed(hub, guarded(hub, wrong))


def test_a_commit_that_does_not_have_the_files_is_said(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = hub.stored.commit

    def drops_a_file(repository: Any, files: Any, **rest: Any) -> Any:
        return real(repository, {p: e for p, e in files.items() if p != "new.txt"}, **rest)

    monkeypatch.setattr(hub.stored, "commit", drops_a_file)
    with pytest.raises(HubError, match="does not have the files"):
        landed(hub, guarded(hub))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_fails_the_board_has_the_old_tree_or_the_new_one(seed: int) -> None:
    """Random faults; at the end the change is made once, or not at all and the error says so."""
    chance = random.Random(seed)
    with made_hub() as hub:
        asked = guarded(hub)
        faults = [
            lost_commit(),
            landed_error(),
            late_commit(0.1),
            busy(),
            refusal(503, path="/preupload/"),
            refusal(502, path="/commits/"),
            refusal(503, path=COMMIT_CALL),
        ]
        hub.stored.inject(*chance.choices(faults, k=3))
        outcome = try_commit(hub.opened(), asked)
        wait_until(lambda: hub.stored.next_fault("", "no such path") is None, "no fault is left")
        commits = [one for one in hub.board.commits if one.parent == asked.parent]
        assert len(commits) <= 1
        if outcome is not None:
            assert [one.id for one in commits] == [outcome.commit]


def try_commit(opened: Opened, asked: Guarded) -> Landed | None:
    try:
        return commit(opened, asked, QUICK)
    except (UnknownOutcomeError, HubUnavailableError):
        return None
