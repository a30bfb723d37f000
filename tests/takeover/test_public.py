"""What users may know: where the move is, why it is held, and nothing that the ledger says."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.transition import LONGEST_HISTORY
from frontrunner.gateway.transition_page import STAGES, transition_words
from frontrunner.takeover.public import reason_of, transition_of
from frontrunner.takeover.records import Commanded, Noted, Reading, Verb
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.makers import PATH, at, chain, decided, reading, walk

SHARES = (100, 500, 2500)
KEYS = transition_words()["en"].reasons
FIVE = at(Stage.SHIFTING, 1)
PAUSED = at(Stage.SHIFTING, 1, Mode.PAUSED)
BACK = at(Stage.PARALLEL, 0, Mode.ROLLED_BACK)


def test_a_move_that_has_not_begun_is_not_told() -> None:
    assert transition_of(chain(Noted(topic="lease", text="x")), SHARES, 1.0) is None


def test_every_position_has_its_share() -> None:
    shares = []
    for until in range(1, len(PATH)):
        move = transition_of(chain(*walk(until)), SHARES, 1.0)
        assert move is not None
        assert (move.stage, move.mode) == (PATH[until].stage, "running")
        shares.append(move.share)
        assert len(move.history) == until
        assert move.history[0].share == move.share
    assert shares == [0, 0, 100, 500, 2500, 10_000, 10_000]


def test_the_words_know_every_stage_and_mode() -> None:
    assert tuple(one.value for one in Stage) == STAGES
    for words in transition_words().values():
        assert {one.value for one in Mode} - {"running"} == words.modes.keys()


def test_a_rollback_is_told_with_its_cause() -> None:
    cause = decided(FIVE, BACK, "10.0.0.7 refused", None, reading("success", Verdict.FAILED))
    move = transition_of(chain(*walk(4), cause), SHARES, 1.0)
    assert move is not None
    assert (move.mode, move.share, move.reason) == ("rolled_back", 0, "success")
    assert (move.history[0].kind, move.history[0].reason) == ("rolled_back", "success")
    again = transition_of(chain(*walk(4), cause, decided(BACK, at(Stage.PARALLEL))), SHARES, 1.0)
    assert again is not None
    assert (again.mode, again.reason) == ("running", "")


@pytest.mark.parametrize(
    ("why", "command", "readings", "key"),
    [
        ("x", None, [reading("shadow", Verdict.FAILED)], "shadow"),
        ("x", 3, [reading("shadow", Verdict.FAILED)], "shadow"),
        ("x", 3, [], "operator"),
        ("x", None, [reading("query: p95", Verdict.FAILED)], "other"),
        ("x", None, [reading("shadow", Verdict.FAILED, dry_run=True)], "other"),
        ("The deadline of 3 days has passed.", None, [], "deadline"),
        ("The new board is not healthy.", None, [], "health"),
        ("x", None, [reading("success", Verdict.INCONCLUSIVE)], "evidence"),
        ("x", None, [reading("success", Verdict.ERROR)], "evidence"),
        ("x", None, [reading("success")], "other"),
    ],
)
def test_a_cause_is_one_of_a_few(
    why: str, command: int | None, readings: list[Reading], key: str
) -> None:
    assert reason_of(decided(FIVE, PAUSED, why, command, *readings)) == key


@given(st.text(min_size=4), st.text(min_size=4))
def test_no_text_of_the_ledger_gets_out(why: str, gate: str) -> None:
    mark = f"secret {why}"
    failing = reading(f"secret {gate}", Verdict.FAILED, text=mark)
    entries = chain(
        ("console:secret", Commanded(verb=Verb.PAUSE, reason=mark)),
        decided(FIVE, PAUSED, mark, 1, failing),
        Noted(topic="alarm", text=mark),
    )
    assert b"secret" not in msgspec.json.encode(transition_of(entries, SHARES, 1.0))
    move = transition_of(entries, SHARES, 1.0)
    assert move is not None
    assert move.reason in KEYS


def test_the_history_is_bounded_and_the_latest_is_kept() -> None:
    there, back = decided(FIVE, PAUSED), decided(PAUSED, FIVE)
    move = transition_of(chain(*[there, back] * LONGEST_HISTORY), SHARES, 1.0)
    assert move is not None
    assert len(move.history) == LONGEST_HISTORY
    assert move.history[0].kind == "resumed"
    assert [one.at for one in move.history] == sorted(
        (one.at for one in move.history), reverse=True
    )
