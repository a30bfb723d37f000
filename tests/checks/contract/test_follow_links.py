"""Where links lead."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import (
    Link,
)
from tests.checks.contract.made_up import Board, moved, page, record, verdicts

CIRCLE = "redirects in a circle or too often: "
ELSEWHERE = "leads to another site,"
FRONT = "shows the front page, whatever the link asks for"


def test_a_link_may_move_but_not_to_the_front_page() -> None:
    links = {
        "/?task=a": (moved("/board"), Compatibility.COMPATIBLE),
        "/?task=two-steps": (moved("/?task=a"), Compatibility.COMPATIBLE),
        "/?task=bare": (moved("/"), Compatibility.CHANGED),
        "/?task=same": (page("front"), Compatibility.CHANGED),
        "/?task=nowhere": (moved("/nowhere"), Compatibility.MISSING),
        "/?task=gone": (None, Compatibility.MISSING),
        "/?task=away": (moved("https://elsewhere.example/"), Compatibility.CHANGED),
        "/?task=round": (moved("/?task=and-round"), Compatibility.CHANGED),
        "/?task=and-round": (moved("/?task=round"), Compatibility.CHANGED),
        "/?task=lost": (moved(""), Compatibility.CHANGED),
        "/": (page("front"), Compatibility.COMPATIBLE),
    }
    answers = {path: answer for path, (answer, _) in links.items()} | {"/board": page("board")}
    made = record(links=tuple(Link(path) for path in links))
    assert verdicts(made, answers) == {path: verdict for path, (_, verdict) in links.items()}


def test_a_redirect_without_an_end_is_noticed() -> None:
    class Endless(Board):
        def __call__(self, path: str) -> Response:
            return moved(f"{path}x") if path.startswith("/?") else super().__call__(path)

    [found] = check(record(links=(Link("/?task=a"),)), Endless({}))
    assert found.verdict is Compatibility.CHANGED
    assert "in a circle or too often" in found.reason


@pytest.mark.parametrize(
    ("path", "answers", "reason"),
    [
        ("/a", {"/a": page()}, "answers"),
        ("/a", {"/a": moved("/b"), "/b": page()}, "leads to /b"),
        ("/a", {"/a": moved("/b")}, "leads to /b, which answers 404"),
        ("/a", {}, "answers 404"),
        ("/a", {"/a": Response(403, "", "", b"")}, "answers 403"),
        ("/a", {"/a": moved("")}, "/a redirects without saying where"),
        ("/a", {"/a": moved("https://x/")}, f"{ELSEWHERE} https://x/, which was not requested"),
        ("/a", {"/a": moved("/")}, "leads to the bare front page"),
        ("/?q=1", {"/?q=1": page("f"), "/": page("f")}, FRONT),
        ("/a?q=1", {"/a?q=1": page("f"), "/": page("f")}, "answers"),
        ("/a", {"/a": moved("/b"), "/b": moved("/a")}, f"{CIRCLE}/a -> /b -> /a"),
        (
            "/0",
            {f"/{n}": moved(f"/{n + 1}") for n in range(9)},
            f"{CIRCLE}/0 -> /1 -> /2 -> /3",
        ),
    ],
)
def test_the_reason_says_where_a_link_leads(
    path: str, answers: dict[str, Any], reason: str
) -> None:
    [found] = check(record(links=(Link(path),)), Board(answers))
    assert found.reason == reason


def test_five_redirects_are_followed_and_six_are_not() -> None:
    for count, verdict in ((5, Compatibility.COMPATIBLE), (6, Compatibility.CHANGED)):
        answers: dict[str, Any] = {f"/{n}": moved(f"/{n + 1}") for n in range(count)}
        answers[f"/{count}"] = page()
        [found] = check(record(links=(Link("/0"),)), Board(answers))
        assert found.verdict is verdict, count
