"""The console with a real controller, a real ledger and Envoy: what is pressed happens."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.takeover.console.access import Tokens
from frontrunner.takeover.console.desk import Console, Rules
from frontrunner.takeover.console.incoming import LOOPBACK_NAMES
from frontrunner.takeover.console.watching import Watched, Watcher
from frontrunner.takeover.loading import gateway_folder, load_plan
from tests.cli.test_takeover_run import controller, home
from tests.gateway.conftest import Running, _one_gateway, gateway, until
from tests.takeover.console.clients import Client

__all__ = ["_one_gateway", "controller", "gateway", "home"]


@pytest.fixture
def operator(home: Path, tokens: Tokens, controller: object) -> Iterator[Client]:
    settings = load_settings(home)
    watched = Watched(home=home, gateway=settings.gateway, folder=gateway_folder(settings))
    watcher = Watcher(watched, lambda: (load_plan(load_settings(home)), ""))
    console = Console(watcher, tokens, Rules(LOOPBACK_NAMES, 8090))
    yield Client(console).log_in("t" * 43)
    watcher.close()


def seen(operator: Client, text: str, path: str = "/") -> None:
    until(lambda: text in operator.get(path).body, 20)


def test_a_move_and_its_rollback_from_the_console(
    gateway: Running, operator: Client, controller: subprocess.Popen[str]
) -> None:
    until(lambda: gateway.control.kept().banner, 30)
    seen(operator, "manual-shifting")
    seen(operator, 'name="ticket"', "/do/approve")  # not before the gate waits
    sent = operator.press("approve", reason="Everybody is awake.").header("location")
    until(lambda: gateway.control.get_share() == 500)
    seen(operator, "Approved manual-shifting by console:ada: Everybody is awake.", sent)
    seen(operator, "Shifting, step 1 of 2 (5%)")
    page = operator.get("/do/rollback")
    fields = {"csrf": page.field("csrf"), "ticket": page.field("ticket"), "reason": "A drill."}
    sent = operator.post("/do/rollback", fields).header("location")
    until(lambda: gateway.control.get_share() == 0)
    seen(operator, "Rolled back by console:ada: A drill.", sent)
    seen(operator, "rolled back")
    seen(operator, "Everything is rolled back already.", "/do/rollback")
    assert operator.press("retry").status == 303
    until(lambda: gateway.control.kept().banner, 30)
    move = gateway.control.place.folder / "transition.json"
    until(lambda: b'"kind":"retried"' in move.read_bytes(), 20)
    assert b"drill" not in move.read_bytes()
