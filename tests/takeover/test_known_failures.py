"""What went wrong in other rollout tools, asked of the controller; docs/invariants/users.md."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.plan import STEP_BACK, plan_of, positions
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import Cause, Decided, Intended, Refused, Restarted, Verb
from frontrunner.takeover.stages import FULL, Mode, Position, Stage, World
from tests.takeover.sim import Sim, well

DAY = 86400.0
EVERYWHERE = positions(plan_of(TakeoverSettings()))[1:]


def sick(side: str) -> Side:
    return msgspec.structs.replace(well(side), healthy=False)


# --- back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.SHIFTING, Stage.CUTOVER, Stage.SETTLED])
def test_no_user_is_sent_back_to_a_broken_board(sim: Sim, stage: Stage) -> None:
    """flagger#1898, #1931, #1932: a rollback sent all users to a primary that was broken."""
    sim.go_to(stage)
    before = sim.plane.world
    sim.plane.old = sick("old")
    sim.judge.verdicts["freshness"] = Verdict.FAILED
    sim.command(Verb.ROLLBACK)
    for _ in range(5):
        sim.tick()
        assert sim.plane.world == before
    assert "The old board is not healthy" in sim.alarms()[0]
    sim.plane.old = well("old")
    sim.tick()
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


@pytest.mark.parametrize("waits_for", ["pause", "approval", "least time", "edited plan"])
def test_gates_stay_armed_whatever_is_waited_for(waits_for: str) -> None:
    """flagger#1801: while a gate waited, failures passed the limit, and nothing was rolled back."""
    shifting = StageSettings(gates=("success",), approve=waits_for == "approval", at_least="1h")
    sim = Sim(TakeoverSettings(shifting=shifting))
    sim.go_to(Stage.GUIDED)
    sim.tick(DAY)
    sim.do(Verb.APPROVE)
    sim.tick()
    if waits_for == "pause":
        sim.do(Verb.PAUSE)
    if waits_for == "edited plan":
        sim.settings = TakeoverSettings(shifting=shifting, warm="8d")
    assert (sim.position().stage, sim.share) == (Stage.SHIFTING, 100)
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)


@pytest.mark.parametrize("position", EVERYWHERE, ids=str)
def test_every_stage_has_a_deadline_and_a_way_out(sim: Sim, position: Position) -> None:
    """flagger#1591, #1247: a deadline was ignored while promoting, and a loop never ended."""
    sim.go_to(position.stage, position.step)
    sim.judge.sample = 0
    sim.judge.missing.update(("share", "contract", "freshness", "shadow"))
    sim.tick(61 * DAY)
    [*_, last] = sim.records(Decided)
    assert isinstance(last, Decided)
    assert (sim.mode(), last.cause) == (Mode.PAUSED, Cause.DEADLINE)
    assert "Rolled back" in sim.do(Verb.ROLLBACK)


@pytest.mark.parametrize("position", EVERYWHERE, ids=str)
def test_a_step_that_hangs_can_be_rolled_back(sim: Sim, position: Position) -> None:
    """flagger#1588, #379: stuck while promoting; it had to be deleted by hand."""
    sim.go_to(position.stage, position.step)
    sim.plane.loses = 1000
    sim.advance_one()
    sim.advance_one()
    sim.plane.loses = 0
    assert "Rolled back" in sim.do(Verb.ROLLBACK)
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


def test_a_command_aborts_a_step_in_flight_and_wins(sim: Sim) -> None:
    """flagger#724: no command to abort in flight."""
    sim.go_to(Stage.SHIFTING, 1)

    def aborts() -> None:
        sim.command(Verb.ROLLBACK)

    sim.plane.answers_lost = 1
    sim.plane.interrupts["write"] = aborts
    sim.tick(3601)
    sim.tick()
    assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


