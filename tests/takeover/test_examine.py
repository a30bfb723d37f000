"""What doctor says of a take-over: a dead ledger, and a controller that is dead or stands by."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from frontrunner.base.atomic import locked
from frontrunner.base.config import Settings, load_settings
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.takeover.examine import examine_takeover
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.ledger.opening import ledger_file
from frontrunner.takeover.stages import Stage
from frontrunner.takeover.telling import last_look
from frontrunner.takeover.wiring import _place
from tests.cli.test_takeover_read import keep
from tests.takeover.sim import Sim


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose take-over shifts users."""
    sim = Sim()
    sim.go_to(Stage.SHIFTING, 1)
    keep(sim, tmp_path)
    return load_settings(tmp_path, {})


def lease(settings: Settings, holder: str) -> Generator[None, None, None]:
    """Give the lease to a holder; whenever this goes on, the holder renews it."""
    with closing(Ledger("", Home(settings.home).takeover)) as ledger:
        one = Lease(ledger.database)
        token = one.acquire(holder)
        assert token is not None
        while True:
            yield
            one.renew(token)


def found(
    settings: Settings, after: float = 1.0, renews: bool = False, holder: str = ""
) -> Finding:
    """What is found of the controller, some seconds after its last look."""
    look = last_look(Home(settings.home).looks)
    assert look is not None
    with ExitStack() as held:
        steps = held.enter_context(closing(lease(settings, holder))) if holder else None
        if steps:
            next(steps)

        def sleep(_: float) -> None:
            if steps and renews:
                next(steps)

        chain, controller = examine_takeover(settings, lambda: look.at + after, sleep)
    assert (chain.what, chain.state) == ("ledger", "ok")
    return controller


def own(settings: Settings) -> str:
    return f"{_place(Home(settings.home))} pid 7"


def test_no_controller_though_one_is_needed(settings: Settings) -> None:
    one = found(settings)
    assert one.state == "wrong"
    assert "none runs, though the take-over is at shifting" in one.text
    assert "frontrunner takeover start" in one.text


def test_a_controller_that_works(settings: Settings) -> None:
    with locked(Home(settings.home).controller_lock):
        one = found(settings, 2.0, holder=own(settings))
    assert (one.state, one.text) == ("ok", f"{own(settings)}, whose last check was 2 s ago")


def test_a_controller_that_has_just_begun(settings: Settings) -> None:
    """Its last look was said to be 0 s ago."""
    Home(settings.home).looks.unlink()
    with (
        closing(lease(settings, own(settings))) as steps,
        locked(Home(settings.home).controller_lock),
    ):
        next(steps)
        *_, one = examine_takeover(settings, sleep=lambda _: None)
    assert (one.state, one.text) == ("ok", f"{own(settings)}, which has not run a check yet")


def test_a_controller_that_was_killed(settings: Settings) -> None:
    one = found(settings, holder=own(settings))
    assert one.state == "wrong"
    assert "pid 7 is dead: it ended without releasing its lease" in one.text


def test_a_controller_that_hangs(settings: Settings) -> None:
    with locked(Home(settings.home).controller_lock):
        one = found(settings, 60.0, holder=own(settings))
    assert one.state == "wrong"
    assert "its last check was 60 s ago" in one.text


@pytest.mark.parametrize("renews", [True, False])
@pytest.mark.parametrize("stands_by", [True, False])
def test_a_controller_of_another_machine(settings: Settings, renews: bool, stands_by: bool) -> None:
    with ExitStack() as stack:
        if stands_by:
            stack.enter_context(locked(Home(settings.home).controller_lock))
        one = found(settings, renews=renews, holder="other /home pid 7")
    assert one.state == ("ok" if renews else "wrong")
    assert ("stands by" in one.text) == stands_by
    assert ("does not renew its lease" in one.text) == (not renews)


def test_a_broken_chain(settings: Settings) -> None:
    with closing(sqlite3.connect(ledger_file(Home(settings.home).takeover))) as database:
        database.execute("UPDATE ledger SET actor = 'eve' WHERE seq = 2")
        database.commit()
    first = next(examine_takeover(settings, sleep=lambda _: None))
    assert (first.what, first.state) == ("ledger", "wrong")
    assert "takeover verify" in first.text


def test_a_dead_ledger(settings: Settings) -> None:
    ledger_file(Home(settings.home).takeover).write_bytes(b"no database" * 1000)
    [one] = examine_takeover(settings)
    assert (one.what, one.state) == ("ledger", "wrong")
    assert "gateway share 0 --force" in one.text


def test_a_ledger_that_is_gone_on_the_hub(tmp_path: Path) -> None:
    """It was begun anew in silence, and the way back that was named leads nowhere there."""
    settings = load_settings(tmp_path, {"FRONTRUNNER_TAKEOVER_PLANE": "hub"})
    assert list(examine_takeover(settings)) == []
    before = Home(tmp_path).engagement_before
    before.parent.mkdir()
    before.write_text("{}")
    [one] = examine_takeover(settings)
    assert f"run: frontrunner hub restore --home {tmp_path}. To start over, move" in one.text
    assert "gateway" not in one.text


def test_without_a_takeover_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert list(examine_takeover(load_settings(tmp_path, {}))) == []
