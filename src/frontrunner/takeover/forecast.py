"""What a plan will do, and how long its evidence takes at a board's traffic. Pure."""

from __future__ import annotations

import math

import msgspec

from frontrunner.base.gate_settings import ShadowGate, ShareGate, SlownessGate, SuccessGate
from frontrunner.takeover.gates.enough import enough
from frontrunner.takeover.plan import Plan, least_evidence, needed, plan_hash, positions, wanted
from frontrunner.takeover.stages import FULL, Position, Stage, World

DAY = 86400.0


class StepForecast(msgspec.Struct, frozen=True, kw_only=True):
    """One position of the plan, and what is known of it beforehand. Times are in seconds."""

    stage: Stage
    step: int
    share: int
    """Of 10,000 visitors."""
    does: str
    begins: str
    """What starts it."""
    gates: tuple[str, ...]
    at_least: float
    deadline: float
    shortest: float
    """Its least time, or the time until every gate that it needs has its evidence, if longer."""
    evidence: int
    """Units that the gates on users' requests need."""
    from_users: float | None
    """Seconds until users give that evidence; None if it needs none or traffic is not known."""
    from_shadows: float | None
    """Seconds until as many compared reads give it."""
    text: str
    """The finding about evidence in one sentence; empty without one."""
    saved: str
    undo: str
    no_return: str
    """What cannot be taken back after it; empty if all can."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan will do."""

    hash: str
    requests_per_day: float | None
    """None if the traffic is not known."""
    shortest: float
    """Seconds from start to finish if every gate passes as soon as it can."""
    longest: float
    """Seconds from start to finish if every deadline is used up, without pauses."""
    steps: tuple[StepForecast, ...]
    warnings: tuple[str, ...] = ()
    """What would hold it, or makes these numbers wrong; see `readiness`."""


def forecast(plan: Plan, requests_per_day: float | None) -> Forecast:
    """What happens in order, at some requests of users a day."""
    path = positions(plan)[1:]
    steps = tuple(_step(plan, one, requests_per_day) for one in path)
    return Forecast(
        hash=plan_hash(plan),
        requests_per_day=requests_per_day,
        shortest=sum(one.shortest for one in steps),
        longest=sum(one.deadline for one in steps),
        steps=steps,
    )


def _step(plan: Plan, position: Position, per_day: float | None) -> StepForecast:
    world, stage = wanted(plan, position), plan.stage(position.stage)
    gates = needed(plan, position)
    kinds = [type(plan.gates[one]) for one in gates]
    on_users = SuccessGate in kinds or SlownessGate in kinds
    units = _units(plan, gates, position, on_users=on_users)
    users = _time(units, per_day, world.share / FULL) if on_users else None
    reads = _reads(plan, position)
    shadows = _time(reads, per_day, (1 - world.share / FULL) * world.shadow / FULL)
    if not on_users and ShadowGate in kinds:
        users = shadows
    return StepForecast(
        stage=position.stage,
        step=position.step,
        share=world.share,
        does=(_DOES_ON_HUB if plan.hub else _DOES)[position.stage].format(
            share=_percent(world.share), shadow=_percent(world.shadow)
        ),
        begins=_begins(plan, position),
        gates=gates,
        at_least=stage.at_least,
        deadline=stage.deadline,
        shortest=max(stage.at_least, *_evidence_times(plan, position, per_day)),
        evidence=units,
        from_users=users,
        from_shadows=shadows,
        text=_sentence(world, per_day, users, shadows, stage.deadline) if on_users else "",
        saved=_SAVED_ON_HUB if plan.hub else _SAVED,
        undo=_undo(plan, position),
        no_return=_no_return(plan, position),
    )


def _units(plan: Plan, gates: tuple[str, ...], position: Position, *, on_users: bool) -> int:
    """Units that the gates on users' requests need, or without such gates those on shadows."""
    kinds = SuccessGate | SlownessGate if on_users else ShadowGate
    share, stage = wanted(plan, position).share, position.stage
    found = [plan.gates[one] for one in gates]
    return max(
        (
            max(least_evidence(plan, stage, one.name), enough(one, share))
            for one in found
            if isinstance(one, kinds)
        ),
        default=0,
    )


def _reads(plan: Plan, position: Position) -> int:
    """Compared reads that every gate on shadows needs, whether the position needs it or not."""
    share, least = wanted(plan, position).share, plan.stage(position.stage).evidence
    shadows = [enough(one, share) for one in plan.gates.values() if isinstance(one, ShadowGate)]
    return max([least, *shadows])


