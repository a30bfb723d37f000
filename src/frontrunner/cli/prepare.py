"""`frontrunner prepare`: make the answers of a snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import say
from frontrunner.cli.progress import Terminal
from frontrunner.ops import pipeline
from frontrunner.ops.completing import complete


@app.command()
def prepare(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A snapshot; the current one if left out.")
    ] = None,
    home: Home = None,
    again: Annotated[bool, typer.Option("--again", help="Replace existing answers.")] = False,
) -> None:
    """Prepare a snapshot's answers, for example after a build was killed."""
    settings = load_settings(home)
    reporter = Terminal()
    store = pipeline.open_store(settings, reporter)
    snapshot = store.open(name) if name else store.current()
    complete(store, snapshot, reporter, again=again)
    say(f"The answers of {snapshot.id} are prepared.")
