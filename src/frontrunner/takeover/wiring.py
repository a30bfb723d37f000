"""A controller with everything that it needs, made from the settings of a home."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from shlex import quote

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import TakeoverError
from frontrunner.base.home import Home
from frontrunner.gateway.sides import sides
from frontrunner.ops.channels import channels_of
from frontrunner.ops.notify import Notifier
from frontrunner.takeover.both_boards import BothBoards
from frontrunner.takeover.clock import Clock
from frontrunner.takeover.controller import Controller
from frontrunner.takeover.envoy_plane import EnvoyPlane
from frontrunner.takeover.fold import fold
from frontrunner.takeover.judging import judging_of
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.loading import gateway_folder, load_plan
from frontrunner.takeover.stages import Stage
from frontrunner.takeover.surroundings import Parts
from frontrunner.takeover.telling import Telling, last_look
from frontrunner.takeover.tenure import HomeTenure

_SHORTEST_LEASE = 30.0
"""Seconds; longer than Envoy may take to follow new routes, in which the lease is not renewed.
Controllers of one home do not wait for it: see `tenure`."""
_LONGEST_PAUSE = 15.0
"""Seconds between two questions to the boards about their code and data, at most."""


@dataclass(frozen=True)
class Wired:
    """A controller and what belongs to it."""

    settings: Settings
    ledger: Ledger
    lease: Lease
    boards: BothBoards
    controller: Controller
    tenure: HomeTenure
    tick: float
    """Seconds between two looks."""
    parts: Parts

    def has_controller(self) -> bool:
        """Whether another process has the lease, or may have it. Raises LedgerError."""
        token = self.tenure.acquire(self.controller.name)
        if token is None:
            self.tenure.close()
        else:
            self.tenure.release(token)
        return token is None


def open_ledger(settings: Settings) -> Ledger:
    """The ledger of a home. Raises LedgerError, or MissingExtraError without a driver."""
    return Ledger(settings.takeover.database, Home(settings.home).takeover)


def ledger_if_begun(settings: Settings) -> Ledger | None:
    """The ledger of a take-over that was started here, or None; then nothing is made.

    Raises LedgerError if it cannot be opened or read.
    """
    file = Home(settings.home).takeover / "ledger.db"
    if not settings.takeover.database and not file.exists():
        return None
    ledger = open_ledger(settings)
    with ExitStack() as until_known:
        until_known.callback(ledger.close)
        if fold(ledger.entries()).position.stage is not Stage.PLANNED:
            until_known.pop_all()
            return ledger
    return None


def begun_ledger(settings: Settings) -> Ledger:
    """The same. Raises TakeoverError if nothing was started."""
    ledger = ledger_if_begun(settings)
    if ledger is None:
        raise TakeoverError(not_started(settings))
    return ledger


def not_started(settings: Settings) -> str:
    """Says that there is no take-over, where, and what to do next."""
    home = quote(str(settings.home))
    missing = "" if settings.home.is_dir() else " The folder does not exist. Check --home."
    return (
        f"No take-over was started in {settings.home}.{missing} See what it would do with: "
        f"frontrunner takeover plan --home {home}. Start it with: frontrunner takeover start "
        f"--home {home}"
    )


def lease_of(settings: Settings, ledger: Ledger) -> Lease:
    """The lease in a ledger; it is over when it was not renewed for four looks, or 30 s."""
    tick = seconds(settings.takeover.tick)
    return Lease(ledger.database, max(4 * tick, _SHORTEST_LEASE))


@contextmanager
def wired(settings: Settings) -> Iterator[Wired]:
    """A controller that is ready to look; everything is closed at the end.

    Raises GatewayError if the boards are not set, LedgerError if the ledger cannot be opened.
    """
    sides(settings.gateway)
    home, folder = Home(settings.home), gateway_folder(settings)
    tick = seconds(settings.takeover.tick)
    ledger = open_ledger(settings)
    boards = BothBoards(
        settings.gateway,
        settings.takeover.old_code,
        settings.takeover.old_data,
        min(3 * tick, _LONGEST_PAUSE),
    )
    notifier = Notifier(channels_of(settings.notify), home.outbox)
    tenure = HomeTenure(
        lease_of(settings, ledger), home.controller_lock, lambda name: _is_local(name, home)
    )
    judging = judging_of(settings)
    parts = Parts(
        book=ledger,
        lease=tenure,
        plane=EnvoyPlane(settings.gateway, folder, home.saved, boards),
        judge=judging,
        find_plan=lambda: load_plan(load_settings(settings.home)),
        witness=Telling(home.looks, folder, ledger.entries, notifier),
        clock=Clock(),
        last_look=lambda: last_look(home.looks),
    )
    controller = Controller(parts, f"{_place(home)} pid {os.getpid()}")
    notifier.start()
    boards.start()
    try:
        lease = lease_of(settings, ledger)
        yield Wired(settings, ledger, lease, boards, controller, tenure, tick, parts)
    finally:
        controller.release()
        judging.close()
        tenure.close()
        boards.close()
        notifier.close()
        ledger.close()


def user_name() -> str:
    """Who gives a command: `cli:<user>`."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in containers
        return f"cli:{os.getuid()}"


def _place(home: Home) -> str:
    return f"{platform.node()} {home.path.absolute()}"


def _is_local(holder: str, home: Home) -> bool:
    return holder.startswith(f"{_place(home)} pid ")
