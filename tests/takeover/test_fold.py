"""The state is a fold over the ledger: the same from the beginning as step by step."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.records import (
    Acted,
    Cause,
    Commanded,
    Decided,
    Intended,
    Noted,
    Record,
    Refused,
    Restarted,
    Unknown,
    Verb,
)
from frontrunner.takeover.stages import Mode, Position, Stage, World
from tests.takeover.makers import at, chain, reading

PARALLEL, GUIDED = at(Stage.PARALLEL), at(Stage.GUIDED)


def going(to: Position, share: int = 0) -> Intended:
    return Intended(before=World(), after=World(share=share), why="it holds", to=to)


def decided(before: Position, after: Position, clock: float, **more: object) -> Decided:
    return Decided(before=before, after=after, why="so", clock=clock, **more)  # type: ignore[arg-type]


RECORDS: list[Record] = [
    Commanded(verb=Verb.START),
    going(PARALLEL),
    Acted(intent=2, seen=World()),
    decided(at(Stage.PLANNED), PARALLEL, 10.0, command=1),
    Commanded(verb=Verb.PAUSE),
    decided(PARALLEL, at(Stage.PARALLEL, mode=Mode.PAUSED), 70.0, command=5),
    Noted(topic="lease", text="one has the lease"),
    Unknown(name="later", text="{}"),
    decided(at(Stage.PARALLEL, mode=Mode.PAUSED), PARALLEL, 100.0),
    Refused(command=1, why="late"),
    Restarted(why="new code", new_code="2", clock=130.0),
]


@given(st.integers(0, len(RECORDS)))
def test_a_fold_can_be_cut_anywhere(cut: int) -> None:
    entries = chain(*RECORDS)
    assert fold(entries[cut:], fold(entries[:cut])) == fold(entries)


def test_pauses_do_not_count() -> None:
    entries = chain(*RECORDS)
    assert fold(entries[:4]).running(50.0) == 40.0
    assert fold(entries[:6]).running(9999.0) == 60.0
    assert fold(entries[:9]).running(110.0) == 70.0
    assert fold(entries).running(131.0) == 1.0, "new code restarts the time of the step"
    assert fold(entries).against_deadline(131.0) == 91.0, "and not the time of its deadline"
    assert fold(entries[:9]).running(0.0) == 60.0, "a clock that is behind takes nothing away"


def test_commands_wait_until_they_are_answered() -> None:
    entries = chain(*RECORDS)
    assert [one.seq for one in fold(entries[:5]).pending] == [5]
    assert fold(entries).pending == ()
    assert fold(entries).handled == 5


def test_what_was_refused_counts_and_what_was_interrupted_does_not() -> None:
    refused = Acted(intent=1, seen=World(), error="full")
    lost = Acted(intent=1, seen=None, error="gone")
    assert fold(chain(going(GUIDED, 100), refused, lost)).attempts == 2
    interrupted = fold(chain(going(GUIDED, 100), Acted(intent=1, seen=World())))
    assert (interrupted.attempts, interrupted.intent) == (0, None)
    done = fold(chain(going(GUIDED, 100), refused, Acted(intent=1, seen=World(share=100))))
    assert done.intent is not None
    assert (done.attempts, done.intent.is_done) == (0, True)
    assert fold(chain(going(GUIDED, 100), Acted(intent=77, seen=None, error="x"))).attempts == 0


def test_a_rollback_stays_wanted_through_interruptions_until_it_is_decided() -> None:
    back = at(Stage.PARALLEL, mode=Mode.ROLLED_BACK)
    begun = decided(at(Stage.PLANNED), PARALLEL, 1.0)
    entries = chain(begun, going(back), Acted(intent=2, seen=World(share=100)), going(PARALLEL),
                    decided(PARALLEL, PARALLEL, 5.0))  # fmt: skip
    assert fold(entries).going_back is not None
    assert fold([*entries, chain(*[Noted(topic="", text="")] * 5, decided(PARALLEL, back, 6.0))[-1]]
                ).going_back is None  # fmt: skip


@pytest.mark.parametrize("verb", [Verb.ADVANCE, Verb.RESUME, Verb.RETRY])
def test_a_forced_step_alone_excuses_what_had_failed_at_that_time(verb: Verb) -> None:
    readings = (reading("parity", Verdict.FAILED), reading("shadow"))
    for forced, excused in ((True, {"parity"}), (False, set())):
        command = Commanded(verb=verb, force=forced, reason="known" if forced else "")
        step = decided(PARALLEL, GUIDED, 1.0, cause=Cause.COMMAND, command=1, readings=readings)
        assert fold(chain(command, step)).excused == excused
    by_itself = decided(PARALLEL, GUIDED, 1.0, readings=readings)
    assert fold(chain(by_itself)).excused == frozenset()


def test_an_approval_without_a_name_covers_the_gates_that_waited() -> None:
    begun = decided(at(Stage.PLANNED), PARALLEL, 1.0)
    waiting = decided(PARALLEL, PARALLEL, 1.0, command=2, cause=Cause.COMMAND, gates=("manual",))
    found = fold(chain(begun, Commanded(verb=Verb.APPROVE), waiting))
    assert (found.approval("manual"), found.approval("later")) == (True, None)
    before = msgspec.structs.replace(waiting, gates=())
    assert fold(chain(begun, Commanded(verb=Verb.APPROVE), before)).approval("later") is True


def test_nothing_is_known_of_an_empty_ledger() -> None:
    assert fold([]) == State()
