"""Answers from the past are what was answered then."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.base.errors import UnknownNameError
from frontrunner.http.app import Application
from frontrunner.http.earlier import Earlier
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.http.conftest import call

PATHS = (
    "/v1/benchmarks", "/v1/benchmarks/All/scores", "/v1/benchmarks/All/scores.csv",
    "/v1/benchmarks/All", "/v1/benchmarks/menu", "/v1/models", "/v1/models/org/a",
    "/v1/models/org/a/scores",
)  # fmt: skip


@pytest.fixture
def snapshots(tmp_path: Path) -> list[Snapshot]:
    """Four of them; the last is published."""
    return [small_snapshot(tmp_path, number / 100) for number in range(4)]


@pytest.mark.parametrize("packed", [False, True])
def test_answers_equal_those_of_then(snapshots: list[Snapshot], packed: bool) -> None:
    old, *_, current = snapshots
    then = {path: call(Application(old), "GET", path) for path in PATHS}
    if packed:
        Store(old.folder.parent.parent).pack([old.id])
    now = Application(current)
    for path, answer in then.items():
        found = call(now, "GET", f"{path}?snapshot={old.id}")
        assert found.status_code == 200
        assert found.content == answer.content, path
        assert found.headers["etag"] == answer.headers["etag"]
    assert call(now, "GET", PATHS[1]).content != then[PATHS[1]].content
    same = call(now, "GET", f"{PATHS[1]}?snapshot={current.id}")
    assert same.content == call(now, "GET", PATHS[1]).content
    assert call(now, "GET", f"{PATHS[1]}?snapshot=2100-01-01").content == same.content


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("0123456789abcdef", "Snapshot 0123456789abcdef is not kept"),
        ("1999-01-01", "The oldest is of"),
        ("2025-02-31", "is not a date"),
        ("../../etc", "is not kept"),
    ],
)
def test_an_unknown_one_is_a_404(snapshots: list[Snapshot], wanted: str, said: str) -> None:
    answer = call(Application(snapshots[-1]), "GET", f"/v1/models?snapshot={wanted}")
    assert answer.status_code == 404
    assert said in answer.json()["detail"]
    assert str(snapshots[0].folder.parent) not in answer.text


def test_few_are_open_and_their_folders_go(snapshots: list[Snapshot]) -> None:
    *old, current = snapshots
    Store(current.folder.parent.parent).pack([one.id for one in old])
    earlier, folders = Earlier(current), []
    for one in old:
        found = earlier.find(one.id)
        assert isinstance(found, Bodies)
        folders.append(found._service.snapshot.folder)
        assert found is earlier.find(one.id)
    del found
    gc.collect()
    assert [folder.exists() for folder in folders] == [False, True, True]
    assert earlier.find(current.id) is None
    with pytest.raises(UnknownNameError):
        earlier.find("")
