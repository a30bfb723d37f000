"""What of a plan would hold the take-over later, found before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from frontrunner.base.gate_settings import (
    BUILT_IN,
    ContractGate,
    FreshnessGate,
    GateSettings,
    LinksGate,
    ParityGate,
    ShadowGate,
)
from frontrunner.base.near import near_names
from frontrunner.gateway.shadow.compare import Difference
from frontrunner.gateway.shadow.rules import IgnoreRule
from frontrunner.takeover.gates.prove import prove
from frontrunner.takeover.plan import PATH, Plan, needed, positions
from frontrunner.takeover.stages import Stage
from frontrunner.takeover.traffic import Traffic

_DAY = 86400.0
_WHY: dict[type, str] = {
    ParityGate: "Without this gate, missing models and scores that change go unnoticed.",
    ContractGate: "Without this gate, programs that use the old board may break unnoticed.",
    LinksGate: "Without this gate, links to the old board may break unnoticed.",
    FreshnessGate: "Without this gate, a new board that is no longer updated goes unnoticed.",
    ShadowGate: "Without this gate, answers that differ go unnoticed until users see them.",
}


def unready(plan: Plan, own: Iterable[str]) -> tuple[str, ...]:
    """What an operator has to set up or correct, each in one or two sentences.

    `own` are the names of the tables `[[takeover.gate]]`. Files of the gates are read; nothing is
    asked over the network.
    """
    return (*_gates_not_set_up(plan), *_unused(plan, own))


def shadow_without_reads(
    plan: Plan, rules: Iterable[IgnoreRule], counts: Mapping[str, int], today: date
) -> tuple[str, ...]:
    """A warning if ignore rules leave gate `shadow` no read to judge.

    `counts` are the reads that were compared so far, by outcome. Two boards seldom have the same
    title, so a rule for titles applies to each page; tables as JSON or CSV have none.
    """
    first = _first_stages(plan)
    gates = [plan.gates[name] for name in first]
    shadows = [gate for gate in gates if isinstance(gate, ShadowGate)]
    living = [rule for rule in rules if rule.until >= today]
    if not shadows or plan.hub is not None or counts.get("same", 0) + counts.get("different", 0):
        return ()
    title = Difference("title", "", "")
    rule = next((one.name for one in living if one.matches("/", title)), None)
    ignored = counts.get("ignored", 0)
    if ignored:
        what = f"All of the {ignored:,} compared reads that could count were ignored by a rule."
    elif rule is not None:
        what = f"The ignore rule {rule!r} applies to every page, so pages are no evidence."
    else:
        return ()
    name, wanted = shadows[0].name, shadows[0].minimum_sample
    return (
        f"Gate {name} can pass only on other reads: {what} It needs {wanted:,} reads that no "
        "rule ignores, such as tables that both boards serve as JSON or CSV at the same address. "
        f"If the old board serves pages alone, it can never pass, and {first[name]} is never left: "
        f"leave {name} out of `gates` of every stage, or narrow the rule.",
    )


def short_measure(traffic: Traffic | None) -> tuple[str, ...]:
    """A warning if the traffic of a day is extrapolated from less than a day."""
    if traffic is None or traffic.seconds >= _DAY:
        return ()
    minutes = traffic.seconds / 60
    length = f"{minutes:,.0f} minutes" if minutes < 120 else f"{minutes / 60:,.0f} hours"
    length = "about a minute" if minutes < 1.5 else length
    return (
        f"The traffic was measured over {length} only, and a day has busy and quiet hours: the "
        "durations below may be far off. Measure for a day, or give --requests-per-day N.",
    )


def _gates_not_set_up(plan: Plan) -> list[str]:
    found = []
    for name, stage in _first_stages(plan).items():
        gate = plan.gates[name]
        reason = _lacks(gate, plan) or prove([gate]).get(name, "")
        if reason:
            holds = "it is shown as not armed" if gate.dry_run else f"{stage} is never left"
            why = _WHY.get(type(gate), "")
            found.append(f"Gate {name} cannot pass, so {holds}. {reason} {why}".rstrip())
    return found


def _first_stages(plan: Plan) -> dict[str, Stage]:
    """Each gate that something waits for, with the first stage that does."""
    found: dict[str, Stage] = {}
    for position in positions(plan):
        for name in needed(plan, position):
            found.setdefault(name, position.stage)
    return found


def _lacks(gate: GateSettings, plan: Plan) -> str:
    """What else a gate needs that is not set."""
    if isinstance(gate, FreshnessGate) and not plan.old_data and plan.hub is None:
        return (
            "It does not know when the old board's data was made. Set [takeover] old_data to a URL "
            "that sends Last-Modified."
        )
    if isinstance(gate, ShadowGate) and not plan.shadow and plan.hub is None:
        return "No read is compared. Set [takeover] shadow to a percentage above 0."
    return ""


def _unused(plan: Plan, own: Iterable[str]) -> list[str]:
    """Tables whose gate no stage names: it is neither measured nor shown."""
    used = {name for stage in PATH for name in plan.stage(stage).gates}
    known = [gate.name for gate in BUILT_IN]
    found = []
    for name in own:
        if name in used:
            continue
        text = f"[[takeover.gate]] {name!r} is in the gates of no stage, so it is never asked."
        near = [] if name in known else near_names(name, known, most=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        found.append(f"{text}{meant} Add it to the gates of a stage, such as [takeover.shifting].")
    return found
