"""The gates of a plan at one look: which of them, on what evidence."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple, Protocol

import msgspec

from frontrunner.base.config import Settings
from frontrunner.base.errors import GatewayError
from frontrunner.base.gate_settings import GateSettings
from frontrunner.base.home import Home
from frontrunner.gateway.render import Place
from frontrunner.takeover.both_boards import first_url
from frontrunner.takeover.evidence.collect import Analysis, Collector
from frontrunner.takeover.evidence.collect_there import AskTraffic, CollectorThere
from frontrunner.takeover.evidence.complaints import Complaints
from frontrunner.takeover.evidence.facts import Evidence
from frontrunner.takeover.fold import State
from frontrunner.takeover.gates.look import look
from frontrunner.takeover.gates.on_boards import Boards
from frontrunner.takeover.gates.outside import Checks, Versions
from frontrunner.takeover.gates.prove import prove
from frontrunner.takeover.loading import gateway_folder
from frontrunner.takeover.plan import Plan, asks_a_person, guarding, least_evidence, wanted
from frontrunner.takeover.plane import Reality
from frontrunner.takeover.records import Reading


class Collects(Protocol):
    """Counts what users experience."""

    def follow(self, analysis: Analysis) -> None:
        """Count for an analysis from now on."""

    def look(self) -> Evidence:
        """What is known now."""


class OnHub(NamedTuple):
    """What a Space tells the gates."""

    new_url: Callable[[], str]
    """Where the new board is now."""
    traffic: AskTraffic
    """What the gateway at the name counted."""


_TRY_AGAIN = 60.0
"""Seconds until a gate that is not armed is proved again, as its files may be there now."""


class Judging:
    """Asks every gate that guards the take-over at a position."""

    def __init__(
        self, collector: Collects, checks: Checks, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._collector, self._checks = collector, checks
        self._clock = clock
        self._proved: dict[GateSettings, tuple[str, float]] = {}
        """Why a gate is not armed, empty if it is, and when that was tried."""

    def readings(self, state: State, plan: Plan, reality: Reality | None) -> tuple[Reading, ...]:
        """What each gate says now."""
        gates = tuple(plan.gates[name] for name in guarding(plan, state.position))
        if not gates:
            return ()
        self._collector.follow(_analysis(state, plan, reality))
        versions = Versions(
            old_code=state.old_code,
            new_code=state.new_code,
            old_data_at=reality.old.data_at if reality else None,
            old_data=state.old_data,
            new_data=state.new_data,
            counts_at=state.counts_at,
            hub=plan.hub,
        )
        evidence = msgspec.structs.replace(
            self._collector.look(),
            old_data_at=reality.old.data_at if reality else None,
            new_data_at=reality.new.data_at if reality else None,
            silent=_silent(reality),
            checks=self._checks.poll(gates, versions),
            approved=_approvals(state, plan, gates),
        )
        readings = look(gates, evidence, self._unarmed(gates))
        stage = state.position.stage
        return tuple(
            msgspec.structs.replace(
                one, wanted=max(one.wanted, least_evidence(plan, stage, one.gate))
            )
            if one.wanted
            else one
            for one in readings
        )

    def close(self) -> None:
        """End the checks that run."""
        self._checks.close()

    def _unarmed(self, gates: tuple[GateSettings, ...]) -> dict[str, str]:
        """Why gates are not armed: each is proved once, and again later if it was not armed."""
        now = self._clock()
        for gate in gates:
            reason, tried = self._proved.get(gate, ("", -math.inf))
            if tried == -math.inf or (reason and now - tried >= _TRY_AGAIN):
                self._proved[gate] = prove([gate]).get(gate.name, ""), now
        found = {gate.name: self._proved[gate][0] for gate in gates}
        return {name: reason for name, reason in found.items() if reason}


def _silent(reality: Reality | None) -> tuple[str, ...]:
    sides = (("old", reality.old), ("new", reality.new)) if reality else ()
    return tuple(name for name, side in sides if side.healthy is False)


def judging_of(settings: Settings, on_hub: OnHub | None = None) -> Judging:
    """The gates of a home, with its evidence."""
    home, folder = Home(settings.home), gateway_folder(settings)
    if on_hub is not None:
        there = on_hub
        checks = Checks(lambda: Boards(home=str(home), new=there.new_url(), old=""))
        return Judging(CollectorThere(there.traffic, home.evidence), checks)
    gateway = settings.gateway
    complaints = Complaints(_counting(settings))
    checks = Checks(
        lambda: Boards(home=str(home), new=first_url(gateway.new), old=first_url(gateway.old))
    )
    return Judging(Collector(Place(folder), home.evidence, complaints), checks)


def _counting(settings: Settings) -> Callable[[float], int]:
    """Counts messages about the new board, in a database that is opened for each count."""

    def count(since: float) -> int:
        from frontrunner.gateway.feedback import Feedback  # noqa: PLC0415 -- needs an extra

        with closing(Feedback(settings.gateway.feedback, gateway_folder(settings))) as feedback:
            room = feedback.room()
            if room.is_full:  # what users would say is not counted any more
                raise GatewayError(str(room))
            return feedback.count("new", since)

    return count


def _analysis(state: State, plan: Plan, reality: Reality | None) -> Analysis:
    """What is counted now: a step, on one program of each side, at one share as it really is."""
    world = reality.world if reality else wanted(plan, state.position)
    return Analysis(
        begun=state.counts_at, share=world.share, window=plan.window, old_code=state.old_code
    )


def _approvals(state: State, plan: Plan, gates: tuple[GateSettings, ...]) -> dict[str, bool]:
    found = {one.name: state.approval(one.name) for one in gates if asks_a_person(plan, one.name)}
    return {name: given for name, given in found.items() if given is not None}
