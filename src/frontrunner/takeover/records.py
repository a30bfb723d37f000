"""What the ledger holds: each record one fact, in the order in which it became known.

The state of a take-over is a fold over these records, so nothing has to be remembered elsewhere.
A kind is never renamed and a field never changes its meaning; new ones may be added.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from frontrunner.checks.gates import Verdict
from frontrunner.takeover.stages import Position, World


class Verb(StrEnum):
    """What an operator can ask for."""

    START = "start"
    ADVANCE = "advance"
    PAUSE = "pause"
    RESUME = "resume"
    APPROVE = "approve"
    REJECT = "reject"
    ROLLBACK = "rollback"
    RETRY = "retry"
    FINISH = "finish"
    ACCEPT = "accept"
    """Go on with a plan that was edited."""


class Cause(StrEnum):
    """What made the controller decide."""

    EVIDENCE = "evidence"
    """Everything that the plan requires holds."""
    COMMAND = "command"
    GATE = "gate"
    """A gate failed."""
    DEADLINE = "deadline"
    HEALTH = "health"
    """A board was unhealthy for too long."""
    REFUSED = "refused"
    """The data plane refused a step too often."""
    DRIFT = "drift"
    """The data plane was changed by hand or by another program."""
    PLAN = "plan"
    """An edited plan was accepted."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one gate said at one look."""

    gate: str
    verdict: Verdict
    text: str
    """The finding in one sentence, with its numbers and units."""
    value: float | None = None
    """The number that is compared with the limit; None if there is none."""
    limit: float | None = None
    sample: int = 0
    """Units of evidence so far."""
    wanted: int = 0
    """Units of evidence that the gate needs at least."""
    armed: bool = True
    """Whether the gate was proved able to fail. One that is not armed never passes."""
    dry_run: bool = False
    """Whether it is measured without deciding anything."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    pass


class Commanded(_Record, frozen=True, tag="command"):
    """An operator asked for something. The controller answers with a `Decided` or a `Refused`."""

    verb: Verb
    reason: str = ""
    gate: str = ""
    """The manual gate that `approve` and `reject` are about; empty for all that wait."""
    force: bool = False
    """Go on without the gates; health is still needed."""


class Decided(_Record, frozen=True, tag="decision"):
    """The take-over goes from one position to another."""

    before: Position
    after: Position
    why: str
    command: int | None = None
    """The record of the command that it answers; None if evidence or a deadline decided."""
    readings: tuple[Reading, ...] = ()
    """The evidence at that moment."""
    cause: Cause = Cause.EVIDENCE
    gates: tuple[str, ...] = ()
    """The manual gates that were approved or rejected; empty in entries of earlier versions."""
    clock: float = 0.0
    """The clock of the take-over in seconds: the time that a controller has watched. All durations
    are counted on it, because no step of a wall clock moves it."""


class Refused(_Record, frozen=True, tag="refused"):
    """A command was not carried out, because it came too late or made no sense."""

    command: int
    why: str


class Intended(_Record, frozen=True, tag="intent"):
    """The controller is about to change the data plane."""

    before: World | None
    """What the data plane did; None if it could not be asked."""
    after: World
    why: str
    to: Position | None = None
    """The position that it leads to, which is decided once the data plane is seen to follow; None
    if it only restores what the position wants."""
    cause: Cause = Cause.EVIDENCE
    command: int | None = None
    """The record of the command that it answers."""
    force: bool = False
    """Whether users may be moved to the old board although it is unhealthy."""
    readings: tuple[Reading, ...] = ()
    """The evidence at that moment."""
    clock: float = 0.0
    """See `Decided.clock`."""


class Acted(_Record, frozen=True, tag="outcome"):
    """What the data plane did after an intent, as read back."""

    intent: int
    """The record of the intent."""
    seen: World | None
    """None if it could not be read back."""
    error: str = ""
    """Why it was not done. Empty if it was, or if the controller ended before it tried."""


class StepBegun(_Record, frozen=True, tag="step-intent"):
    """One step of a change that has several, as on a hub, is about to be made."""

    step: str
    """Its key; never renamed."""
    title: str
    about: dict[str, str] = {}
    """What it was decided on, such as the commit that it expects."""


class StepEnded(_Record, frozen=True, tag="step-outcome"):
    """What became of a step, as read back."""

    intent: int
    """The record of its intent."""
    step: str
    facts: dict[str, str] = {}
    """What later steps need, such as the commit that was made."""
    error: str = ""
    """Why it failed; empty if it is done."""


class Observed(_Record, frozen=True, tag="observed"):
    """The verdict of a gate changed, or a gate was looked at for the first time in a step."""

    reading: Reading


class Restarted(_Record, frozen=True, tag="analysis-restarted"):
    """The counts of the evidence begin again, because what is measured is not the same any more."""

    why: str
    old_code: str | None = None
    new_code: str | None = None
    clock: float = 0.0
    """See `Decided.clock`."""


class NewData(_Record, frozen=True, tag="new-data"):
    """A side has new results; the parity gate runs again."""

    side: str
    data: str


class PlanChanged(_Record, frozen=True, tag="plan-changed"):
    """The plan was edited while it runs; the hash of the record is the plan in force."""

    found: str
    """Hash of the plan as it is now."""
    accepted: bool
    plan: str = ""
    """The plan that is in force from here on, as JSON; empty if it was not accepted."""
    step: int | None = None
    """The step of shifting in that plan, with at most the share of before; None changes nothing."""


class Noted(_Record, frozen=True, tag="note"):
    """Anything else that the story needs: leases, drift, outages, alarms, what was saved."""

    topic: str
    """`alarm`, `lease`, `drift`, `outage`, `health` or `saved`."""
    text: str


class Unknown(_Record, frozen=True, tag="unknown"):
    """A record that this version cannot read, because a later one wrote it. It is never written."""

    name: str
    """Its kind; empty if it has none."""
    text: str
    """What the ledger holds, as it is."""


Record = (
    Commanded
    | Decided
    | Refused
    | Intended
    | Acted
    | StepBegun
    | StepEnded
    | Observed
    | Restarted
    | NewData
    | PlanChanged
    | Noted
    | Unknown
)
"""Everything that the ledger holds."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A record with its place in the chain."""

    seq: int
    """Counts from 1, without gaps."""
    at: float
    """Seconds since the epoch; never before the record that precedes it."""
    actor: str
    """`controller`, `cli:<user>` or `console:<name>`."""
    plan: str
    """Hash of the plan in force."""
    token: int
    """Fencing token of the controller's lease; 0 for commands."""
    record: Record
    previous: str
    """Hash of the entry before; 64 zeros for the first."""
    hash: str
    """SHA-256 over all of the above."""
