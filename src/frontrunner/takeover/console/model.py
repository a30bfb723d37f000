"""What the console shows, from what it read. Pure: no file, no clock, no HTML but the charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from frontrunner.checks.gates import Verdict
from frontrunner.gateway.feedback import Message
from frontrunner.gateway.shadow.tally import Tally
from frontrunner.gateway.status import Status
from frontrunner.ops.notify import Outbox
from frontrunner.takeover.console.naming import MEANINGS, mode_words, named, percent
from frontrunner.takeover.console.phrases import kind, phrase, span
from frontrunner.takeover.console.sparklines import Line, Point, sparkline
from frontrunner.takeover.console.standing import Standing, situation
from frontrunner.takeover.held import held_of, next_steps
from frontrunner.takeover.looks import Look, blockers_of
from frontrunner.takeover.notices import STAGE_NAMES, evidence_line
from frontrunner.takeover.plan import ON_TRAFFIC, Plan, positions
from frontrunner.takeover.records import Entry, Reading
from frontrunner.takeover.situation import Situation
from frontrunner.takeover.stages import Mode, Position, Stage

SILENT_AFTER = 60.0
"""Seconds without a look after which the controller counts as silent."""
PAGE_SIZE = 50
"""Entries on one page of the ledger."""


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a page is made of, as it was at one moment."""

    at: float
    """Now, in seconds since the epoch."""
    entries: tuple[Entry, ...] = ()
    """The whole ledger, oldest first."""
    looks: tuple[Look, ...] = ()
    """Oldest first."""
    found: Plan | None = None
    """The plan of the settings as they are now; None if they cannot be read."""
    plan_text: str = ""
    """The same for people."""
    status: Status | None = None
    """None if the gateway's files cannot be read."""
    tally: Tally = msgspec.field(default_factory=Tally)
    messages: tuple[Message, ...] = ()
    """Newest first."""
    outboxes: tuple[Outbox, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, each in one sentence."""

    @property
    def look(self) -> Look | None:
        """The last look of the controller."""
        return self.looks[-1] if self.looks else None


# --- where it is ----------------------------------------------------------------------------------


class Step(NamedTuple):
    """One place on the path."""

    name: str
    detail: str
    state: str
    """`done`, `now` or `later`."""


def steps(standing: Standing) -> list[Step]:
    """The stages in order; those of shifting with their shares."""
    plan = standing.plan
    places = positions(plan) if plan else [Position(stage=stage) for stage in Stage]
    here = Position(stage=standing.position.stage, step=standing.position.step)
    reached = places.index(here) if here in places else 0
    found = []
    for number, place in enumerate(places):
        shifting = place.stage is Stage.SHIFTING and plan is not None
        name = percent(plan.shares[place.step]) if shifting and plan else STAGE_NAMES[place.stage]
        state = "done" if number < reached else "now" if number == reached else "later"
        found.append(Step(name, "of the users" if shifting else "", state))
    return found


class Headline(NamedTuple):
    """The state in a few words."""

    title: str
    mode: str
    tone: str
    """`good`, `held` or `bad`."""
    meaning: str
    since: str
    deadline: str
    """How long is left; empty without a deadline."""
    stopped: str
    """Why it was paused, rolled back or failed; empty if it was not."""
    evidence: tuple[str, ...]
    """What the gates said that stopped it, with their numbers."""
    holding: tuple[str, ...]
    """Everything that keeps it from going on; empty if it can."""
    next: tuple[str, ...]
    """What an operator can do now."""


_TONES = {Mode.RUNNING: "good", Mode.FINISHED: "good", Mode.PAUSED: "held"}


def headline(inputs: Inputs, standing: Standing) -> Headline:
    """Where it is, since when, and why it holds."""
    here, look, held = standing.position, inputs.look, held_of(standing.state)
    return Headline(
        title=named(here, standing.plan) if standing.has_begun else "Not started",
        mode=mode_words(here.mode) if standing.has_begun else "",
        tone=_TONES.get(here.mode, "bad"),
        meaning=MEANINGS[here.stage],
        since=span(inputs.at - standing.since) if standing.since else "",
        deadline=_deadline(inputs.at, look),
        stopped=f"{held.why} (Entry {held.seq}.)" if held else "",
        evidence=tuple(map(evidence_line, held.readings)) if held else (),
        holding=blockers_of(look),
        next=next_steps(standing.state, look),
    )


def _deadline(now: float, look: Look | None) -> str:
    if look is None or look.deadline is None:
        return ""
    left = look.deadline - max(0.0, now - look.at)
    return f"{span(left)} left" if left > 0 else "over"


class Share(NamedTuple):
    """What was asked of the data plane and what it does."""

    asked: str
    seen: str
    agrees: bool
    banner: str
    compared: str
    streams: str
    chart: Markup


_UNKNOWN = "not known"


def share(inputs: Inputs) -> Share:
    """The share as asked and as seen; what Envoy says now counts before the last look."""
    look, status = inputs.look, inputs.status
    asked = look.wanted.share if look else status.asked.share if status else None
    seen = status.seen.share if status and status.seen else None
    reality = look.reality if look else None
    world = reality.world if reality else None
    seen = seen if seen is not None else world.share if world else None
    streams = status.streams if status and status.running else reality.streams if reality else None
    return Share(
        asked=_UNKNOWN if asked is None else percent(asked),
        seen=_UNKNOWN if seen is None else percent(seen),
        agrees=asked is not None and asked == seen,
        banner=_UNKNOWN if world is None else "shown" if world.banner else "hidden",
        compared=_UNKNOWN if world is None else f"{percent(world.shadow)} of the reads",
        streams=_UNKNOWN if streams is None else f"{streams:,}",
        chart=_share_chart(inputs.looks),
    )


def _share_chart(looks: Sequence[Look]) -> Markup:
    asked = [Point(one.at, one.wanted.share / 100) for one in looks]
    seen = [Point(one.at, one.reality.world.share / 100 if one.reality else None) for one in looks]
    if not looks:
        return Markup("")
    label = (
        f"Share of users over {span(looks[-1].at - looks[0].at)}, requested and actual, in percent"
    )
    return sparkline([Line(asked, "asked"), Line(seen)], None, label)


# --- alerts ---------------------------------------------------------------------------------------


def alerts(inputs: Inputs, standing: Standing) -> list[str]:
    """What an operator must know first, each in one sentence or two."""
    return [*warnings(inputs, standing), *_of_channels(inputs)]


def warnings(inputs: Inputs, standing: Standing) -> list[str]:
    """What an operator must know before pressing a button."""
    found = [*inputs.problems, *_of_controller(inputs, standing)]
    found += _of_plane(inputs)
    if standing.state.offered:
        found.append(
            f"The plan was edited ({standing.state.offered[:12]}) and is not accepted. Nothing "
            "advances until it is."
        )
    if standing.plan is None and standing.state.plan_text:
        found.append("The plan in the ledger was written by another version and cannot be read.")
    return found


def _of_channels(inputs: Inputs) -> list[str]:
    return [
        f"The channel {one.channel} is dead after {one.attempts} attempts: {one.error}"
        for one in inputs.outboxes
        if one.is_dead
    ]


def _of_controller(inputs: Inputs, standing: Standing) -> list[str]:
    if not standing.has_begun and inputs.look is None:
        return []
    if inputs.look is None:
        return ["The controller has not reported yet. Start it: frontrunner takeover start"]
    silent = inputs.at - inputs.look.at
    if silent < SILENT_AFTER or standing.position.mode is Mode.FINISHED:
        return []
    return [
        f"The controller has not reported for {span(silent)}, so this page is outdated, and "
        "buttons wait for it. Start it: frontrunner takeover start"
    ]


def _of_plane(inputs: Inputs) -> list[str]:
    look = inputs.look
    if look is None:
        return []
    if look.reality is None:
        return ["The gateway did not answer at the last check."]
    found = [
        f"The {name} board is not healthy."
        for name, side in (("old", look.reality.old), ("new", look.reality.new))
        if side.healthy is False
    ]
    if look.reality.world != look.wanted:
        found.append("The gateway has not applied the last change yet.")
    return found


# --- gates ----------------------------------------------------------------------------------------


class GateView(NamedTuple):
    """One gate with its readings."""

    name: str
    verdict: str
    text: str
    value: str
    limit: str
    evidence: str
    """How much there is, and how much is still wanted."""
    done: int
    """The evidence so far, as a percentage of the least."""
    marks: tuple[str, ...]
    chart: Markup


_WORST_FIRST = (Verdict.FAILED, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASSED)


def gates(inputs: Inputs, standing: Standing) -> list[GateView]:
    """The gates as of the last look, those needed to go on first, then the worst first."""
    now = situation(standing, inputs.look, inputs.found)
    if now is None:
        return []
    needed = now.needed if standing.has_begun else ()
    readings = sorted(
        now.readings, key=lambda one: (one.gate not in needed, _WORST_FIRST.index(one.verdict))
    )
    return [_gate(one, one.gate in needed, _least(now, one.gate), inputs.looks) for one in readings]


def _least(now: Situation, gate: str) -> int:
    """What the stage asks of a gate on traffic; any other needs what its reading says."""
    on_traffic = isinstance(now.plan.gates.get(gate), ON_TRAFFIC)
    return now.plan.stage(now.position.stage).evidence if on_traffic else 0


def not_run(inputs: Inputs, standing: Standing) -> list[str]:
    """Gates that must pass before the take-over goes on, and of which nothing is known yet."""
    now = situation(standing, inputs.look, inputs.found)
    if now is None or not now.is_active:
        return []
    known = {one.gate for one in now.readings}
    return [gate for gate in now.needed if gate not in known]


def _gate(reading: Reading, needed: bool, least: int, looks: Sequence[Look]) -> GateView:
    wanted = max(reading.wanted, least if needed and reading.sample < least else 0)
    missing = max(0, wanted - reading.sample)
    evidence = f"{reading.sample:,} of {wanted:,}" if wanted else ""
    if missing:
        evidence += f"; {missing:,} still wanted"
    marks = ["needed now"] * needed
    marks += ["not armed"] * (not reading.armed) + ["dry run"] * reading.dry_run
    return GateView(
        name=reading.gate,
        verdict=reading.verdict.value,
        text=reading.text,
        value=number(reading.value),
        limit=number(reading.limit),
        evidence=evidence,
        done=min(100, 100 * reading.sample // wanted) if wanted else 100,
        marks=tuple(marks),
        chart=_gate_chart(reading, looks),
    )


def _gate_chart(reading: Reading, looks: Sequence[Look]) -> Markup:
    points = [Point(one.at, _value(one, reading.gate)) for one in looks]
    if not looks:
        return Markup("")
    words = f"{reading.gate} over {span(looks[-1].at - looks[0].at)}: now {number(reading.value)}"
    limit = "" if reading.limit is None else f", limit {number(reading.limit)}"
    return sparkline([Line(points)], reading.limit, words + limit)


def _value(look: Look, gate: str) -> float | None:
    return next((one.value for one in look.readings if one.gate == gate), None)


def number(value: float | None) -> str:
    """A number with at most four significant digits."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


# --- the ledger -----------------------------------------------------------------------------------


class Row(NamedTuple):
    """One entry of the ledger."""

    entry: Entry
    kind: str
    text: str


class LedgerPage(NamedTuple):
    """Some entries, newest first."""

    rows: list[Row]
    older: int
    """Where the next page begins; 0 if there is none."""
    found: int
    """Entries that the filter lets through."""


def ledger_page(
    entries: Sequence[Entry], before: int = 0, kinds: str = "", words: str = ""
) -> LedgerPage:
    """Entries before a number, of one kind, that contain the words in actor or text."""
    matching = [one for one in _rows(reversed(entries)) if _matches(one, kinds, words.lower())]
    rows = [one for one in matching if not before or one.entry.seq < before]
    page = rows[:PAGE_SIZE]
    older = page[-1].entry.seq if len(rows) > PAGE_SIZE else 0
    return LedgerPage(page, older, len(matching))


def latest(entries: Sequence[Entry], most: int) -> list[Row]:
    """The last entries, newest first."""
    return list(_rows(reversed(entries[-most:])))


def _rows(entries: Iterable[Entry]) -> Iterable[Row]:
    return (Row(one, kind(one.record), phrase(one.record)) for one in entries)


def _matches(row: Row, kinds: str, words: str) -> bool:
    if kinds and row.kind != kinds:
        return False
    return not words or words in f"{row.entry.actor} {row.text}".lower()
