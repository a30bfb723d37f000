"""The buttons: what each does, what takes it back, and what the controller would say to it. Pure.

Whether a button makes sense is not decided here a second time: the rules of the machine are asked
what they would answer to the command now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from frontrunner.takeover.console.naming import named, percent, share_of
from frontrunner.takeover.console.standing import Standing, situation
from frontrunner.takeover.fold import Pending
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan, asks_a_person, following
from frontrunner.takeover.records import Commanded, Refused, Verb
from frontrunner.takeover.situation import Append, Situation
from frontrunner.takeover.stages import FULL, Mode, Position, Stage
from frontrunner.takeover.verbs import answer


class Action(NamedTuple):
    """One button."""

    verb: Verb
    label: str
    does: str
    """What it will do."""
    undo: str
    """What takes it back."""
    why_not: str = ""
    """Why it would be refused now, even if forced; empty if it would not."""
    force: str = ""
    """What forcing it means; empty if it cannot be forced."""
    needs_force: str = ""
    """Why it would be refused or wait now if it is not forced; empty if it would not."""
    final: str = ""
    """What nothing takes back, which has to be confirmed; empty if all of it can be."""
    gates: tuple[str, ...] = ()
    """The manual gates that it can be about."""

    @property
    def is_possible(self) -> bool:
        """Whether it makes sense now."""
        return not self.why_not

    @property
    def is_safe(self) -> bool:
        """Whether it only stops or brings users back: then a page that is stale may do it too."""
        return self.verb in (Verb.PAUSE, Verb.ROLLBACK)


_FORCE = {
    Verb.ADVANCE: "Do not wait for the gates. The new board must still be healthy.",
    Verb.RESUME: "Continue although a gate has failed.",
    Verb.FINISH: "Do not wait for the gates.",
    Verb.ROLLBACK: "Roll back even if the old board is not healthy, all users in one step.",
}
_LABELS = {
    Verb.ROLLBACK: "Roll back",
    Verb.PAUSE: "Pause",
    Verb.RESUME: "Resume",
    Verb.START: "Start",
    Verb.ADVANCE: "Advance",
    Verb.ACCEPT: "Accept the edited plan",
    Verb.APPROVE: "Approve",
    Verb.REJECT: "Reject",
    Verb.RETRY: "Retry",
    Verb.FINISH: "Finish",
}
"""In the order of the page."""
_UNDO = {
    Verb.ROLLBACK: "Retry. It starts the stages again from the first one, with fresh evidence.",
    Verb.PAUSE: "Resume.",
    Verb.RESUME: "Pause.",
    Verb.START: "Roll back.",
    Verb.ADVANCE: "Roll back. It takes all users back to the old board, not one step.",
    Verb.ACCEPT: "Edit the plan back, then accept that.",
    Verb.APPROVE: "Reject, or Roll back.",
    Verb.REJECT: "Approve, then Resume or Retry.",
    Verb.RETRY: "Roll back.",
    Verb.FINISH: "Roll back, while a controller and the old board run.",
}
_SETTLING = (
    "Choices that visitors made for a board are deleted, and pages of the old board that are still "
    "open stop working."
)
_FINISHING = "Nothing monitors the boards any more, and the old board may be switched off."


def actions(standing: Standing, look: Look | None, found: Plan | None) -> list[Action]:
    """Every button, possible ones first; `found` is the plan of the settings as they are now."""
    made = [
        _action(verb, standing, look, found)
        for verb in _LABELS
        if not (verb is Verb.START and standing.has_begun)
        if not (verb is Verb.ACCEPT and not standing.state.offered)
    ]
    return sorted(made, key=lambda one: not one.is_possible)


def action(made: Sequence[Action], verb: str) -> Action | None:
    """The button of a verb; None if there is none."""
    return next((one for one in made if one.verb == verb), None)


def _action(verb: Verb, standing: Standing, look: Look | None, found: Plan | None) -> Action:
    now = situation(standing, look, found)
    plain = _refusal(now, Commanded(verb=verb, reason="-")) if now else _NO_PLAN
    if now and verb is Verb.START and look is None:
        plain = ""  # what it needs is asked once a controller runs
    forced = plain
    if plain and verb in _FORCE and now:
        forced = _refusal(now, Commanded(verb=verb, reason="-", force=True))
    gates = _gates(now) if now and verb in (Verb.APPROVE, Verb.REJECT) else ()
    return Action(
        verb=verb,
        label=_LABELS[verb],
        does=_does(verb, standing, gates),
        undo=_UNDO[verb],
        why_not=forced,
        force=_FORCE.get(verb, ""),
        needs_force="" if forced else plain or _wait(verb, now),
        final=_final(verb, standing),
        gates=gates,
    )


_NO_PLAN = "No plan is known: the settings cannot be read."


# --- what the controller would say ----------------------------------------------------------------


def _refusal(now: Situation, command: Commanded) -> str:
    """Why the controller would refuse a command; empty if it would do it, now or later."""
    one = Pending(seq=now.state.last + 1, actor="-", command=command)
    # A start puts the plan of the settings into force first.
    is_planned = now.position.stage is Stage.PLANNED
    plan = now.sight.found_hash if is_planned else now.state.plan
    state = msgspec.structs.replace(now.state, pending=(one,), plan=plan)
    step = answer(Situation(state, now.plan, now.sight))
    if isinstance(step, Append) and isinstance(step.record, Refused):
        return step.record.why
    return ""


def _wait(verb: Verb, now: Situation | None) -> str:
    """Why a rollback would wait; empty if it would not."""
    if verb is not Verb.ROLLBACK or now is None or not now.has_moved_users:
        return ""
    return "" if now.old_is_healthy else "The old board is not known to be healthy: it would wait."


def _gates(now: Situation) -> tuple[str, ...]:
    """The manual gates of this step."""
    return tuple(
        gate for gate in now.needed if gate == now.start_gate or asks_a_person(now.plan, gate)
    )


# --- in words -------------------------------------------------------------------------------------


_DOES = {
    Verb.PAUSE: "Nothing advances, and deadlines stop. Users stay where they are. Gates "
    "are still measured, and a failed gate still rolls back.",
    Verb.RESUME: "The take-over continues at {here}, and its deadline runs again. It advances by "
    "itself once everything holds.",
    Verb.START: "The take-over begins with {there}. Users notice nothing yet.",
    Verb.ADVANCE: "Moves on to {there} now, before the minimum time of this step is over. Refused "
    "while a gate does not pass, unless it is forced.",
    Verb.ACCEPT: "The take-over continues with the edited plan ({offered}).",
    Verb.APPROVE: "{gates} passes. The step ends once all other gates pass.",
    Verb.REJECT: "{gates} fails. That rolls back if users were moved, and pauses if not.",
    Verb.FINISH: f"The take-over ends. {_FINISHING}",
}


def _does(verb: Verb, standing: Standing, gates: tuple[str, ...]) -> str:
    here, plan = standing.position, standing.plan
    if verb is Verb.ROLLBACK:
        return _back(here, plan)
    if verb is Verb.RETRY:
        return _again(here)
    after = following(plan, here) if plan else None
    return _DOES[verb].format(
        here=named(here, plan),
        there=named(after, plan) if after else "the end",
        offered=standing.state.offered[:12],
        gates=f"The gate {' or '.join(gates)}" if gates else "The manual gate",
    )


def _back(here: Position, plan: Plan | None) -> str:
    share = share_of(here, plan) if plan else 0
    rest = " The banner and the comparison of answers stop."
    if plan is None or share == 0:
        return f"All users stay on the old board.{rest}"
    stepwise = plan.stage(here.stage).stepwise
    who = "All users are" if share == FULL else f"{percent(share)} of the users are"
    how = "through the smaller shares, a minute at each" if stepwise else "within a second"
    return (
        f"{who} on the new board now. All get the old board again, {how}.{rest} The old board must "
        "be healthy, or it waits."
    )


def _again(here: Position) -> str:
    if here.mode is Mode.FAILED:
        return "The step that the gateway refused is tried again."
    return "The stages start again from the first one, with fresh evidence. Users notice nothing."


def _final(verb: Verb, standing: Standing) -> str:
    """What has to be confirmed, because nothing brings it back."""
    if verb is Verb.FINISH:
        return _FINISHING
    after = following(standing.plan, standing.position) if standing.plan else None
    leads_on = verb in (Verb.ADVANCE, Verb.APPROVE)
    return _SETTLING if leads_on and after and after.stage is Stage.SETTLED else ""
