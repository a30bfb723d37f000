"""A Hub as the data plane, made from the settings of a home."""

from __future__ import annotations

from collections.abc import Callable

from frontrunner.base.config import HubSettings, load_settings
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.hub.access import Token, read_secrets
from frontrunner.hub.committing import Patience
from frontrunner.hub.session import hub_of
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.loading import hub_part
from frontrunner.takeover.on_hub.hub_plane import HubPlane
from frontrunner.takeover.on_hub.new_board import NewBoard, kept_board, new_board
from frontrunner.takeover.on_hub.sharing import control_token
from frontrunner.takeover.on_hub.step_journal import StepJournal, Write
from frontrunner.takeover.on_hub.step_parts import Ground

_LOCAL_PATIENCE = Patience(send=60.0, settle=5.0, busy=10.0, look=0.05)
"""For a stand-in on this machine, whose clock is fast."""


def hub_plane(
    settings: HubSettings, home: Home, ledger: Ledger, write: Write, now: Callable[[], float]
) -> HubPlane:
    """The plane. Raises UsageError if a setting or the token is missing.

    Once a plan is in force, it counts, and not the settings, which may have been edited.
    """
    hub = hub_of(settings)
    journal = StepJournal(ledger.entries, write)
    part = journal.known().part or hub_part(settings)
    ground = Ground(
        hub=hub,
        part=part,
        home=home,
        board=kept_board(part.content, home) or new_board(settings.content),
        secrets=lambda: _secrets(home),
        patience=_LOCAL_PATIENCE if hub.is_local else Patience(),
        grace=0.3 if hub.is_local else 15.0,
        control_window=load_settings(home.path).gateway.control_window,
    )
    return HubPlane(
        ground,
        journal,
        now,
        find_board=lambda: _board_now(home),
        deploy_seconds=settings.deploy_seconds,
        hardware_seconds=settings.hardware_seconds,
    )


def _secrets(home: Home) -> dict[str, Token]:
    """The values of secrets; that of the control path is made here if no file has it."""
    settings = load_settings(home.path).hub
    found = read_secrets(settings.secrets)
    if settings.shifting and settings.control_secret not in found:
        found[settings.control_secret] = control_token(home.hub_control)
    return found


def _board_now(home: Home) -> NewBoard | None:
    """The folder that the settings name now; None if it cannot be read."""
    try:
        return new_board(load_settings(home.path).hub.content)
    except (FrontrunnerError, OSError):
        return None
