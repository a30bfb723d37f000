"""Where links lead."""

from __future__ import annotations

from frontrunner.checks.contract.check import check
from frontrunner.checks.contract.fetch import Response
from frontrunner.checks.contract.finding import Compatibility
from frontrunner.checks.contract.record import (
    Link,
)
from tests.checks.contract.made_up import Board, moved, page, record, verdicts


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