def test_the_old_board_is_kept_warm_and_users_can_go_back_in_steps() -> None:
    """flagger#869, argo-rollouts#3888: all users were thrown back at a cold old side."""
    sim = Sim(TakeoverSettings(
        shifting=StageSettings(gates=("success",), rollback="stepwise"),
        cutover=StageSettings(deadline="60d", rollback="stepwise"),
    ))  # fmt: skip
    while sim.position().stage is not Stage.CUTOVER:
        sim.begin() if sim.position().stage is Stage.PLANNED else sim.tick(DAY)
    sim.tick(6 * DAY)
    assert sim.position().stage is Stage.CUTOVER, "it is kept warm for seven days"
    sim.plane.history.clear()
    sim.do(Verb.ROLLBACK)
    while sim.mode() is not Mode.ROLLED_BACK:
        before = sim.share
        sim.tick(STEP_BACK / 2)
        assert sim.share == before, "each step has its time, in which the old side warms up"
        sim.tick(STEP_BACK / 2)
    assert [one.share for one in sim.plane.history] == [5000, 2500, 500, 100, 0]


def test_a_rollback_moves_users_only_once_the_target_is_ready(sim: Sim) -> None:
    """argo-rollouts#4612: the weight moved before the target had switched."""
    sim.go_to(Stage.SETTLED)
    sim.plane.history.clear()
    sim.plane.old = Side(healthy=None)
    sim.do(Verb.ROLLBACK)
    assert sim.plane.history == [], "a board that cannot be asked is not ready"
    sim.plane.old = well("old")
    sim.tick()
    assert sim.plane.history == [World()], "share and paths go back in one write"


def test_an_abort_with_nothing_in_progress_changes_nothing(sim: Sim) -> None:
    """argo-rollouts#1292: an abort with nothing in progress took the stable side away."""
    assert "Nothing is in progress" in sim.do(Verb.ROLLBACK)
    assert sim.plane.writes == 0
    sim.go_to(Stage.GUIDED)
    sim.do(Verb.ROLLBACK)
    writes = sim.plane.writes
    for _ in range(3):
        assert "rolled back already" in sim.do(Verb.ROLLBACK)
    assert sim.plane.writes == writes


def test_an_abort_after_a_full_promotion_is_heeded(sim: Sim) -> None:
    """argo-rollouts#4461: an abort after "promote full" was ignored."""
    sim.go_to(Stage.SHIFTING, 3)
    sim.command(Verb.ADVANCE, force=True, reason="full")
    sim.command(Verb.ROLLBACK)
    sim.tick()
    assert (sim.mode(), sim.share) == (Mode.ROLLED_BACK, 0)
    sim.do(Verb.RETRY)
    sim.go_to(Stage.CUTOVER)
    assert sim.share == FULL
    sim.do(Verb.ROLLBACK)
    assert sim.share == 0


def test_after_a_rollback_nothing_swings(sim: Sim) -> None:
    """argo-rollouts#3078: a service swung between two versions after an abort."""
    sim.go_to(Stage.SHIFTING, 2)
    sim.judge.verdicts["success"] = Verdict.FAILED
    sim.tick()
    sim.judge.verdicts.clear()
    sim.plane.history.clear()
    for _ in range(50):
        sim.tick(DAY)
        assert sim.plane.world == World()
    assert sim.plane.history == []


# --- forward --------------------------------------------------------------------------------------


def test_a_failed_analysis_stops_the_next_stage(sim: Sim) -> None:
    """argo-rollouts#1411: a failed analysis did not stop the rollout."""
    sim.go_to(Stage.PARALLEL)
    sim.judge.verdicts["shadow"] = Verdict.FAILED
    for _ in range(5):
        sim.tick(DAY)
        assert (sim.position().stage, sim.mode()) == (Stage.PARALLEL, Mode.PAUSED)
    assert "shadow has failed" in sim.do(Verb.ADVANCE)


def test_a_new_build_begins_with_fresh_counts(sim: Sim) -> None:
    """flagger#30: a new revision kept the counts of the one before and was promoted untested."""
    sim.go_to(Stage.SHIFTING, 1)
    sim.tick(3500)
    sim.plane.new = msgspec.structs.replace(sim.plane.new, code="new-2")
    sim.tick(3500)
    assert sim.position().step == 1
    assert sim.judge.looked[-1] == sim.state.counts_at == sim.book.stored[-1].at
    [*_, last] = sim.records(Restarted)
    assert isinstance(last, Restarted)
    assert last.new_code == "new-2"


