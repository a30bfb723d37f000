"""The plan of a take-over: settings as one value, with a hash that names it. Pure."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from frontrunner.base.durations import seconds
from frontrunner.base.errors import TakeoverError
from frontrunner.base.gate_settings import (
    FeedbackGate,
    GateSettings,
    ManualGate,
    ShadowGate,
    ShareGate,
    SlownessGate,
    SuccessGate,
    all_gates,
)
from frontrunner.base.takeover_settings import StageSettings, TakeoverSettings
from frontrunner.takeover.stages import FULL, Mode, Position, Stage, World

PATH = (Stage.PARALLEL, Stage.GUIDED, Stage.SHIFTING, Stage.CUTOVER, Stage.SETTLED)
"""The stages that a plan has settings for, in order."""
ON_TRAFFIC = (SuccessGate, SlownessGate, ShadowGate)
"""Kinds of gates whose evidence grows with the traffic; a stage can ask for more of it."""
STEP_BACK = 60.0
"""Seconds at each smaller share of a stepwise rollback."""
_OPERATION = frozenset({"tick", "database", "plane"})
"""Settings of the controller, which change nothing of what happens to users."""
_NEED_A_GATEWAY = (ShareGate, *ON_TRAFFIC, FeedbackGate)
_NEED_A_SHARE = (ShareGate, SuccessGate, SlownessGate)
"""Kinds of gates that the gateway in a Space gives evidence for, while it moves users in shares."""
_KNOWN = frozenset(
    {"shares", "shadow", "banner", "warm", "drain", "window", "sick", "stale", "attempts"}
    | {"old_code", "old_data", "ignore", "gate", *PATH}
)


class StagePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one stage needs. Times are in seconds."""

    gates: tuple[str, ...] = ()
    at_least: float = 0.0
    deadline: float
    evidence: int = 0
    approve: bool = False
    stepwise: bool = False
    """Whether users go back through the smaller shares, a minute at each, and not all at once."""


class HubPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a plan has besides if the data plane is a Space on the Hub."""

    strategy: str
    space: str
    demo: str
    archive: str
    archive_kind: str
    hardware: str = ""
    sleep_time: int = 0
    """Seconds until it sleeps; -1 means never, 0 as the old board."""
    storage: str = ""
    """Persistent storage that the name is to have; empty as the old board."""
    secrets: tuple[str, ...] = ()
    """Names of secrets whose values are given."""
    accept: tuple[str, ...] = ()
    content: str = ""
    """The name in git of the tree that the new board's Space gets."""
    shifting: bool = False
    """Whether the Space is a gateway's for a while, which moves users in shares."""
    control_secret: str = ""
    """Name of the Space's secret with the token of that gateway's control path."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that decides what happens to users. Shares are of 10,000, times in seconds."""

    shares: tuple[int, ...]
    shadow: int
    banner: bool
    warm: float
    drain: float
    window: float
    sick: float
    stale: float
    attempts: int
    old_code: str = ""
    old_data: str = ""
    stages: dict[str, StagePlan]
    gates: dict[str, GateSettings]
    """Every gate by name, with its limits."""
    ignore: dict[str, str] = {}
    """Files with ignore rules -> SHA-256 of their content."""
    hub: HubPart | None = None
    """Of a board in a Space; None for one behind a gateway."""
    more: dict[str, Any] = {}
    """Settings that other parts of the take-over read."""

    def stage(self, stage: Stage) -> StagePlan:
        """The settings of a stage. Raises KeyError for `planned`, which has none."""
        return self.stages[stage]


def plan_of(
    settings: TakeoverSettings, ignore: dict[str, str] | None = None, hub: HubPart | None = None
) -> Plan:
    """The plan that settings describe; `ignore` has the hashes of the files with ignore rules.

    A Space shows one board to everybody, so on the Hub there are shares, and traffic to judge, only
    while it is a gateway's.
    """
    given: dict[str, Any] = msgspec.to_builtins(settings)
    shares = tuple(round(one * 100) for one in settings.shares)
    return Plan(
        shares=shares if hub is None else _shares_on_hub(shares, hub),
        shadow=0 if hub else round(settings.shadow * 100),
        banner=settings.banner,
        warm=seconds(settings.warm),
        drain=seconds(settings.drain),
        window=seconds(settings.window),
        sick=seconds(settings.sick),
        stale=seconds(settings.stale),
        attempts=settings.attempts,
        old_code=settings.old_code,
        old_data=settings.old_data,
        stages={str(stage): _stage(stage, settings, hub) for stage in PATH},
        gates=all_gates(settings.gate),
        ignore=ignore or {},
        hub=hub,
        more={name: v for name, v in given.items() if name not in _KNOWN | _OPERATION},
    )


def _shares_on_hub(shares: tuple[int, ...], hub: HubPart) -> tuple[int, ...]:
    """All visitors get the new board by a commit, so that is no share."""
    return tuple(one for one in shares if one < FULL) if hub.shifting else ()


