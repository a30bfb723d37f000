"""What a controller sees at one look: data plane, boards and gates, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from frontrunner.base.errors import FrontrunnerError, GatewayError
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.fold import State
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import Plan, plan_hash
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import Reading
from frontrunner.takeover.situation import Sight
from frontrunner.takeover.surroundings import Parts


class Eyes:
    """Reads the surroundings of a controller, and counts what lasts from look to look."""

    def __init__(self, parts: Parts, fence: Callable[[], str]) -> None:
        """`fence` makes the data plane refuse earlier controllers; it says why not, if not."""
        self._parts = parts
        self._fence = fence
        self._sick_since: float | None = None
        self.streaks: dict[str, tuple[Verdict, int]] = {}
        """For how many looks in a row each gate has had its verdict."""
        self.settings_error = ""
        """Why the settings could not be read at the last look."""

    def go_on_from(self, last: Look | None, watched: float) -> None:
        """Count on from the last look of the controller before; `watched` is its clock."""
        self.streaks = dict(last.streaks) if last else {}
        sick_for = last.sick_for if last else 0.0
        self._sick_since = watched - sick_for if sick_for else None

    def sight(self) -> Sight:
        """The data plane and the plan of the settings; no gate is asked."""
        reality, error = self.read()
        found, found_hash = self._find_plan()
        elapsed = self._parts.clock.elapsed()
        return Sight(
            clock=elapsed,
            reality=reality,
            error=error,
            old=Side() if reality else self._parts.plane.old_side(),
            found=found,
            found_hash=found_hash,
            sick_for=self.sick_for(reality, elapsed),
        )

    def judged(self, sight: Sight, state: State, plan: Plan) -> Sight:
        """The same look with what every gate says."""
        readings = self._parts.judge.readings(state, plan, sight.reality)
        known = self.streaks
        self.streaks = {
            one.gate: (one.verdict, known[one.gate][1] + 1 if self._goes_on(one) else 1)
            for one in readings
        }
        streaks = {gate: count for gate, (_, count) in self.streaks.items()}
        return msgspec.structs.replace(sight, readings=readings, streaks=streaks)

    def old_asked(self, sight: Sight) -> Sight:
        """The same look once the old board itself was asked, just before users go back to it."""
        old = Side(healthy=self._parts.plane.old_is_healthy())
        return msgspec.structs.replace(sight, old=old, old_asked=True)

    def seen_again(self, sight: Sight) -> Sight:
        """The same look after the data plane was changed."""
        reality, error = self.read()
        return msgspec.structs.replace(sight, reality=reality, error=error, old_asked=False)

    def read(self) -> tuple[Reality | None, str]:
        """What the data plane does, or why it cannot be asked."""
        error = self._fence()
        if error:
            return None, error
        try:
            return self._parts.plane.read(), ""
        except (GatewayError, OSError) as failure:
            return None, str(failure)

    def sick_for(self, reality: Reality | None, now: float) -> float:
        """Seconds for which the new board has been unhealthy."""
        if reality is not None and reality.new.healthy is not False:
            self._sick_since = None
        elif reality is not None and self._sick_since is None:
            self._sick_since = now
        return 0.0 if self._sick_since is None else now - self._sick_since

    def _goes_on(self, reading: Reading) -> bool:
        return self.streaks.get(reading.gate, (None, 0))[0] is reading.verdict

    def _find_plan(self) -> tuple[Plan | None, str]:
        self.settings_error = ""
        try:
            found = self._parts.find_plan()
        except FrontrunnerError as error:
            self.settings_error = str(error)
            return None, ""
        return found, plan_hash(found)
