"""The gates of a plan at one look: which of them, on what evidence."""

from __future__ import annotations

import time
from collections.abc import Callable

from frontrunner.base.gate_settings import GateSettings
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.fold import State
from frontrunner.takeover.gates.look import look
from frontrunner.takeover.gates.prove import prove
from frontrunner.takeover.plan import Plan, asks_a_person, guarding
from frontrunner.takeover.plane import Reality
from frontrunner.takeover.records import Reading


class Judging:
    """Asks every gate that guards the take-over at a position."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._proved: tuple[tuple[GateSettings, ...], dict[str, str]] | None = None

    def readings(self, state: State, plan: Plan, reality: Reality | None) -> tuple[Reading, ...]:
        """What each gate says now."""
        gates = tuple(plan.gates[name] for name in guarding(plan, state.position))
        if not gates:
            return ()
        evidence = Evidence(
            at=self._now(),
            since=state.counts_at,
            old_data_at=reality.old.data_at if reality else None,
            new_data_at=reality.new.data_at if reality else None,
            approved=_approvals(state, plan, gates),
        )
        return look(gates, evidence, self._unarmed(gates))

    def _unarmed(self, gates: tuple[GateSettings, ...]) -> dict[str, str]:
        """Why gates are not armed; proved once for each set of gates."""
        if self._proved is None or self._proved[0] != gates:
            self._proved = gates, prove(gates)
        return self._proved[1]


def _approvals(state: State, plan: Plan, gates: tuple[GateSettings, ...]) -> dict[str, bool]:
    found = {one.name: state.approval(one.name) for one in gates if asks_a_person(plan, one.name)}
    return {name: given for name, given in found.items() if given is not None}
