"""Walk the whole plan under traffic, make each fault at its place, and note what came of it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from frontrunner.base.errors import GatewayError, TakeoverError
from frontrunner.takeover.records import Entry, Intended, Reading, Verb
from frontrunner.takeover.rehearsal import faults
from frontrunner.takeover.rehearsal.crew import Crew, ended
from frontrunner.takeover.rehearsal.fast_plan import SHARES
from frontrunner.takeover.rehearsal.faults import UNKNOWN, Case, Fault, Found, Must
from frontrunner.takeover.rehearsal.harms import Harms
from frontrunner.takeover.rehearsal.installation import Installation
from frontrunner.takeover.rehearsal.throng import Throng
from frontrunner.takeover.stages import FULL, Mode, Position, Stage

_LOOK = 0.03
_WALK = 150.0
"""Seconds for the take-over to reach any place of its plan."""
_ANSWERS = 30.0
_SETTLE = 1.2
"""Seconds after a rollback, so that a request that was under way is seen."""
_COMPARED = 2.5
"""Seconds after a fault until every read of its time was compared."""
_AGAIN = 1.0
"""Seconds until a fault that heals by itself is made again."""
_BETWEEN_KILLS = (0.8, 2.0)
_WORTH_A_STAY = 1000
"""Requests; for fewer, the take-over does not stay anywhere."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One fault and what came of it."""

    fault: str
    """The name of the fault; `none` if the take-over stopped without one."""
    title: str
    expected: str
    place: str
    start: float
    end: float
    held: bool
    took: float
    """Seconds until it was seen."""
    text: str
    readings: tuple[Reading, ...] = ()
    entry: int = 0


class WayBack(NamedTuple):
    """One rollback, seen from outside."""

    entry: int
    """The intent."""
    at: float
    share: int
    """The share before, of 10,000."""
    seconds: float
    """From the intent until the last request was sent that the new board answered."""
    why: str


class Wishes(NamedTuple):
    """How much of what."""

    requests: int
    cases: Sequence[Case]
    controller_kills: int
    envoy_kills: int


Say = Callable[[str], None]