def _stage(stage: Stage, settings: TakeoverSettings, hub: HubPart | None) -> StagePlan:
    given: StageSettings = getattr(settings, stage)
    at_least = seconds(given.at_least)
    return StagePlan(
        gates=given.gates if hub is None else _gates_on_hub(stage, settings, hub),
        at_least=max(at_least, seconds(settings.warm)) if stage is Stage.CUTOVER else at_least,
        deadline=seconds(given.deadline),
        evidence=given.evidence,
        approve=given.approve,
        stepwise=given.rollback == "stepwise",
    )


def _gates_on_hub(stage: Stage, settings: TakeoverSettings, hub: HubPart) -> tuple[str, ...]:
    """The gates of a stage that have evidence there, and what the Hub itself can tell."""
    if stage is Stage.SHIFTING and not hub.shifting:
        return ()
    given, known = getattr(settings, stage).gates, all_gates(settings.gate)
    there = _NEED_A_SHARE if stage is Stage.SHIFTING else ()
    kept = [
        one
        for one in given
        if isinstance(known[one], there) or not isinstance(known[one], _NEED_A_GATEWAY)
    ]
    own = ("engagement", "quota") if stage is Stage.CUTOVER else ()
    return tuple(dict.fromkeys((*kept, *own)))


def plan_text(plan: Plan) -> str:
    """The plan as JSON: the same plan, the same text."""
    return msgspec.json.encode(plan, order="sorted").decode()


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the plan's text, in hexadecimal."""
    return sha256(plan_text(plan).encode()).hexdigest()


@lru_cache(maxsize=8)
def parse_plan(text: str) -> Plan:
    """The plan that a ledger holds. Raises TakeoverError if this version cannot read it."""
    try:
        return msgspec.json.decode(text, type=Plan)
    except (msgspec.DecodeError, ValueError) as error:
        raise TakeoverError(
            f"The plan in the ledger cannot be read: {error}. Use the version of Frontrunner that "
            "wrote it."
        ) from error


# --- positions ------------------------------------------------------------------------------------


def positions(plan: Plan) -> list[Position]:
    """Every position of the plan in order, from `planned` to `settled`."""
    found = [Position()]
    for stage in PATH:
        steps = len(plan.shares) if stage is Stage.SHIFTING else 1
        found += [Position(stage=stage, step=step) for step in range(steps)]
    return found


def following(plan: Plan, position: Position) -> Position | None:
    """The running position after one; None after `settled`."""
    path = positions(plan)
    here = Position(stage=position.stage, step=position.step)
    after = path.index(here) + 1 if here in path else len(path)
    return path[after] if after < len(path) else None


def wanted(plan: Plan, position: Position) -> World:
    """What the data plane has to do at a position; each position has exactly one answer."""
    stage = position.stage
    if position.mode is Mode.ROLLED_BACK or stage is Stage.PLANNED:
        return World()
    share = plan.shares[min(position.step, len(plan.shares) - 1)] if stage is Stage.SHIFTING else 0
    if stage in (Stage.CUTOVER, Stage.SETTLED):
        share = FULL
    with_banner: tuple[Stage, ...] = (Stage.GUIDED, Stage.SHIFTING, Stage.CUTOVER)
    if plan.hub:  # at the cut-over the name has the new board alone, and nothing that adds a banner
        with_banner = (Stage.GUIDED, Stage.SHIFTING)
    return World(
        share=share,
        shadow=plan.shadow if share < FULL else 0,
        banner=plan.banner and stage in with_banner,
        settled=stage is Stage.SETTLED,
        parallel=plan.hub is not None,
    )


def needed(plan: Plan, position: Position) -> tuple[str, ...]:
    """Gates that must pass before the take-over goes on from a position.

    Once all users have moved, no read of the old board is left to compare with the new one.
    """
    if position.stage is Stage.PLANNED:
        return ()
    gates = plan.stage(position.stage).gates
    if wanted(plan, position).share < FULL:
        return gates
    return tuple(one for one in gates if not isinstance(plan.gates[one], ShadowGate))


def guarding(plan: Plan, position: Position) -> tuple[str, ...]:
    """Gates that stop the take-over if they fail: those of the stage and of every stage before.

    At the cut-over of a Space its gateway is gone, and with it the evidence of traffic.
    """
    found: dict[str, None] = {}
    for stage in PATH:
        found |= dict.fromkeys(plan.stage(stage).gates)
        if stage is position.stage:
            break
    if plan.hub and position.stage in (Stage.CUTOVER, Stage.SETTLED):
        found = {one: None for one in found if not isinstance(plan.gates[one], _NEED_A_GATEWAY)}
    return tuple(found) if position.stage in PATH else ()


def least_evidence(plan: Plan, stage: Stage, gate: str) -> int:
    """Units of evidence that a gate needs at least in a stage: its own minimum or the stage's."""
    found = plan.gates.get(gate)
    own = getattr(found, "minimum_sample", 0)
    return max(own, plan.stage(stage).evidence) if isinstance(found, ON_TRAFFIC) else own


def asks_a_person(plan: Plan, gate: str) -> bool:
    """Whether a gate waits until an operator approves."""
    found = plan.gates.get(gate)
    return isinstance(found, ManualGate) or (isinstance(found, FeedbackGate) and found.human)
