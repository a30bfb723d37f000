"""What a Space does at each moment of its deployments."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.hub.standin.deploys import Cause, Deploy, Result, Run, run_at
from frontrunner.hub.standin.switches import Switches
from tests.hub.made_hub import Hub

PLAIN = Switches()
FIRST = Deploy(at=0, cause=Cause.COMMIT, commit="a", build=10, start=5)
SECOND = Deploy(at=100, cause=Cause.COMMIT, commit="b", build=10, start=5)


def seen(
    deploys: list[Deploy], at: float, switches: Switches = PLAIN
) -> tuple[str, object, object]:
    run = run_at(deploys, at, switches)
    return run.stage, run.sha, run.serving


def test_a_first_deployment_serves_nothing_until_it_runs() -> None:
    stages = [seen([FIRST], at) for at in (-1, 0, 9.9, 10, 14.9, 15)]
    assert stages == [
        ("NO_APP_FILE", None, None),
        ("BUILDING", None, None),
        ("BUILDING", None, None),
        ("APP_STARTING", None, None),
        ("APP_STARTING", None, None),
        ("RUNNING", "a", "a"),
    ]


def test_during_an_update_the_old_container_serves_and_the_runtime_names_it() -> None:
    stages = [seen([FIRST, SECOND], at) for at in (100, 110, 115)]
    assert stages == [
        ("RUNNING_BUILDING", "a", "a"),
        ("RUNNING_APP_STARTING", "a", "a"),
        ("RUNNING", "b", "b"),
    ]


@pytest.mark.parametrize("keeps", ["old", "nothing"])
@pytest.mark.parametrize("names", ["new", "old"])
@pytest.mark.parametrize("result", [Result.BUILD_ERROR, Result.RUNTIME_ERROR])
def test_both_behaviours_after_an_update_that_failed(
    keeps: str, names: str, result: Result
) -> None:
    changes = {"after_build_error": keeps, "after_runtime_error": keeps, "error_sha": names}
    switches = msgspec.convert(changes, Switches)
    failing = msgspec.structs.replace(SECOND, result=result)
    expected = ("b" if names == "new" else "a", "a" if keeps == "old" else None)
    assert seen([FIRST, failing], 200, switches) == (result, *expected)


def test_a_commit_during_a_build_replaces_it() -> None:
    quick = msgspec.structs.replace(SECOND, at=105, commit="c")
    assert seen([FIRST, SECOND, quick], 111) == ("RUNNING_BUILDING", "a", "a")
    assert seen([FIRST, SECOND, quick], 120) == ("RUNNING", "c", "c")


@pytest.mark.parametrize(("serves", "meanwhile"), [(True, "a"), (False, None)])
def test_a_restart_with_and_without_the_old_container(serves: bool, meanwhile: str | None) -> None:
    again = Deploy(at=50, cause=Cause.RESTART, commit="a", start=5)
    run = run_at([FIRST, again], 52, Switches(restart_serves=serves))
    assert run.serving == meanwhile
    assert seen([FIRST, again], 55, Switches(restart_serves=serves)) == ("RUNNING", "a", "a")


@pytest.mark.parametrize(("cause", "stage"), [(Cause.PAUSE, "PAUSED"), (Cause.SLEEP, "SLEEPING")])
def test_a_space_that_is_paused_or_asleep_serves_nothing(cause: Cause, stage: str) -> None:
    ended = Deploy(at=50, cause=cause, commit="a")
    assert seen([FIRST, ended], 60) == (stage, "a", None)


DEPLOYS = st.lists(
    st.builds(
        Deploy,
        at=st.integers(0, 50).map(float),
        cause=st.sampled_from(Cause),
        commit=st.sampled_from("abc"),
        result=st.sampled_from(Result),
        build=st.integers(0, 5).map(float),
        start=st.integers(0, 5).map(float),
    ),
    max_size=6,
).map(lambda some: sorted(some, key=lambda one: one.at))


@given(DEPLOYS, st.integers(0, 60))
def test_running_means_that_the_named_commit_serves(deploys: list[Deploy], at: int) -> None:
    run = run_at(deploys, at, PLAIN)
    if run.stage == "RUNNING":
        assert run.sha == run.serving is not None
    if run.stage.startswith("RUNNING_"):
        assert run.serving is not None


@given(DEPLOYS, st.integers(0, 60))
def test_nothing_changes_before_it_happens(deploys: list[Deploy], at: int) -> None:
    known = [one for one in deploys if one.at <= at]
    assert run_at(deploys, at, PLAIN) == run_at(known, at, PLAIN)


def test_a_space_without_a_deployment() -> None:
    assert run_at([], 0, PLAIN) == Run()
    assert Run().since == -math.inf


def test_a_restart_does_not_fail_to_build(hub: Hub) -> None:
    hub.wait("RUNNING")
    hub.stored.let_next_end(hub.board, Result.BUILD_ERROR)
    hub.stored.restart(hub.board, Cause.RESTART)
    hub.wait("RUNNING")
    hub.stored.push(hub.board, {"a": "b"})
    hub.wait("BUILD_ERROR")
