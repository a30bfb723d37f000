"""The group of commands `frontrunner gateway`, and what they share."""

from __future__ import annotations

from pathlib import Path

import typer

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home as HomePaths
from frontrunner.base.way_back import settings_for_way_back
from frontrunner.cli.app import app
from frontrunner.cli.output import complain
from frontrunner.gateway.sides import sides

gateway = typer.Typer(
    help="Put Envoy in front of the old board and the new one, and move users between them.",
    no_args_is_help=True,
)
app.add_typer(gateway, name="gateway")


Found = tuple[Path, GatewaySettings, Path]
"""The home, its gateway settings, and the folder with the gateway's files."""


def settings_of(home: Path | None) -> Found:
    """The settings of a home. Raises UsageError if one is wrong."""
    return _found(load_settings(home))


def settings_of_way_back(home: Path | None, *, to_change: bool = True) -> Found:
    """The same for what must work in an emergency: a mistake is a warning, if that is possible.

    Only what is `to_change` the gateway needs to know the boards.
    """

    def usable(settings: Settings) -> None:
        if to_change:
            sides(settings.gateway)

    settings, warning = settings_for_way_back(home, ("gateway",), usable)
    if warning:
        complain("warning", warning)
    return _found(settings)


def _found(settings: Settings) -> Found:
    folder = settings.gateway.state
    return settings.home, settings.gateway, Path(folder or HomePaths(settings.home).gateway)
