"""Every page is made of any scene, and its files are those that were built."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from frontrunner.takeover.console import screens
from frontrunner.takeover.console.model import Inputs
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.console.clients import Client, FakeDesk
from tests.takeover.console.scene import NOW, PLAN, looks, scene
from tests.takeover.makers import at, chain, decided, in_force

BACK = at(Stage.SHIFTING, 1, Mode.ROLLED_BACK)
SCENES: dict[str, Callable[[], Inputs]] = {
    "nothing at all": lambda: Inputs(at=NOW),
    "a plan": lambda: Inputs(at=NOW, found=PLAN, plan_text="1. parallel"),
    "in the middle": scene,
    "rolled back": lambda: scene(
        entries=tuple(chain(in_force(PLAN), decided(at(Stage.SHIFTING, 1), BACK))),
        looks=looks(3, BACK),
    ),
}
PAGES = ["/", "/ledger", "/differences", "/differences?route=/v1/benchmarks/*/scores", "/feedback",
         "/plan", "/do/rollback", "/do/advance", "/do/finish", "/?sent=3",
         "/ledger?kind=decision&q=ada&before=9"]  # fmt: skip


@pytest.mark.parametrize("inputs", SCENES.values(), ids=SCENES.keys())
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_every_scene(
    ada: Client, desk: FakeDesk, path: str, inputs: Callable[[], Inputs]
) -> None:
    desk.now = inputs()
    answer = ada.get(path)
    assert answer.status == 200
    assert "{{" not in answer.body
    assert answer.body.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', answer.body)
    assert len(ids) == len(set(ids))
    head = ada.ask("HEAD", path)
    # Tickets are new each time and always of the same length.
    assert (head.status, head.body) == (200, "")
    assert head.header("content-length") == str(len(answer.body.encode()))


def test_the_answer_to_a_command_is_shown(ada: Client, desk: FakeDesk) -> None:
    assert "The controller answered entry 10: Paused by console:ada" in ada.get("/?sent=10").body
    assert "Entry 99 was written." in ada.get("/?sent=99").body
    assert "was written" not in ada.get("/?sent=x").body


def test_files_are_named_by_their_content_and_kept(ada: Client, stranger: Client) -> None:
    found = re.findall(r"/_assets/[\w.]+", ada.get("/").body)
    assert len(found) == 2
    for path in found:
        answer = stranger.get(path)
        assert answer.status == 200
        assert "immutable" in answer.header("cache-control")
        assert answer.header("x-content-type-options") == "nosniff"


def test_the_script_is_tiny() -> None:
    found = screens.asset_body(screens.asset("console.js"))
    assert found is not None
    assert len(found[1]) < 2000


def test_without_scripts_the_overview_loads_again_and_forms_do_not(ada: Client) -> None:
    assert '<noscript><meta http-equiv="refresh"' in ada.get("/").body
    assert 'http-equiv="refresh"' not in ada.get("/do/rollback").body
