"""The group of commands `frontrunner takeover`."""

from __future__ import annotations

import typer

from frontrunner.cli.app import app

takeover = typer.Typer(
    help="Move users from the old board to the new one in steps, if checks pass.",
    no_args_is_help=True,
)
app.add_typer(takeover, name="takeover")


@takeover.callback()
def root() -> None:
    """Move users from the old board to the new one in steps, if checks pass."""
