"""The buttons: those that the controller would carry out, with words that say what they do."""

from __future__ import annotations

import msgspec
import pytest

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.console.actions import Action, action, actions
from frontrunner.takeover.console.standing import standing
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan, plan_of, positions, wanted
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Entry, PlanChanged, Reading, Verb
from frontrunner.takeover.stages import Mode, Position, Stage
from tests.takeover.console.scene import PLAN
from tests.takeover.makers import at, chain, decided, in_force, reading

ALWAYS = {"feedback", "share", "success", "slowness", "shadow", "parity", "contract", "links",
          "freshness"}  # fmt: skip
PASSING = tuple(reading(name, sample=10**6) for name in sorted(ALWAYS))


def led_to(position: Position, plan: Plan = PLAN) -> list[Entry]:
    """A ledger that led to a position."""
    return chain(in_force(plan), decided(at(Stage.PLANNED), position))


def look_at(
    position: Position,
    *,
    readings: tuple[Reading, ...] = PASSING,
    old: bool | None = True,
    new: bool | None = True,
    plan: Plan = PLAN,
) -> Look:
    """A look at which the data plane does what it should."""
    world = wanted(plan, position)
    reality = Reality(world=world, old=Side(healthy=old), new=Side(healthy=new))
    return Look(at=1.0, position=position, wanted=world, reality=reality, readings=readings,
                clock=10.0**7)  # fmt: skip


def possible(made: list[Action]) -> set[Verb]:
    return {one.verb for one in made if one.is_possible}


def buttons(position: Position, look: Look | None = None, plan: Plan = PLAN) -> list[Action]:
    found = led_to(position, plan)
    return actions(standing(found, plan), look or look_at(position, plan=plan), plan)


WHILE_IT_RUNS = {Verb.ROLLBACK, Verb.PAUSE, Verb.ADVANCE}


@pytest.mark.parametrize(
    ("position", "verbs"),
    [
        (at(Stage.PARALLEL), WHILE_IT_RUNS),
        (at(Stage.SHIFTING, 1), WHILE_IT_RUNS | {Verb.APPROVE, Verb.REJECT}),
        (at(Stage.CUTOVER), WHILE_IT_RUNS | {Verb.APPROVE, Verb.REJECT}),
        (at(Stage.SETTLED), {Verb.ROLLBACK, Verb.PAUSE, Verb.FINISH}),
        (at(Stage.GUIDED, 0, Mode.PAUSED), {Verb.ROLLBACK, Verb.RESUME, Verb.ADVANCE}),
        (at(Stage.SHIFTING, 2, Mode.FAILED),
         {Verb.ROLLBACK, Verb.RETRY, Verb.APPROVE, Verb.REJECT}),
        (at(Stage.SHIFTING, 2, Mode.ROLLED_BACK), {Verb.RETRY}),
        (at(Stage.SETTLED, 0, Mode.FINISHED), {Verb.ROLLBACK}),
    ],
)  # fmt: skip
def test_what_can_be_done_where(position: Position, verbs: set[Verb]) -> None:
    made = buttons(position)
    assert possible(made) == verbs
    assert [one.is_possible for one in made] == sorted(
        (one.is_possible for one in made), reverse=True
    )
    assert all(one.why_not for one in made if not one.is_possible)


def test_only_a_start_makes_sense_before_it_has_begun() -> None:
    made = actions(standing((), PLAN), None, PLAN)
    assert possible(made) == {Verb.START}
    [start] = [one for one in made if one.verb is Verb.START]
    assert "Parallel" in start.does


def test_without_a_plan_nothing_can_be_done() -> None:
    made = actions(standing((), None), None, None)
    assert possible(made) == set()


@pytest.mark.parametrize("position", positions(PLAN)[1:])
@pytest.mark.parametrize("mode", [Mode.RUNNING, Mode.PAUSED, Mode.FAILED])
def test_every_place_can_be_rolled_back(position: Position, mode: Mode) -> None:
    here = msgspec.structs.replace(position, mode=mode)
    for look in (look_at(here), look_at(here, old=False), look_at(here, new=False),
                 msgspec.structs.replace(look_at(here), reality=None)):  # fmt: skip
        back = action(buttons(here, look), "rollback")
        assert back is not None
        assert back.is_possible
        assert back.is_safe


