"""A controller with everything that it needs, made from the settings of a home."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from shlex import quote

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import LedgerError, TakeoverError
from frontrunner.base.home import Home
from frontrunner.gateway.sides import sides
from frontrunner.ops.channels import channels_of
from frontrunner.ops.notify import Notifier
from frontrunner.takeover.both_boards import BothBoards
from frontrunner.takeover.clock import Clock
from frontrunner.takeover.controller import Controller
from frontrunner.takeover.envoy_plane import EnvoyPlane
from frontrunner.takeover.fold import fold
from frontrunner.takeover.judging import OnHub, judging_of
from frontrunner.takeover.ledger.lease import Lease
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.ledger.opening import ledger_file
from frontrunner.takeover.loading import gateway_folder, is_on_hub, load_plan
from frontrunner.takeover.plane import DataPlane
from frontrunner.takeover.records import Entry, Record
from frontrunner.takeover.stages import Stage
from frontrunner.takeover.surroundings import Parts
from frontrunner.takeover.telling import Telling, last_look
from frontrunner.takeover.tenure import HomeTenure
from frontrunner.takeover.terminal import Terminal
from frontrunner.takeover.way_back import places_of, way_back

_SHORTEST_LEASE = 30.0
"""Seconds; longer than Envoy may take to follow new routes, in which the lease is not renewed.
Controllers of one home do not wait for it: see `tenure`."""
_LEASE_ON_HUB = 900.0
"""The same for one long commit."""
_LONGEST_PAUSE = 15.0
"""Seconds between two questions to the boards about their code and data, at most."""


@dataclass(frozen=True)
class Wired:
    """A controller and what belongs to it."""

    settings: Settings
    ledger: Ledger
    lease: Lease
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
    _refuse_lost(settings)
    return Ledger(settings.takeover.database, Home(settings.home).takeover)


def _refuse_lost(settings: Settings) -> None:
    """Raises LedgerError if the ledger's file is gone although a take-over moved users here.

    A new one would restart the take-over, and lose the reasons for the current share.
    """
    home = Home(settings.home)
    file = ledger_file(home.takeover)
    trace = home.engagement_before if is_on_hub(settings) else home.saved
    if settings.takeover.database or file.exists() or not trace.exists():
        return
    raise LedgerError(
        f"The ledger {file} is missing, although a take-over ran here. Put it back. To take "
        f"all users back now, {way_back(places_of(settings), settings.home)}. To start over, move "
        f"{trace if is_on_hub(settings) else home.takeover} away."
    )


def ledger_if_begun(settings: Settings) -> Ledger | None:
    """The ledger of a take-over that was started here, or None; then nothing is made.

    Raises LedgerError if it cannot be opened or read.
    """
    _refuse_lost(settings)
    if not settings.takeover.database and not ledger_file(Home(settings.home).takeover).exists():
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
    """The lease in a ledger; it is over when it was not renewed for four looks, or 30 s.

    On the Hub it lasts longer, because a look can be one long commit.
    """
    tick = seconds(settings.takeover.tick)
    shortest = _LEASE_ON_HUB if is_on_hub(settings) else _SHORTEST_LEASE
    return Lease(ledger.database, max(4 * tick, shortest))


@contextmanager
def wired(
    settings: Settings,
    opened: Ledger | None = None,
    show: Callable[[str], None] | None = None,
) -> Iterator[Wired]:
    """A controller that is ready to look; everything is closed at the end, `opened` too.

    `show` gets what the controller's terminal shows, a line at a time.

    Raises GatewayError if the boards are not set, UsageError if the Hub is not, LedgerError if the
    ledger cannot be opened.
    """
    home, folder = Home(settings.home), gateway_folder(settings)
    with ExitStack() as closing:
        if not is_on_hub(settings):
            sides(settings.gateway)
        ledger = opened or open_ledger(settings)
        closing.callback(ledger.close)
        clock = Clock()

        def write(record: Record, token: int) -> Entry:
            plan = controller.state.plan
            return ledger.append("controller", plan, record, token=token, at=clock.at())

        plane, on_hub = closing.enter_context(_plane(settings, ledger, write, clock))
        notifier = Notifier(channels_of(settings.notify), home.outbox)
        tenure = HomeTenure(
            lease_of(settings, ledger), home.controller_lock, lambda name: is_local(name, home)
        )
        judging = judging_of(settings, on_hub)
        telling = Telling(home.looks, folder, ledger.entries, notifier, places_of(settings))
        parts = Parts(
            book=ledger,
            lease=tenure,
            plane=plane,
            judge=judging,
            find_plan=lambda: load_plan(load_settings(settings.home)),
            witness=Terminal(telling, show, ledger.size()) if show else telling,
            clock=clock,
            last_look=lambda: last_look(home.looks),
        )
        controller = Controller(parts, f"{_place(home)} pid {os.getpid()}")
        notifier.start()
        for end in (notifier.close, tenure.close, judging.close, controller.release):
            closing.callback(end)
        tick = seconds(settings.takeover.tick)
        lease = lease_of(settings, ledger)
        yield Wired(settings, ledger, lease, controller, tenure, tick, parts)


Planes = tuple[DataPlane, OnHub | None]
"""A data plane, and what a Space tells the gates besides."""


@contextmanager
def _plane(
    settings: Settings, ledger: Ledger, write: Callable[[Record, int], Entry], clock: Clock
) -> Iterator[Planes]:
    home = Home(settings.home)
    if is_on_hub(settings):
        from frontrunner.takeover.on_hub.opening import hub_plane  # noqa: PLC0415 -- an extra

        plane = hub_plane(settings.hub, home, ledger, write, clock.at)
        yield plane, OnHub(plane.new_url, plane.traffic)
        return
    every = min(3 * seconds(settings.takeover.tick), _LONGEST_PAUSE)
    boards = BothBoards(
        settings.gateway, settings.takeover.old_code, settings.takeover.old_data, every
    )
    boards.start()
    try:
        yield EnvoyPlane(settings.gateway, gateway_folder(settings), home.saved, boards), None
    finally:
        boards.close()


def user_name() -> str:
    """The actor of a command: `cli:<user>`."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in containers
        return f"cli:{os.getuid()}"


def _place(home: Home) -> str:
    return f"{platform.node()} {home.path.absolute()}"


def is_local(holder: str, home: Home) -> bool:
    """Whether the holder of a lease is a process of this home on this machine."""
    return holder.startswith(f"{_place(home)} pid ")
