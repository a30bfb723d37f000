"""Answers of another shape than the Hub's: errors of this project, not of the client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from frontrunner.base.errors import HubUnavailableError
from frontrunner.hub.asking_engagement import engagement_of
from frontrunner.hub.asking_rights import ask_rights, needs_of_move
from frontrunner.hub.reading import commits_of, facts_of, files_of, runtime_of, settings_of
from frontrunner.hub.session import Hub as Opened
from frontrunner.hub.standin.faults import Fault
from tests.hub.conftest import hub, plain_client
from tests.hub.made_hub import BOARD, Hub

__all__ = ["hub", "plain_client"]
SPACE = r"^/api/spaces/[^/]+/[^/]+$"
READS: dict[str, Callable[[Opened], object]] = {
    SPACE: lambda opened: facts_of(opened, BOARD),
    "/runtime$": lambda opened: runtime_of(opened, BOARD),
    "/tree/": lambda opened: files_of(opened, BOARD, "main"),
    "/commits/": lambda opened: commits_of(opened, BOARD),
    "/variables$": lambda opened: settings_of(opened, BOARD),
    "/secrets$": lambda opened: settings_of(opened, BOARD),
    "/likers$": lambda opened: engagement_of(opened, BOARD),
    "/discussions$": lambda opened: engagement_of(opened, BOARD),
    "/discussions/1$": lambda opened: engagement_of(opened, BOARD),
    "/overview$": lambda opened: engagement_of(opened, BOARD),
    "whoami": lambda opened: ask_rights(opened, needs_of_move(BOARD, ())),
}


def answers(hub: Hub, path: str, body: str) -> None:
    kind = {"Content-Type": "application/json"}
    hub.stored.inject(Fault(path=path, status=200, work="not done", body=body, headers=kind))


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("body", ["<html>", "7", "[7]"])
def test_an_answer_that_is_not_understood_is_none(hub: Hub, path: str, body: str) -> None:
    """A page of a proxy, for one, that answers for the Hub for a while."""
    opened = replace(hub.opened(), waits=())
    answers(hub, path, body)
    with pytest.raises(HubUnavailableError, match="not understood"):
        READS[path](opened)
    READS[path](opened)


@pytest.mark.parametrize("path", READS)
def test_what_is_not_understood_is_asked_again(hub: Hub, path: str) -> None:
    opened = replace(hub.opened(), waits=(0.0, 0.0))
    for _ in range(2):
        answers(hub, path, "<html>")
    READS[path](opened)


def test_a_repetition_ends_with_the_time_of_the_call(hub: Hub) -> None:
    opened = replace(hub.opened(seconds=5), waits=(1000.0,))
    answers(hub, SPACE, "<html>")
    with pytest.raises(HubUnavailableError, match="not understood"):
        facts_of(opened, BOARD)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/variables$", '{"A": 7}'),
        ("/tree/", '[{"type": "file", "path": 5, "oid": "a", "size": 1}]'),
        ("/tree/", '[{"type": "file", "path": "a", "oid": "a", "size": "many"}]'),
        (SPACE, '{"id": "board/leaderboard", "sha": 5}'),
        (SPACE, '{"id": "board/leaderboard", "likes": "many"}'),
        ("/runtime$", '{"stage": "RUNNING", "hardware": {}, "sha": 5}'),
    ],
)
def test_values_of_other_types_go_no_further(hub: Hub, path: str, body: str) -> None:
    opened = replace(hub.opened(), waits=())
    answers(hub, path, body)
    with pytest.raises(HubUnavailableError, match="not understood"):
        READS[path](opened)


# --- mistakes of this program ---------------------------------------------------------------------


def _looks_up_what_is_missing(opened: Opened) -> object:
    return dict[str, str]()["a key"]


def _calls_the_client_wrongly(opened: Opened) -> object:
    return opened.api.space_info(BOARD, no_such_argument=True)  # type: ignore[call-arg]


def _has_no_such_call(opened: Opened) -> object:
    return opened.api.no_such_call()  # type: ignore[attr-defined]


def _reads_what_an_answer_has_not(opened: Opened) -> object:
    return opened.api.space_info(BOARD).no_such_fact  # type: ignore[attr-defined]


MISTAKES: dict[str, tuple[Callable[[Opened], object], type[Exception]]] = {
    "look-up": (_looks_up_what_is_missing, KeyError),
    "argument": (_calls_the_client_wrongly, TypeError),
    "call": (_has_no_such_call, AttributeError),
    "fact": (_reads_what_an_answer_has_not, AttributeError),
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("ask", ["read", "write"])
def test_mistakes_of_this_program_do_not_pass_for_answers(hub: Hub, name: str, ask: str) -> None:
    """They were repeated, and then said to be answers of the Hub."""
    mistake, raised = MISTAKES[name]
    opened, tried = hub.opened(), []

    def with_mistake() -> object:
        tried.append(name)
        return mistake(opened)

    with pytest.raises(raised):
        getattr(opened, ask)("Trying", with_mistake)
    assert len(tried) == 1
