"""A Hub as the data plane, made from the settings of a home."""

from __future__ import annotations

from collections.abc import Callable

from frontrunner.base.config import HubSettings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home
from frontrunner.hub.access import VARIABLE, read_token
from frontrunner.hub.committing import Patience
from frontrunner.hub.session import open_hub
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.loading import hub_part
from frontrunner.takeover.on_hub.hub_plane import HubPlane
from frontrunner.takeover.on_hub.new_board import new_board
from frontrunner.takeover.on_hub.step_journal import StepJournal, Write
from frontrunner.takeover.on_hub.step_parts import Ground

_LOCAL_PATIENCE = Patience(send=60.0, settle=5.0, busy=10.0, look=0.05)
"""For a stand-in on this machine, whose clock is fast."""


def hub_plane(
    settings: HubSettings, home: Home, ledger: Ledger, write: Write, now: Callable[[], float]
) -> HubPlane:
    """The plane. Raises UsageError if a setting or the token is missing."""
    token = read_token(settings.token_file)
    if token is None:
        raise UsageError(f"There is no token. Set {VARIABLE}, or [hub] token_file.")
    hub = open_hub(settings.endpoint, token, seconds=settings.call_seconds)
    ground = Ground(
        hub=hub,
        part=hub_part(settings),
        home=home,
        board=new_board(settings.content),
        patience=_LOCAL_PATIENCE if hub.is_local else Patience(),
        grace=0.3 if hub.is_local else 15.0,
    )
    return HubPlane(
        ground,
        StepJournal(ledger.entries, write),
        now,
        deploy_seconds=settings.deploy_seconds,
        hardware_seconds=settings.hardware_seconds,
    )