def test_a_broken_old_board_does_not_block_the_way_forward(sim: Sim) -> None:
    """argo-rollouts#1774, #995, #3110: a broken stable side blocked the fix."""
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.old = sick("old")
    for verdict in (Verdict.INCONCLUSIVE, Verdict.FAILED):
        sim.judge.verdicts["success"] = verdict
    sim.tick()
    assert sim.share == 500, "nobody is sent back to the broken board"
    why = sim.do(Verb.ADVANCE, force=True, reason="the old board is down")
    assert why == "Forced (overrules success) by cli:ada: the old board is down"
    assert sim.share == 2500


def test_a_forced_step_still_needs_health_and_is_written_down(sim: Sim) -> None:
    """flagger#362, #1149: a skipped analysis promoted 0 ready pods, or was refused when needed."""
    sim.go_to(Stage.GUIDED)
    sim.judge.verdicts["parity"] = Verdict.INCONCLUSIVE
    sim.plane.new = sick("new")
    assert "Even a forced step needs it" in sim.do(Verb.ADVANCE, force=True, reason="hurry")
    sim.plane.new = well("new")
    sim.do(Verb.ADVANCE, force=True, reason="hurry", actor="cli:grace")
    [*_, last] = sim.records(Decided)
    assert isinstance(last, Decided)
    assert (last.why, last.cause) == ("Forced by cli:grace: hurry", Cause.COMMAND)
    assert {one.gate for one in last.readings if one.verdict is not Verdict.PASSED} == {"parity"}


def test_a_retry_analyses_again_from_the_first_stage(sim: Sim) -> None:
    """argo-rollouts#841, #2897: a retry after an abort did not analyse again."""
    sim.go_to(Stage.SHIFTING, 3)
    sim.do(Verb.ROLLBACK)
    counts = sim.state.counts_at
    sim.time.sleep(60)
    sim.do(Verb.RETRY)
    assert (sim.position().stage, sim.share) == (Stage.PARALLEL, 0)
    assert sim.state.counts_at > counts
    sim.judge.verdicts["shadow"] = Verdict.INCONCLUSIVE
    assert not sim.advance_one()


def test_the_old_paths_are_given_away_only_after_users_have_left(sim: Sim) -> None:
    """argo-rollouts#2235: the old side was stopped minutes before users had left it."""
    sim.go_to(Stage.SHIFTING, 3)
    sim.plane.loses = 1
    sim.tick(3601)
    assert sim.position().step == 3, "what was not read back is not believed"
    sim.go_to(Stage.CUTOVER)
    sim.plane.streams = 1
    sim.tick(7 * DAY + 10)
    assert not sim.plane.world.settled
    sim.plane.streams = 0
    sim.tick()
    assert sim.plane.world == World(share=FULL, settled=True)


# --- time, crashes, two controllers ---------------------------------------------------------------


def test_a_pause_stops_the_deadline(sim: Sim) -> None:
    """argo-rollouts#3534: a deadline ran on during a pause."""
    sim.go_to(Stage.SHIFTING, 1)
    sim.judge.verdicts["success"] = Verdict.INCONCLUSIVE
    sim.tick(10 * DAY)
    sim.do(Verb.PAUSE)
    sim.tick(100 * DAY)
    sim.do(Verb.RESUME)
    sim.tick(3 * DAY)
    assert sim.mode() is Mode.RUNNING
    sim.tick(2 * DAY)
    assert sim.mode() is Mode.PAUSED


def test_deadlines_and_commands_are_heeded_while_the_data_plane_is_silent(sim: Sim) -> None:
    """argo-rollouts#4626, #4962: an error of the router ended the loop before the abort."""
    sim.go_to(Stage.SHIFTING, 1)
    sim.plane.can_be_read = False
    sim.tick(13 * DAY)
    assert "Paused" in sim.do(Verb.PAUSE)
    assert "Resumed" in sim.do(Verb.RESUME)
    sim.tick(2 * DAY)
    assert sim.mode() is Mode.PAUSED, "the deadline was heeded"
    sim.command(Verb.ROLLBACK)
    sim.tick()
    assert sim.plane.world == World()
    sim.plane.can_be_read = True
    sim.tick()
    assert sim.mode() is Mode.ROLLED_BACK