def test_a_rollback_to_a_board_that_is_not_healthy_waits_unless_it_is_forced() -> None:
    here = at(Stage.SHIFTING, 1)
    back = action(buttons(here, look_at(here, old=False)), "rollback")
    assert back is not None
    assert "would wait" in back.needs_force
    assert back.force


def test_an_advance_past_an_open_gate_needs_force_and_says_why() -> None:
    here = at(Stage.PARALLEL)
    unsure = tuple(
        msgspec.structs.replace(one, verdict=Verdict.INCONCLUSIVE) if one.gate == "shadow" else one
        for one in PASSING
    )
    advance = action(buttons(here, look_at(here, readings=unsure)), "advance")
    assert advance is not None
    assert advance.is_possible
    assert "shadow: inconclusive" in advance.needs_force


def test_not_even_force_advances_to_a_board_that_is_not_healthy() -> None:
    here = at(Stage.PARALLEL)
    advance = action(buttons(here, look_at(here, new=False)), "advance")
    assert advance is not None
    assert "not known to be healthy" in advance.why_not


def test_what_nothing_takes_back_has_to_be_confirmed() -> None:
    finals = {
        (position.stage, one.verb)
        for position in positions(PLAN)[1:]
        for one in buttons(position)
        if one.is_possible and one.final
    }
    assert finals == {
        (Stage.CUTOVER, Verb.ADVANCE),
        (Stage.CUTOVER, Verb.APPROVE),
        (Stage.SETTLED, Verb.FINISH),
    }


def test_the_gate_before_a_stage_can_be_approved() -> None:
    plan = plan_of(TakeoverSettings(guided=StageSettings(approve=True)))
    here = at(Stage.PARALLEL)
    for verb in ("approve", "reject"):
        found = action(buttons(here, plan=plan), verb)
        assert found is not None
        assert found.is_possible
        assert found.gates == ("manual-guided",)
    assert Verb.APPROVE not in possible(buttons(here))


def test_an_edited_plan_can_be_accepted_and_nothing_advances_until_then() -> None:
    edited = plan_of(TakeoverSettings(shares=(2, 100)))
    changed = PlanChanged(found="f" * 64, accepted=False)
    here = at(Stage.PARALLEL)
    found = chain(*[one.record for one in led_to(here)], changed)
    made = actions(standing(found, edited), look_at(here), edited)
    advance, accept = action(made, "advance"), action(made, "accept")
    assert advance is not None
    assert "edited" in advance.why_not
    assert accept is not None
    assert "ffffffffffff" in accept.does
    assert action(buttons(here), "accept") is None


@pytest.mark.parametrize("position", [at(Stage.PLANNED), *positions(PLAN)[1:]])
@pytest.mark.parametrize("mode", list(Mode))
def test_every_button_says_what_it_does_and_what_takes_it_back(
    position: Position, mode: Mode
) -> None:
    here = msgspec.structs.replace(position, mode=mode)
    for one in buttons(here):
        assert one.does.endswith((".", ")."))
        assert one.undo.endswith(".")
        assert "{" not in one.does + one.undo


def test_a_rollback_says_how_many_users_it_moves_and_how() -> None:
    texts = [action(buttons(one), "rollback").does for one in positions(PLAN)[1:]]  # type: ignore[union-attr]
    assert "All users stay on the old board." in texts[0]
    assert "1% of the users are on the new board now." in texts[2]
    assert "All users are on the new board now." in texts[-1]
    stepwise = plan_of(TakeoverSettings(shifting=StageSettings(rollback="stepwise")))
    back = action(buttons(at(Stage.SHIFTING, 2), plan=stepwise), "rollback")
    assert back is not None
    assert "through the smaller shares" in back.does
