"""What a button says now is what the controller does with it: by histories of the real machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.console.actions import action, actions
from frontrunner.takeover.console.standing import answer_to, standing
from frontrunner.takeover.fold import fold
from frontrunner.takeover.plan import plan_of
from frontrunner.takeover.plane import Side
from frontrunner.takeover.records import Refused, Verb
from tests.takeover.sim import Sim, well

APPROVED = TakeoverSettings(guided=StageSettings(approve=True))
EDITED = TakeoverSettings(shares=(2, 50, 100))
EVENTS = st.one_of(
    st.tuples(st.just("time"), st.sampled_from([1.0, 3600.0, 86_400.0, 15 * 86_400.0])),
    st.tuples(st.just("verb"), st.sampled_from(list(Verb))),
    st.tuples(st.just("verb"), st.sampled_from([Verb.START, Verb.ADVANCE, Verb.RETRY])),
    st.tuples(
        st.just("verdict"),
        st.tuples(st.sampled_from(["shadow", "success", "share"]), st.sampled_from(list(Verdict))),
    ),
    st.tuples(st.just("new"), st.sampled_from([True, False])),
    st.tuples(st.just("old"), st.sampled_from([True, False, None])),
    st.tuples(st.just("plan"), st.sampled_from([APPROVED, EDITED])),
    st.tuples(st.just("reachable"), st.booleans()),
)


def happen(sim: Sim, what: str, value: object) -> None:
    """One thing happens, and the controller looks until it is at rest."""
    if what == "verb":
        sim.command(value, reason="-", force=len(sim.book.stored) % 2 == 0)  # type: ignore[arg-type]
    elif what == "verdict":
        sim.judge.verdicts.update([value])  # type: ignore[list-item]
    elif what == "new":
        sim.plane.new = well("new") if value else Side(healthy=False)
    elif what == "old":
        sim.plane.old = well("old") if value else Side(healthy=value)  # type: ignore[arg-type]
    elif what == "plan":
        sim.settings = value  # type: ignore[assignment]
    elif what == "reachable":
        sim.plane.can_be_read = bool(value)
    sim.tick(value if what == "time" else 0.0)  # type: ignore[arg-type]
    for _ in range(3):
        sim.tick(0.0)


@limits(max_examples=150, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=14), st.sampled_from(list(Verb)), st.booleans())
def test_the_controller_does_what_the_button_says(
    events: list[tuple[str, object]], verb: Verb, force: bool
) -> None:
    sim = Sim(APPROVED)
    for what, value in events:
        happen(sim, what, value)
    look = sim.witness.looks[-1]
    found = plan_of(sim.settings) if sim.settings else None
    now = standing(sim.book.stored, found)
    button = action(actions(now, look, found), verb)
    if button is None or fold(sim.book.stored).pending:
        return
    seq = sim.command(verb, reason="-", force=force and bool(button.force))
    sim.tick(0.0)
    answer = answer_to(sim.book.stored, seq)
    is_refused = answer is not None and isinstance(answer.record, Refused)
    if button.why_not:
        assert is_refused, button
    elif force or not button.needs_force:
        assert not is_refused, (button, answer)
    elif verb is not Verb.ROLLBACK:
        assert is_refused, button
