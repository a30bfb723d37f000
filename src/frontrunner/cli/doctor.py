"""`frontrunner doctor`: what of an installation works, and what to do about the rest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from frontrunner.base.config import Settings, correct_in, load_settings
from frontrunner.base.errors import MissingExtraError
from frontrunner.base.home import Home as HomePaths
from frontrunner.cli.app import app
from frontrunner.cli.hints import with_home
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json, visible

if TYPE_CHECKING:
    from frontrunner.gateway.examine import Finding


@app.command()
def doctor(home: Home = None, as_json: Json = False) -> None:
    """Check an installation; exits with 1 if something is wrong."""
    from frontrunner.gateway.examine import examine  # noqa: PLC0415
    from frontrunner.ops.examine_databases import examine_databases  # noqa: PLC0415
    from frontrunner.ops.examine_home import examine_home  # noqa: PLC0415
    from frontrunner.ops.examine_ports import examine_ports  # noqa: PLC0415
    from frontrunner.ops.store_check import examine_store  # noqa: PLC0415
    from frontrunner.refresh.examine import examine_updates  # noqa: PLC0415

    settings = load_settings(home)
    folder = Path(settings.gateway.state or HomePaths(settings.home).gateway)
    gateway = examine(
        settings.gateway, folder, lambda key: correct_in(settings.home, "gateway", key)
    )
    findings = [
        *examine_home(settings),
        *examine_updates(settings),
        *examine_databases(settings),
        *examine_ports(settings),
        *gateway,
        *_takeover(settings),
        *examine_store(settings),
    ]
    if as_json:
        print_json(findings)
    else:
        for one in findings:
            typer.echo(f"{one.state:7} {one.what}: {visible(with_home(one.text))}")
    sys.exit(1 if any(one.state == "wrong" for one in findings) else 0)


def _takeover(settings: Settings) -> list[Finding]:
    """What is found of a take-over, if its parts are installed or it was begun."""
    from frontrunner.gateway.examine import Finding  # noqa: PLC0415

    try:
        from frontrunner.takeover.examine import examine_takeover  # noqa: PLC0415
    except MissingExtraError as error:
        begun = settings.takeover.database or HomePaths(settings.home).saved.exists()
        return [Finding("ledger", "wrong", str(error))] if begun else []
    return list(examine_takeover(settings))
