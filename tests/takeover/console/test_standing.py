"""Where it is, since when, and what makes a page stale."""

from __future__ import annotations

import pytest

from frontrunner.takeover.console.standing import Folding, answer_to, standing
from frontrunner.takeover.fold import fold
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Decided,
    Noted,
    Observed,
    PlanChanged,
    Record,
    Refused,
    Restarted,
    Verb,
)
from frontrunner.takeover.stages import Mode, Stage
from tests.takeover.console.scene import HERE, PLAN, entries
from tests.takeover.makers import at, chain, decided, in_force, plan, reading


def test_an_empty_ledger_has_the_plan_of_the_settings() -> None:
    found = standing((), PLAN)
    assert not found.has_begun
    assert (found.plan, found.since, found.moment) == (PLAN, None, 0)
    assert standing((), None).plan is None


def test_the_plan_in_force_counts_before_that_of_the_settings() -> None:
    found = standing(entries(), plan(50, 100))
    assert found.plan == PLAN
    assert found.position == HERE
    assert found.has_begun


def test_a_plan_of_another_version_is_none_and_the_place_is_known_all_the_same() -> None:
    odd = PlanChanged(found="a", accepted=True, plan='{"shares": "all"}')
    found = standing(chain(odd, decided(at(Stage.PLANNED), at(Stage.PARALLEL))), PLAN)
    assert found.plan is None
    assert found.position == at(Stage.PARALLEL)


def test_since_is_the_last_change_of_position() -> None:
    made = entries()
    [shifted] = [
        one for one in made if isinstance(one.record, Decided) and one.record.after == HERE
    ]
    assert standing(made, None).since == shifted.at
    approved = chain(*[one.record for one in made], decided(HERE, HERE, "Approved.", 99))
    assert standing(approved, None).since == approved[shifted.seq - 1].at


@pytest.mark.parametrize(
    ("record", "moves"),
    [
        (Commanded(verb=Verb.PAUSE), True),
        (Refused(command=1, why="x"), True),
        (decided(HERE, HERE), True),
        (PlanChanged(found="x", accepted=False), True),
        (Restarted(why="x"), True),
        (Noted(topic="lease", text="x"), False),
        (Observed(reading=reading("success")), False),
        (Acted(intent=1, seen=None), False),
    ],
)
def test_what_makes_a_page_stale(record: Record, moves: bool) -> None:
    before = entries()
    after = chain(*[one.record for one in before], record)
    old, new = standing(before, None).moment, standing(after, None).moment
    assert (new > old) == moves


def test_the_answer_to_a_command() -> None:
    here, paused = at(Stage.GUIDED), at(Stage.GUIDED, 0, Mode.PAUSED)
    made = chain(
        in_force(PLAN),
        ("console:ada", Commanded(verb=Verb.PAUSE)),
        decided(here, paused, "Paused.", 2),
        ("console:ada", Commanded(verb=Verb.PAUSE)),
        Refused(command=4, why="It is paused already."),
        ("console:ada", Commanded(verb=Verb.RESUME)),
    )
    assert answer_to(made, 2) == made[2]
    assert answer_to(made, 4) == made[4]
    assert answer_to(made, 6) is None
    assert answer_to(made, 1) is None
    assert answer_to(made, 99) is None


def test_a_ledger_is_folded_once_and_goes_on_with_new_entries() -> None:
    told, folding = entries(), Folding()
    for cut in (0, 2, len(told) // 2, len(told), len(told)):
        assert folding.state(told[:cut]) == fold(told[:cut])
    assert standing(told, PLAN, folding.state(told)) == standing(told, PLAN)
    other = chain(Commanded(verb=Verb.START))
    assert folding.state(other) == fold(other), "another ledger in its place"