@pytest.mark.parametrize("when", ["read", "write"])
def test_a_controller_without_its_lease_moves_no_user(sim: Sim, when: str) -> None:
    """argo-rollouts#2117: a leader that had lost its lease went on beside the new leader."""
    sim.go_to(Stage.SHIFTING, 1)
    first, second = sim.controller, sim.another("two")

    def takes_over() -> None:
        sim.book.holder = ""
        assert second.tick() is not None
        sim.do_with(second, Verb.ROLLBACK)

    sim.plane.interrupts[when] = takes_over
    sim.time.sleep(3601)
    first.tick()
    assert sim.share == 0
    assert first.token is None
    for _ in range(3):
        assert first.tick() is None
        second.tick()
        assert (sim.mode(), sim.plane.world) == (Mode.ROLLED_BACK, World())


def test_a_write_of_an_earlier_controller_that_comes_late_is_refused(sim: Sim) -> None:
    """argo-rollouts#2117: the same, where the new leader has only looked so far."""
    sim.go_to(Stage.SHIFTING, 1)
    first, second = sim.controller, sim.another("two")

    def takes_over() -> None:
        sim.book.holder = ""
        sim.do_with(second, Verb.PAUSE)

    sim.plane.interrupts["write"] = takes_over
    sim.time.sleep(3601)
    first.tick()
    assert sim.share == 500
    assert sim.mode() is Mode.PAUSED


@pytest.mark.parametrize("stored", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("record", range(1, 9))
def test_a_controller_killed_in_the_middle_of_a_step_loses_and_doubles_nothing(
    sim: Sim, record: int, stored: bool
) -> None:
    """argo-rollouts#3355: a renewal that timed out crashed the controller in mid-step."""
    sim.go_to(Stage.SHIFTING)
    sim.tick(3590)
    sim.plane.history.clear()
    sim.book.kill_in, sim.book.kill_after = record, stored
    for _ in range(3):
        sim.tick(11)
    assert (sim.position().step, sim.share) == (1, 500)
    assert [one.share for one in sim.plane.history] == [500]
    sim.tick(11)
    done = [one for one in sim.records(Decided) if isinstance(one, Decided)]
    assert [one.after.step for one in done[-2:]] == [0, 1]
    sim.check_intents()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_controller_killed_at_the_data_plane_reads_what_it_did(sim: Sim, when: str) -> None:
    """argo-rollouts#3355: the same, at the write itself."""
    sim.go_to(Stage.SHIFTING)
    sim.tick(3590)
    sim.plane.history.clear()
    sim.plane.kill_at = when
    for _ in range(3):
        sim.tick(11)
    assert (sim.position().step, sim.share) == (1, 500)
    assert [one.share for one in sim.plane.history] == [500]
    intents = [one for one in sim.records(Intended) if isinstance(one, Intended)]
    assert sum(one.after.share == 500 for one in intents) == (2 if when == "before" else 1)


@pytest.mark.parametrize("mode", [Mode.PAUSED, Mode.FAILED, Mode.ROLLED_BACK])
def test_what_is_stuck_raises_an_alarm_every_day(sim: Sim, mode: Mode) -> None:
    """devantler-tech/platform#2387: wedged in Failed for days, in silence."""
    sim.go_to(Stage.SHIFTING, 1)
    if mode is Mode.FAILED:
        sim.plane.refuses = 5
        for _ in range(7):
            sim.tick(3601)
    elif mode is Mode.PAUSED:
        sim.do(Verb.PAUSE)
    else:
        sim.do(Verb.ROLLBACK)
    assert sim.mode() is mode
    before = len(sim.alarms())
    for _ in range(5):
        sim.tick(DAY + 1)
    assert len(sim.alarms()) == before + 5
    assert all(str(mode).replace("_", " ") in one for one in sim.alarms()[before:])
    assert sim.records(Refused) == []
