"""`frontrunner prepare`: keep ready what is asked for often."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import LegacyError
from frontrunner.calls.pack import forget_calls
from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import complain, say
from frontrunner.cli.progress import progress_bar
from frontrunner.snapshot.prepared import forget_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store


def prepare_answers(home: Path, snapshot: Snapshot) -> None:
    """Make a snapshot's answers, and those to an old board's calls, unless they are there."""
    from frontrunner.answers.prepare import prepare  # noqa: PLC0415 -- other commands start without it

    if snapshot.prepared is None:
        with progress_bar("Preparing answers") as progress:
            prepare(snapshot, progress)
    prepare_old_calls(home, snapshot)


def prepare_old_calls(home: Path, snapshot: Snapshot) -> None:
    """Make the answers to the calls of the old board, where one was adopted and they are not there.

    A failure is said and no more: the board itself is served all the same.
    """
    from frontrunner.calls.build import prepare_calls  # noqa: PLC0415
    from frontrunner.calls.pack import has_calls  # noqa: PLC0415
    from frontrunner.legacy.adopted import read_adopted  # noqa: PLC0415

    if has_calls(home, snapshot.id):
        return
    try:
        adopted = read_adopted(home)
        if adopted is not None:
            with progress_bar("Preparing the old board's calls"):
                prepare_calls(home, snapshot, adopted)
    except LegacyError as error:
        complain("warning", error)


@app.command()
def prepare(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A snapshot; the current one if left out.")
    ] = None,
    home: Home = None,
    again: Annotated[bool, typer.Option("--again", help="Make anew what is there.")] = False,
) -> None:
    """Prepare a snapshot's answers, as a build does after publishing; for one that was killed."""
    settings = load_settings(home)
    store = Store(settings.home)
    snapshot = store.open(name) if name else store.current()
    if again:
        forget_answers(snapshot.folder)
        forget_calls(settings.home)
    prepare_answers(settings.home, snapshot)
    say(f"The answers of {snapshot.id} are prepared.")
