"""The loop: lease, ledger, data plane and witness, each of which may fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

import msgspec
import pytest

from frontrunner.base.errors import LedgerError, TakeoverError
from frontrunner.base.gate_settings import SuccessGate
from frontrunner.base.takeover_settings import TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.records import Decided, Entry, Noted, Observed, Verb
from frontrunner.takeover.stages import Mode, Stage, World
from tests.takeover.sim import Sim

DAY = 86400.0


def test_a_second_controller_stands_by_and_takes_over(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    second = sim.another("two")
    assert second.tick() is None
    assert second.token is None
    sim.controller.release()
    assert second.tick() is not None
    assert second.state == sim.state
    assert sim.controller.tick() is None
    notes = [one.text for one in sim.records(Noted) if isinstance(one, Noted)]
    assert notes[-1] == "two has the lease, token 2."


def test_a_ledger_that_was_restored_from_a_backup_gets_a_token_above_all(sim: Sim) -> None:
    sim.plane.token = 41
    sim.begin()
    assert sim.controller.token == 42
    assert sim.plane.world.shadow == 2000


def test_without_a_ledger_the_data_plane_stays_as_it_is(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.book.is_gone = True
    sim.judge.verdicts["success"] = Verdict.FAILED
    for _ in range(5):
        look = sim.tick(DAY)
        assert look is not None
        assert (look.position.step, look.holding) == (2, "The database is gone.")
        assert look.reality is not None
    assert sim.share == 2500
    assert sim.witness.troubles == ["The database is gone."] * 5
    sim.book.is_gone = False
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_plan_that_cannot_be_read_does_not_end_the_loop(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.go_to(Stage.SHIFTING)

    def unreadable(_text: str) -> None:
        raise TakeoverError("This plan was made by another version.")

    monkeypatch.setattr("frontrunner.takeover.controller.parse_plan", unreadable)
    share = sim.share
    look = sim.tick()
    assert look is not None
    assert look.holding == "This plan was made by another version."
    assert sim.share == share


def test_a_ledger_that_fails_at_the_begin_is_read_again(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.controller.release()
    second = sim.another("two")
    real, seen = sim.book.entries, []

    def entries(after: int = 0) -> Iterable[Entry]:
        seen.append(after)
        if len(seen) == 1:
            raise LedgerError("The database is gone.")
        return real(after)

    sim.book.entries = entries  # type: ignore[method-assign]
    second.tick()
    assert second.token is not None
    second.tick()
    assert second.state.position == sim.state.position
    assert seen[:2] == [0, 0]
    assert [one for one in sim.records(Noted) if "two has" in getattr(one, "text", "")]


def test_users_taken_back_by_hand_meanwhile_stay_back(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    sim.book.is_gone = True
    sim.tick()
    sim.plane.world = World()  # frontrunner gateway share 0 --force
    sim.book.is_gone = False
    sim.tick()
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


def test_a_ledger_that_fails_between_write_and_outcome_is_reconciled(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)

    def fails() -> None:
        sim.book.is_gone = True

    sim.plane.interrupts["write"] = fails
    sim.tick(3601)
    assert sim.share == 500
    assert sim.position().step == 0
    sim.book.is_gone = False
    sim.tick()
    assert sim.position().step == 1
    assert [one.share for one in sim.plane.history].count(500) == 1
    sim.check_intents()


def test_a_rollback_is_not_held_up_by_measuring(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING, 2)
    looks = len(sim.judge.looked)
    sim.do(Verb.ROLLBACK)
    assert sim.share == 0
    assert len(sim.judge.looked) == looks


def test_a_command_that_takes_a_rollback_back_is_measured(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.FAILED
    sim.tick()
    sim.command(Verb.ROLLBACK)
    assert "parity has failed" in sim.do(Verb.RESUME)


def test_one_look_makes_one_step_at_most(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    for step in range(1, 4):
        sim.tick(30 * 3600.0)
        assert sim.position().step == step


def test_the_witness_hears_of_every_entry_and_again_after_a_crash(sim: Sim) -> None:
    sim.begin()
    assert [one.seq for one in sim.witness.entries] == list(range(1, len(sim.book.stored) + 1))
    sim.command(Verb.PAUSE)
    sim.book.kill_in, sim.book.kill_after = 1, True
    sim.tick()  # killed after the decision was stored, before it was told
    sim.tick()
    assert {one.seq for one in sim.witness.entries} == set(range(1, len(sim.book.stored) + 1))


def test_an_alarm_is_raised_once_until_it_is_due_again(sim: Sim) -> None:
    sim.settings, good = None, sim.settings
    sim.tick()
    assert sim.alarms() == ["The settings cannot be read."]
    for _ in range(10):
        sim.tick(60)
    assert len(sim.alarms()) == 1
    sim.tick(3600)
    assert len(sim.alarms()) == 2
    sim.settings = good
    assert "Started" in sim.do(Verb.START)


def test_rules_that_contradict_each_other_end_in_trouble_and_not_in_a_loop(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.begin()
    observed = sim.records(Observed)[0]
    from frontrunner.takeover import controller
    from frontrunner.takeover.situation import Append

    monkeypatch.setattr(controller, "decide", lambda *_: Append(record=observed))
    sim.tick()
    assert "did not settle" in sim.witness.troubles[0]


def test_the_loop_wakes_for_a_command_and_ends_when_stopped(sim: Sim) -> None:
    sim.begin()
    stop = threading.Event()
    thread = threading.Thread(target=sim.controller.run, args=(stop, 3600.0))
    thread.start()
    try:
        sim.command(Verb.PAUSE)
        until = time.monotonic() + 20
        while sim.mode() is Mode.RUNNING and time.monotonic() < until:
            time.sleep(0.01)
        assert sim.mode() is Mode.PAUSED
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert sim.book.holder == "", "the lease was given back"


def test_the_loop_ends_with_the_take_over(sim: Sim) -> None:
    sim.go_to(Stage.SETTLED)
    sim.command(Verb.FINISH, force=True, reason="enough was seen")
    sim.controller.run(threading.Event(), 0.01)
    assert sim.mode() is Mode.FINISHED
    assert isinstance(sim.records(Decided)[-1], Decided)


def test_a_lease_that_cannot_be_given_back_is_only_logged(sim: Sim) -> None:
    sim.begin()
    sim.book.is_gone = True
    sim.controller.release()
    assert sim.controller.token is None
    with pytest.raises(LedgerError):
        sim.book.entries()


# --- what outlives a controller -------------------------------------------------------------------


def test_a_start_without_the_ledger_keeps_the_time_that_was_watched(sim: Sim) -> None:
    sim.go_to(Stage.GUIDED)
    sim.tick(10 * DAY)
    sim.tick(DAY / 2)
    before = sim.witness.looks[-1].clock
    sim.book.is_gone = True
    sim.restart()
    sim.tick(5)
    sim.tick(5)
    assert sim.witness.looks[-1].clock >= before
    sim.book.is_gone = False
    sim.tick(5)
    assert sim.witness.looks[-1].clock >= before


def test_streaks_and_illness_outlive_a_controller() -> None:
    sim = Sim(TakeoverSettings(gate=(SuccessGate(name="success", failures=3),)))
    sim.go_to(Stage.SHIFTING)
    sim.judge.verdicts["success"] = Verdict.FAILED
    for _ in range(2):
        sim.tick()
        sim.restart()
        assert sim.share == 100
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK, "the third look in a row, by the third controller"


def test_an_illness_outlives_a_controller(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    sim.plane.new = msgspec.structs.replace(sim.plane.new, healthy=False)
    for _ in range(2):
        sim.tick(1)
        sim.tick(25)
        sim.restart()
        assert sim.mode() is Mode.RUNNING
    sim.tick(1)
    sim.tick(25)
    assert sim.mode() is Mode.ROLLED_BACK


def test_a_controller_without_a_lease_writes_nothing(sim: Sim) -> None:
    """Token 0 would pass as a command by hand, which the data plane takes from everybody."""
    sim.go_to(Stage.SHIFTING)
    plane, writes = sim.plane, sim.plane.writes

    def loses() -> None:
        sim.controller.token = None

    plane.interrupts["read"] = loses
    sim.command(Verb.ROLLBACK)
    assert sim.controller.tick() is None
    assert plane.writes == writes


def test_a_long_look_renews_the_lease_before_and_after_a_write(sim: Sim) -> None:
    sim.go_to(Stage.SHIFTING)
    renewed: list[str] = []
    real = sim.book.renew

    def renew(token: int) -> bool:
        renewed.append("renewed")
        return real(token)

    sim.book.renew = renew  # type: ignore[method-assign]
    sim.plane.interrupts["write"] = lambda: renewed.append("write")
    sim.do(Verb.ROLLBACK)
    at = renewed.index("write")
    assert renewed[:at].count("renewed") == 2, "at the begin of the look, and before the write"
    assert "renewed" in renewed[at:]
