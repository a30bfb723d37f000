"""What users may know: where the move is, why it is held, and nothing that the ledger says."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.transition import LONGEST_HISTORY
from frontrunner.gateway.transition_page import STAGES, transition_words
from frontrunner.takeover.public import move_of, reason_of
from frontrunner.takeover.records import Cause, Commanded, Noted, Reading, Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.makers import PATH, at, chain, decided, in_force, plan, reading, walk

PLAN = in_force(plan(1, 5, 100))
KEYS = transition_words()["en"].reasons
FIVE = at(Stage.SHIFTING, 1)
PAUSED = at(Stage.SHIFTING, 1, Mode.PAUSED)
BACK = at(Stage.PARALLEL, 0, Mode.ROLLED_BACK)


def test_a_move_that_has_not_begun_is_not_shown() -> None:
    assert move_of(chain(PLAN, Noted(topic="lease", text="x")), 1.0) is None


def test_every_position_has_its_share() -> None:
    shares = []
    for until in range(1, len(PATH)):
        move = move_of(chain(PLAN, *walk(until)), 1.0)
        assert move is not None
        assert (move.stage, move.mode) == (PATH[until].stage, "running")
        shares.append(move.share)
        assert len(move.history) == until
        assert move.history[0].share == move.share
    assert shares == [0, 0, 100, 500, 10_000, 10_000, 10_000]


def test_the_words_know_every_stage_and_mode() -> None:
    assert tuple(one.value for one in Stage) == STAGES
    for words in transition_words().values():
        assert {one.value for one in Mode} - {"running"} == words.modes.keys()


def test_a_rollback_is_shown_with_its_cause() -> None:
    failing = reading("success", Verdict.FAILED)
    cause = decided(FIVE, BACK, "10.0.0.7 refused", None, failing, cause=Cause.GATE)
    move = move_of(chain(PLAN, *walk(4), cause), 1.0)
    assert move is not None
    assert (move.mode, move.share, move.reason) == ("rolled_back", 0, "success")
    assert (move.history[0].kind, move.history[0].reason) == ("rolled_back", "success")
    again = move_of(chain(PLAN, *walk(4), cause, decided(BACK, at(Stage.PARALLEL))), 1.0)
    assert again is not None
    assert (again.mode, again.reason) == ("running", "")


@pytest.mark.parametrize(
    ("cause", "readings", "key"),
    [
        (Cause.GATE, [reading("share"), reading("shadow", Verdict.FAILED)], "shadow"),
        (Cause.GATE, [reading("memory of 10.0.0.7", Verdict.FAILED)], "other"),
        (Cause.GATE, [reading("shadow", Verdict.FAILED, dry_run=True)], "evidence"),
        (Cause.GATE, [reading("success", Verdict.INCONCLUSIVE)], "evidence"),
        (Cause.COMMAND, [reading("shadow", Verdict.FAILED)], "operator"),
        (Cause.DRIFT, [], "operator"),
        (Cause.DEADLINE, [reading("success", Verdict.INCONCLUSIVE)], "deadline"),
        (Cause.HEALTH, [], "health"),
        (Cause.REFUSED, [], "other"),
        (Cause.EVIDENCE, [], "other"),
    ],
)
def test_a_cause_is_one_of_a_few(cause: Cause, readings: list[Reading], key: str) -> None:
    assert reason_of(decided(FIVE, PAUSED, "x", None, *readings, cause=cause)) == key
    assert key in KEYS


def test_every_cause_has_a_reason() -> None:
    for cause in Cause:
        assert reason_of(decided(FIVE, PAUSED, "x", None, cause=cause)) in KEYS


def test_a_plan_that_was_edited_gives_the_shares_from_then_on() -> None:
    edited = in_force(plan(2, 100))
    move = move_of(chain(PLAN, *walk(4), edited, decided(FIVE, at(Stage.SHIFTING, 0))), 1.0)
    assert move is not None
    assert (move.share, move.shares) == (200, (200, 10_000))
    assert [one.share for one in move.history[:2]] == [200, 500]


@given(st.text(min_size=4), st.text(min_size=4))
def test_no_text_of_the_ledger_gets_out(why: str, gate: str) -> None:
    mark = f"secret {why}"
    failing = reading(f"secret {gate}", Verdict.FAILED, text=mark)
    entries = chain(
        PLAN,
        ("console:secret", Commanded(verb=Verb.PAUSE, reason=mark)),
        decided(FIVE, PAUSED, mark, None, failing, cause=Cause.GATE),
        Noted(topic="alarm", text=mark),
    )
    assert b"secret" not in msgspec.json.encode(move_of(entries, 1.0))
    move = move_of(entries, 1.0)
    assert move is not None
    assert move.reason in KEYS


def test_the_history_is_bounded_and_the_latest_is_kept() -> None:
    there, back = decided(FIVE, PAUSED), decided(PAUSED, FIVE)
    move = move_of(chain(PLAN, *[there, back] * LONGEST_HISTORY), 1.0)
    assert move is not None
    assert len(move.history) == LONGEST_HISTORY
    assert move.history[0].kind == "resumed"
    assert [one.at for one in move.history] == sorted(
        (one.at for one in move.history), reverse=True
    )
