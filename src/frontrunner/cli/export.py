"""`frontrunner export`: the published board as files for any static host."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import say
from frontrunner.config import load_settings
from frontrunner.snapshot.store import Store


@app.command()
def export(
    static: Annotated[
        Path, typer.Option("--static", metavar="DIR", help="A new or empty folder to write to.")
    ],
    home: Home = None,
) -> None:
    """Write every page and answer of the published snapshot as files."""
    from frontrunner.web.export import export as write  # noqa: PLC0415 -- only this command needs it

    snapshot = Store(load_settings(home).home).current()
    say(f"Writing {snapshot.id} to {static} ...")
    done = write(snapshot, static)
    say(f"{done.pages:,} pages and {done.files:,} files.")
    typer.echo(static)