def _evidence_times(plan: Plan, position: Position, per_day: float | None) -> list[float]:
    """Seconds until each needed gate has its evidence; 0 if that is not known beforehand."""
    world, stage = wanted(plan, position), position.stage
    share = world.share / FULL
    found = [0.0]
    for name in needed(plan, position):
        gate = plan.gates[name]
        part = {ShareGate: 1.0, ShadowGate: (1 - share) * world.shadow / FULL}.get(
            type(gate), share
        )
        units = max(least_evidence(plan, stage, name), enough(gate, world.share))
        found.append(_time(units, per_day, part) or 0.0)
    return found


def _time(units: int, per_day: float | None, part: float) -> float | None:
    """Seconds until a part of the requests has given some units; a request is one at most."""
    if not units or not per_day or part <= 0:
        return None
    return units / (per_day * part) * DAY


def _sentence(
    world: World,
    per_day: float | None,
    users: float | None,
    shadows: float | None,
    deadline: float,
) -> str:
    if not users or not per_day:
        return ""
    text = (
        f"At {_percent(world.share)} and {per_day:,.0f} requests a day this step cannot end in "
        f"less than {_at_least(users)}"
    )
    if shadows and shadows < users:
        text += f"; shadow evidence would end it in {_at_least(shadows, bare=True)}"
    late = f" Its deadline, {_at_least(deadline)}, comes first: it would pause."
    return text + "." + (late if users > deadline else "")


def _at_least(seconds: float, *, bare: bool = False) -> str:
    """Whole days, or hours below one day, rounded up; `bare` leaves out the word days."""
    if seconds > DAY / 2:
        days = math.ceil(seconds / DAY)
        return f"{days:,}" if bare else f"{days:,} day{'' if days == 1 else 's'}"
    hours = max(1, math.ceil(seconds / 3600))
    return f"{hours} hour{'' if hours == 1 else 's'}"


def _percent(share: int) -> str:
    return f"{share / 100:g}%"


def _begins(plan: Plan, position: Position) -> str:
    if plan.stage(position.stage).approve:
        return "A person approves it, and all checks before it pass."
    if position.stage is Stage.PARALLEL:
        return "`frontrunner takeover start`"
    return "All checks before it pass."


def _no_return(plan: Plan, position: Position) -> str:
    if plan.hub is None:
        return _NO_RETURN if position.stage is Stage.SETTLED else ""
    gives_up = plan.hub.strategy == "rename" and position.stage is Stage.CUTOVER
    return _GRANT if gives_up else ""


def _undo(plan: Plan, position: Position) -> str:
    if plan.hub:
        kind = plan.hub.strategy if position.stage in _MOVED else ""
        return _UNDO_ON_HUB["shifting" if position.stage is Stage.SHIFTING else kind]
    if wanted(plan, position).share == 0:
        return "No user was moved: the banner and the comparison end."
    how = (
        "through the smaller shares, a minute at each"
        if plan.stage(position.stage).stepwise
        else "in one step"
    )
    paths = "the old board's paths are given back, and " if position.stage is Stage.SETTLED else ""
    return f"Rollback: {paths}all users go back to the old board {how}."


_SAVED = "The gateway's state.json and routes.yaml, in takeover/saved"
_DOES = {
    Stage.PARALLEL: "Both boards run; {shadow} of the old board's reads are compared.",
    Stage.GUIDED: "A banner on the old board leads to the new one.",
    Stage.SHIFTING: "{share} of the visitors get the new board.",
    Stage.CUTOVER: "All users stay on the new board; the old one is kept running.",
    Stage.SETTLED: "The old board's own paths belong to the new board.",
}
_NO_RETURN = (
    "Choices that visitors made for a board are deleted, and pages of the old board that are "
    "still open stop working. After `finish` nothing is monitored; once the old board is "
    "switched off there is no way back."
)
_MOVED = (Stage.CUTOVER, Stage.SETTLED)
_SAVED_ON_HUB = "The Space's files at the exact commit, its settings and engagement, in hub/saved"
_DOES_ON_HUB = _DOES | {
    Stage.SHIFTING: "{share} of the visitors get the new board, by a gateway at the name. The "
    "name and the archive must be public.",
    Stage.PARALLEL: "The old board is saved and archived; the new one runs in its own Space.",
    Stage.CUTOVER: "All users get the new board at the name; the old one is in the archive.",
    Stage.SETTLED: "The move counts as settled; the Hub has nothing to change for it.",
}
_UNDO_ON_HUB = {
    "": "One commit takes the banner away, if there is one. No user was moved.",
    "shifting": "The share is set to 0, then one commit restores the saved files.",
    "overwrite": "One commit restores the saved files; users are back when it runs.",
    "rename": "Both Spaces get their names back; users are back when the old board runs.",
}
_GRANT = (
    "Hardware of the old Space that was granted is given up, and requested again at the name. A "
    "grant may come back by the staff's hand alone."
)