class Conductor:
    """Runs one rehearsal from the start of the take-over until it is finished."""

    def __init__(
        self, installation: Installation, crew: Crew, throng: Throng, wishes: Wishes, say: Say
    ) -> None:
        self._inst, self._crew, self._throng = installation, crew, throng
        self._wishes, self._say = wishes, say
        self.harms = Harms(installation, crew)
        self.trials: list[Trial] = []
        self.ways_back: list[WayBack] = []
        self._next_kill = self._next_harm = 0.0
        self._draw = random.Random(7)  # noqa: S311 -- not for secrets
        self._told: Position | None = None

    # --- the whole rehearsal --------------------------------------------------------------------

    def run(self) -> None:
        """Raises TakeoverError if the take-over does not get where it has to."""
        self._crew.add()
        for case in self._wishes.cases:
            self._try(case)
        self._finish()
        while self._throng.book.requests < self._wishes.requests:
            self._look()
            time.sleep(0.2)

    def _try(self, case: Case) -> None:
        self._walk_to(lambda at: faults.is_at(at, case), f"{case.stage}/{case.step}", case)
        self._say(f"{case.title} (at {case.stage}/{case.step}) ...")
        start, known = time.time(), len(self._crew.story.entries)
        with self.harms.made(case.fault):
            found, took = self._watch(case, known, start)
        end = time.time()
        found = self._afterwards(case, known, found)
        place = str(faults.place(case))
        self.trials.append(
            Trial(
                fault=case.fault, title=case.title, expected=case.expected, place=place,
                start=start, end=end, held=bool(found.held), took=took, text=found.text,
                readings=found.readings, entry=found.entry,
            )
        )  # fmt: skip
        self._say(f"  {'held' if found.held else 'NOT HELD'} after {took:.1f} s: {found.text}")

    # --- what comes of a fault ------------------------------------------------------------------

    def _watch(self, case: Case, known: int, start: float) -> tuple[Found, float]:
        """Look until what must come of it was seen, or its time is over."""
        found = UNKNOWN
        waits = case.must is Must.STAY  # for a command, which takes its time on a busy machine
        until = start + (case.within if waits else case.lasts or case.within)
        while found.held is None and time.time() < until:
            self._look(keep_up=True)
            found = self._came_of(case, self._crew.story.entries[known:])
            if waits and found.held and time.time() < start + case.lasts:
                found = UNKNOWN
        if found.held is None and case.lasts:
            found = self._at_the_end(case, self._crew.story.entries[known:])
        return found, time.time() - start

    def _came_of(self, case: Case, entries: list[Entry]) -> Found:
        if case.must is Must.STOP:
            return faults.stopped(case, entries)
        if case.must is Must.HOLD:
            return faults.went_forward(entries) or UNKNOWN
        if case.must is Must.GO_ON:
            return faults.turned_back(entries) or UNKNOWN
        if case.must is Must.STAY:
            return self._stays(entries)
        return self._answered(entries)

    def _stays(self, entries: list[Entry]) -> Found:
        """Whether users stay, and the operator is told that a rollback waits."""
        if self._throng.seen.shares.now.share < FULL:
            return Found(held=False, text="Users were sent to a board that is down.")
        told = [one for one in faults.alarms(entries) if "old board" in one]
        return Found(held=True, text=told[-1]) if told else UNKNOWN

    def _at_the_end(self, case: Case, entries: list[Entry]) -> Found:
        """A fault that lasted its time and did nothing that it must not."""
        if case.must is Must.HOLD:
            return Found(held=True, text=self._why_it_holds(entries))
        if case.must is Must.GO_ON:
            return Found(held=True, text="Nothing was decided because of it.")
        return Found(held=False, text="Users stayed, but no alarm says that a rollback waits.")

    def _why_it_holds(self, entries: list[Entry]) -> str:
        if faults.edit_was_noticed(entries):
            return "The edit is in the ledger, and nothing moved."
        said = self._crew.controllers[0].last_words().splitlines()[-1:]
        return f"Nothing moved. The controller's log ends: {''.join(said)[:300]}"

    def _answered(self, entries: list[Entry]) -> Found:
        """Whether every command that was given has its answer."""
        return faults.all_answered(self.harms.given, entries)

    def _afterwards(self, case: Case, known: int, found: Found) -> Found:
        """What has to hold once the fault is lifted; then the way is made free again."""
        self._look()
        if case.must is Must.STAY and found.held:
            self._wait(lambda: self._mode is Mode.ROLLED_BACK, _ANSWERS, "the rollback")
        if case.fault is Fault.PLAN_EDITED and found.held:
            noticed = faults.edit_was_noticed(self._crew.story.entries[known:])
            if not noticed:
                found = Found(held=False, text="The edit was not noticed.")
        self._make_way()
        return found

    def _make_way(self) -> None:
        """Do what an operator does so that the take-over goes on."""
        self._look()
        if self._mode is Mode.PAUSED and any(t.held is False for t in self.trials[-1:]):
            self._say("  an operator rolls back and starts over")
        if self._mode is Mode.PAUSED:
            self._give(Verb.ROLLBACK)
        if self._mode is Mode.ROLLED_BACK:
            time.sleep(_SETTLE)
            self._look()
            self._measure_ways_back()
            self._wait(self._is_healthy, _WALK, "the new board is healthy again")
            # Reads that were mirrored during the fault are still being compared.
            self._pause(_COMPARED)
            self._give(Verb.RETRY)
        elif self._mode is Mode.FAILED:
            self._give(Verb.RETRY)

    def _give(self, verb: Verb) -> None:
        self._crew.give(verb, "--reason", "rehearsal")
        self._look()

    # --- walking --------------------------------------------------------------------------------

    def _walk_to(self, is_there: Callable[[Position], bool], name: str, case: Case | None) -> None:
        """Wait until the take-over is somewhere. Raises TakeoverError if it does not get there."""
        until = time.monotonic() + _WALK
        while not is_there(self._position):
            self._look()
            if self._mode not in (Mode.RUNNING, Mode.FINISHED):
                self._unexpected()
            elif case is not None and _is_past(self._position, case):
                self._say(f"  {self._position} is past {name}: rolled back to start over")
                self._give(Verb.ROLLBACK)
                self._make_way()
            elif self._position.stage is not Stage.PARALLEL:
                self._kill_sometimes()
            if time.monotonic() > until:
                raise TakeoverError(
                    f"The take-over did not come to {name} within {_WALK:.0f} s. It is at "
                    f"{self._position}. Its last look: {self._crew.last_look()}"
                )

    def _unexpected(self) -> None:
        """It stopped although no fault was on."""
        last = faults.decisions(self._crew.story.entries)[-1]
        self._say(f"  stopped without a fault: {last[1].why}")
        self.trials.append(
            Trial(
                fault="none", title="No fault", expected="The take-over goes on.",
                place=str(last[1].before), start=time.time(), end=time.time(), held=False,
                took=0.0, text=last[1].why, readings=last[1].readings, entry=last[0].seq,
            )
        )  # fmt: skip
        self._make_way()

    def _finish(self) -> None:
        """On to the end, with the rest of the requests and kills spread over what is left."""
        self._walk_to(lambda at: at.stage is Stage.SHIFTING, "shifting", None)
        while self._mode is not Mode.FINISHED:
            here = self._position
            left = places_left(here)
            if here.stage is Stage.SETTLED:
                self._crew.is_over = True  # it may end at any moment
            else:
                self._stay(self._throng.book.requests + self._lacking // left)
            self._kill_some(left)
            self._walk_to(partial(_has_left, here), f"a step after {here}", None)
        self._crew.is_over = True
        self._say("The take-over is finished.")

    @property
    def _lacking(self) -> int:
        """Requests that are still to be sent."""
        return max(0, self._wishes.requests - self._throng.book.requests)

    def _stay(self, requests: int) -> None:
        """Pause where it is, as an operator would, until so many requests were sent in all."""
        if requests - self._throng.book.requests < _WORTH_A_STAY:
            return
        _, text = ended(self._crew.command(Verb.PAUSE, "--reason", "rehearsal"))
        self._look()
        if self._mode is not Mode.PAUSED:  # it went on to its end before the command came
            self._say(f"  it does not stay at {self._position}: {text}")
        while self._throng.book.requests < requests and self._mode is Mode.PAUSED:
            self._kill_sometimes()
            self._look()
        if self._mode is Mode.PAUSED:
            self._give(Verb.RESUME)

    def _kill_some(self, left: int) -> None:
        """Of the kills that are left, the part for one of so many places."""
        lacking = self._wishes.controller_kills - self._crew.kills
        for _ in range(-(-lacking // left)):
            self._crew.kill()
            self._pause(self._draw.uniform(*_BETWEEN_KILLS))
            if self._mode not in (Mode.RUNNING, Mode.FINISHED):
                self._unexpected()
        lacking = self._wishes.envoy_kills - len(self.harms.envoy_kills)
        for _ in range(-(-lacking // left)):
            self.harms.kill_envoy()
            self._pause(3.0)

    def _kill_sometimes(self) -> None:
        """Some of the kills of the controller happen on the way, at any instant."""
        if self._crew.kills >= self._wishes.controller_kills or self._crew.is_over:
            return
        if time.monotonic() >= self._next_kill:
            if self._next_kill:
                self._crew.kill()
            self._next_kill = time.monotonic() + self._draw.uniform(3.0, 9.0)

    # --- looking --------------------------------------------------------------------------------

    @property
    def _position(self) -> Position:
        return self._crew.story.position

    @property
    def _mode(self) -> Mode:
        return self._position.mode

    def _is_healthy(self) -> bool:
        try:
            hosts = self._inst.control().admin().hosts()
        except GatewayError:
            return False
        return bool(hosts) and all(host.is_well for host in hosts)

    def _look(self, *, keep_up: bool = False) -> None:
        """Read on in the ledger, keep everything running, and wait a moment."""
        self._throng.check()
        self._crew.keep()
        if keep_up and time.monotonic() >= self._next_harm:
            self._next_harm = time.monotonic() + _AGAIN
            self.harms.keep_up()
        if self._position != self._told:
            self._told = self._position
            requests = self._throng.book.requests
            self._say(f"{self._position}  ({requests:,} requests)")
        time.sleep(_LOOK)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._look()

    def _wait(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        until = time.monotonic() + seconds
        while not holds():
            self._look()
            if time.monotonic() > until:
                raise TakeoverError(f"{what} did not come within {seconds:.0f} s.")

    def _measure_ways_back(self) -> None:
        """How long users went on to the new board after each rollback was intended."""
        done = {one.entry for one in self.ways_back}
        story, last_new = self._crew.story, self._throng.seen.last_new
        for entry, seen_at in zip(story.entries, story.seen_at, strict=False):
            record = entry.record
            to = record.to if isinstance(record, Intended) else None
            if not isinstance(record, Intended) or to is None or entry.seq in done:
                continue
            share = record.before.share if record.before else 0
            if to.mode is Mode.ROLLED_BACK and share:
                took = max(last_new - seen_at, 0.0)
                self.ways_back.append(WayBack(entry.seq, seen_at, share, took, record.why))


def places_left(here: Position) -> int:
    """How many places of the plan are left from the first share on, with this one."""
    after = {Stage.CUTOVER: 2, Stage.SETTLED: 1}
    return after.get(here.stage, len(SHARES) + 2 - here.step)


def _has_left(here: Position, position: Position) -> bool:
    place = (position.stage, position.step)
    return position.mode is Mode.FINISHED or place != (here.stage, here.step)


def _is_past(position: Position, case: Case) -> bool:
    order = list(Stage)
    here = (order.index(position.stage), position.step)
    return position.mode is Mode.RUNNING and here > (order.index(case.stage), case.step)
