"""`frontrunner prepare`: keep ready what is asked for often."""

from __future__ import annotations

from typing import Annotated

import typer

from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import stderr
from frontrunner.cli.progress import progress_bar
from frontrunner.config import load_settings
from frontrunner.snapshot.prepared import forget_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


def prepare_answers(snapshot: Snapshot) -> None:
    """Make a snapshot's answers, unless they are there already."""
    from frontrunner.api.prepare import prepare  # noqa: PLC0415 -- other commands start without it

    with progress_bar("Preparing answers") as progress:
        prepare(snapshot, progress)


@app.command()
def prepare(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A snapshot; the current one if left out.")
    ] = None,
    home: Home = None,
    again: Annotated[bool, typer.Option("--again", help="Make anew what is there.")] = False,
) -> None:
    """Prepare a snapshot's answers, as a build does after publishing; for one that was killed."""
    store = Store(load_settings(home).home)
    snapshot = store.open(name) if name else store.current()
    if again:
        forget_answers(snapshot.folder)
    if snapshot.prepared is not None:
        stderr.print(f"The answers of {snapshot.id} are prepared already; nothing was done.")
        return
    prepare_answers(snapshot)
    stderr.print(f"The answers of {snapshot.id} are prepared.", highlight=False)
