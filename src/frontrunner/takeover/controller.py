"""The loop of the take-over: look, decide, write the intent, act, read back, write the outcome.

What decides is in the ledger and at the data plane, so the controller may be killed at any instant.
Counts of evidence, the time watched, and how long a verdict or an illness has lasted are in files
of the home.
One controller acts at a time: it holds the lease, and each of its writes carries the lease's token,
which both the ledger and the data plane check.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from frontrunner.base.errors import (
    GatewayError,
    LedgerError,
    StaleTokenError,
    TakeoverError,
)
from frontrunner.takeover.eyes import Eyes
from frontrunner.takeover.fold import State, fold
from frontrunner.takeover.looks import Look
from frontrunner.takeover.machine import decide
from frontrunner.takeover.plan import Plan, parse_plan, wanted
from frontrunner.takeover.records import Acted, Commanded, Entry, Noted, Record, Verb
from frontrunner.takeover.situation import Act, Alarm, Append, Hold, Sight
from frontrunner.takeover.stages import Mode, Stage, World
from frontrunner.takeover.surroundings import Parts

log = logging.getLogger("frontrunner.takeover")
_LISTEN_EVERY = 0.2
"""Seconds between two checks for new commands."""
_REPEATED = 20
"""Entries of the controller before that the witness gets again; it knows which are not new."""
STANDS_BY = (
    "Another controller works on this take-over. This one stands by, and takes over if that "
    "one stops."
)
MOST_STEPS = 200
"""Steps of one look; more mean that the rules contradict each other."""


class Controller:
    """One controller, which acts while it holds the lease and stands by otherwise."""

    def __init__(self, parts: Parts, name: str) -> None:
        """`name` names the holder of the lease, such as `host:pid`."""
        self.parts = parts
        self.name = name
        self.state = State()
        self.token: int | None = None
        self._is_timed = False
        """Whether the clock goes on from the last look."""
        self._begun = False
        """Whether everything was read under this lease; a ledger may fail on the way."""
        self._fenced = False
        self._alarmed: dict[str, float] = {}
        self._eyes = Eyes(parts, self._fence)

    # --- one look -----------------------------------------------------------------------------

    def tick(self) -> Look | None:
        """Look once and do all that is due; None while another controller has the lease.

        Errors that a later look may overcome are not raised.
        """
        try:
            if not self._has_lease():
                return None
            self._learn(self.parts.book.entries(after=self.state.last))
            return self._look()
        except StaleTokenError as error:
            log.warning("this controller stands by: %s", error)
            self._lose()
        except TakeoverError as error:
            self.parts.witness.trouble(str(error))
            return self._blind(str(error))
        return None

    def release(self) -> None:
        """Give the lease back, so that the next controller need not wait."""
        if self.token is not None:
            token, self.token, self._begun = self.token, None, False
            try:
                self.parts.lease.release(token)
            except LedgerError as error:
                log.warning("the lease could not be given back: %s", error)

    def run(self, stop: threading.Event, seconds: float) -> bool:
        """Look every so many seconds until it is stopped or the take-over is finished.

        Whether it had the lease at its last look, instead of standing by.
        """
        standing_by = False
        while not stop.is_set():
            look = self.tick()
            if look is None and not standing_by:
                log.warning("%s", STANDS_BY, extra={"event": "stands_by"})
            standing_by = look is None
            if look is not None and look.position.mode is Mode.FINISHED and not self.state.pending:
                log.warning("the take-over is finished")
                break
            self._wait(stop, seconds)
        self.release()
        return not standing_by

    def _wait(self, stop: threading.Event, seconds: float) -> None:
        """Until the next look is due, or a command has come."""
        until = time.monotonic() + seconds
        while not stop.is_set() and not self._has_command():
            left = until - time.monotonic()
            if left <= 0 or stop.wait(min(left, _LISTEN_EVERY)):
                return

    def _has_command(self) -> bool:
        try:
            return self.token is not None and any(
                isinstance(one.record, Commanded)
                for one in self.parts.book.entries(after=self.state.last)
            )
        except LedgerError:
            return False

    # --- the lease ----------------------------------------------------------------------------

    def _has_lease(self) -> bool:
        if self.token is not None and not self.parts.lease.renew(self.token):
            log.warning("the lease is lost; this controller stands by")
            self._lose()
        if self.token is None:
            # A ledger that was restored from a backup has forgotten tokens that the plane knows.
            above = self.parts.plane.last_token()
            self.token = self.parts.lease.acquire(self.name, above)
            if self.token is None:
                return False
        if not self._begun:
            self._begin()
            self._begun = True
        return True

    def _begin(self) -> None:
        """Read everything, and go on where the controller before stopped."""
        self.state, self._fenced = State(), False
        entries = list(self.parts.book.entries())
        self._learn(entries, is_news=False)
        for entry in entries[-_REPEATED:]:  # the one before may not have passed them on
            self.parts.witness.entry(entry)
        self._go_on_from_last_look()
        self._append(Noted(topic="lease", text=f"{self.name} has the lease, token {self.token}."))

    def _go_on_from_last_look(self) -> None:
        last = self.parts.last_look()
        watched = max(self.state.clock, last.clock if last else 0.0)
        self.parts.clock.anchor(self.state.last_at, watched)
        self._is_timed = True
        self._eyes.go_on_from(last, watched)

    def _lose(self) -> None:
        self.token, self.state = None, State()
        self._begun = self._fenced = self._is_timed = False

    def _held(self) -> int:
        """The token of the lease. Raises StaleTokenError without one: 0 would pass as a person."""
        if self.token is None:
            raise StaleTokenError("This controller has no lease, so it writes nothing.")
        return self.token

    def _keep_lease(self) -> None:
        """Renew the lease in a long look. Raises StaleTokenError if it is over."""
        if not self.parts.lease.renew(self._held()):
            raise StaleTokenError("The lease was lost during a check.")

    def _fence(self) -> str:
        """Make the data plane refuse earlier controllers before it is read; why not, if not."""
        if not self._fenced and self.token is not None:
            try:
                self.parts.plane.fence(self.token)
            except (GatewayError, OSError) as error:
                return str(error)
            self._fenced = True
        return ""

    # --- looking ------------------------------------------------------------------------------

    def _look(self) -> Look:
        sight = self._sight()
        plan = self._plan(sight)
        if plan is None:
            return self._ended(sight, None, "There is no plan: the settings cannot be read.")
        start = self.state.position
        for _ in range(MOST_STEPS):
            counts, step = self.state.counts_at, decide(self.state, plan, sight)
            if isinstance(step, Hold):
                self._raise_alarms(step.alarms)
                return self._ended(sight, plan, *step.reasons)
            if isinstance(step, Append):
                self._append(step.record)
                plan = self._plan(sight) or plan
            elif step.needs_old_board(sight):
                sight = self._eyes.old_asked(sight)
            elif step.goes_forward and self.state.position != start:
                return self._ended(sight, plan, "The next step is decided at the next check.")
            else:
                self._raise_alarms(step.alarms)
                self._keep_lease()
                error = self._act(step)
                self._keep_lease()
                if error:
                    return self._ended(sight, plan, error)
                sight = self._eyes.seen_again(sight)
            if self.state.counts_at != counts:  # what was said of earlier counts is void
                sight = self._eyes.judged(sight, self.state, plan)
        raise LedgerError(
            f"The controller did not settle after {MOST_STEPS} steps at "
            f"{self.state.position}. This is a bug in Frontrunner. Please report it with the "
            "ledger."
        )

    def _sight(self) -> Sight:
        sight = self._eyes.sight()
        if self._eyes.settings_error:
            text = self._eyes.settings_error
            self._raise_alarms((Alarm(key="settings", text=text, every=3600.0),))
        plan = self._plan(sight)
        if plan is None or self._is_hurried():
            return sight
        return self._eyes.judged(sight, self.state, plan)

    def _is_hurried(self) -> bool:
        """Whether users are to go back: then nothing is measured first."""
        pending = self.state.pending
        return bool(pending) and pending[-1].command.verb is Verb.ROLLBACK

    def _plan(self, sight: Sight) -> Plan | None:
        """The plan in force, or before the start the one of the settings."""
        return parse_plan(self.state.plan_text) if self.state.plan_text else sight.found

    # --- doing --------------------------------------------------------------------------------

    def _act(self, step: Act) -> str:
        """Change the data plane; why it does not follow, or an empty text if it does."""
        seq = step.seq if step.seq is not None else self._append(step.intent).seq
        error = ""
        try:
            self.parts.plane.write(step.intent.after, self._held())
        except (GatewayError, OSError) as failure:
            error = str(failure)
        reality, unread = self._eyes.read()
        seen = reality.world if reality else None
        if reality is not None and not error and reality.moving == step.intent.after:
            return f"The change is under way. {reality.doing}"
        if reality is not None and reality.rests_at(step.intent.after):
            self._append(Acted(intent=seq, seen=seen))
            return ""
        error = error or unread or "The data plane had another state when it was read back."
        self._append_failure(Acted(intent=seq, seen=seen, error=error))
        return error

    def _append_failure(self, outcome: Acted) -> None:
        """Every refusal of a step forward counts; of others, the same one is written once."""
        intent = self.state.intent
        forward = intent is not None and Act(intent=intent.record).goes_forward
        if forward or intent is None or intent.outcome != outcome:
            self._append(outcome)

    def _append(self, record: Record) -> Entry:
        entry = self.parts.book.append(
            "controller",
            self.state.plan,
            record,
            token=self._held(),
            at=self.parts.clock.at(),
        )
        if entry.seq > self.state.last + 1:  # a command came between
            self._learn(self.parts.book.entries(after=self.state.last))
        else:
            self._learn([entry])
        return entry

    def _learn(self, entries: Iterable[Entry], *, is_news: bool = True) -> None:
        for entry in entries:
            self.state = fold([entry], self.state)
            if is_news:
                self.parts.witness.entry(entry)

    def _raise_alarms(self, alarms: Iterable[Alarm]) -> None:
        now = self.parts.clock.elapsed()
        for one in alarms:
            last = self._alarmed.get(one.key)
            if last is None or now - last >= one.every:
                self._alarmed[one.key] = now
                self._append(Noted(topic="alarm", text=one.text))

    # --- the end of a look ---------------------------------------------------------------------

    def _ended(self, sight: Sight, plan: Plan | None, *reasons: str) -> Look:
        position = self.state.position
        look = Look(
            at=self.parts.clock.at(),
            clock=self.parts.clock.elapsed(),
            position=position,
            wanted=wanted(plan, position) if plan else World(),
            reality=sight.reality,
            readings=sight.readings,
            deadline=self._deadline(plan),
            holding=" ".join(reasons),
            blockers=reasons,
            streaks=self._eyes.streaks,
            sick_for=sight.sick_for,
        )
        self.parts.witness.look(look)
        return look

    def _deadline(self, plan: Plan | None) -> float | None:
        position = self.state.position
        runs = position.mode is Mode.RUNNING and position.stage is not Stage.PLANNED
        if plan is None or not runs:
            return None
        used = self.state.against_deadline(self.parts.clock.elapsed())
        return max(plan.stage(position.stage).deadline - used, 0.0)

    def _blind(self, error: str) -> Look:
        """A look without a ledger: the data plane is left as it is."""
        if not self._is_timed:  # or this look would say that nothing was watched so far
            self._go_on_from_last_look()
        reality = None
        try:
            reality = self.parts.plane.read()
        except (GatewayError, OSError) as failure:
            log.warning("the data plane does not answer: %s", failure)
        now = self.parts.clock.elapsed()
        sight = Sight(clock=now, reality=reality, sick_for=self._eyes.sick_for(reality, now))
        return self._ended(sight, self._readable_plan(), error)

    def _readable_plan(self) -> Plan | None:
        """The plan in force; None if there is none or this version cannot read it."""
        try:
            return parse_plan(self.state.plan_text) if self.state.plan_text else None
        except TakeoverError:
            return None
