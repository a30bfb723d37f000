"""`frontrunner export`: the published board as files for any static host."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.cli.app import app
from frontrunner.cli.interrupts import interruptible
from frontrunner.cli.options import Home
from frontrunner.cli.output import counted, say
from frontrunner.cli.progress import progress_bar
from frontrunner.snapshot.store import Store


def _whole(address: str) -> str:
    from frontrunner.web.text import safe_url  # noqa: PLC0415 -- only this command needs it

    if address and safe_url(address) is None:
        raise UsageError(f"{address!r} is not a URL. Give one such as https://board.example.org")
    return address


@app.command()
def export(
    static: Annotated[
        Path, typer.Option("--static", metavar="DIR", help="A new or empty folder to write to.")
    ],
    address: Annotated[
        str,
        typer.Option(
            "--url", help="URL where the copy will be served; used in link previews and feeds."
        ),
    ] = "",
    home: Home = None,
) -> None:
    """Write every page and answer of the published snapshot as files.

    The folder appears once it is complete. To continue an interrupted export, run the same command
    again.
    """
    from frontrunner.web.export import export as write  # noqa: PLC0415 -- only this command needs it

    settings = load_settings(home)
    snapshot = Store(settings.home).current()
    written = 0

    def note(done: int, total: int) -> None:
        nonlocal written
        written = done
        progress(done, total)

    def left() -> str:
        return (
            f"{counted(written, 'file')} written, and {static} is not complete. "
            "Run the same command again to continue."
        )

    with interruptible(left), progress_bar(f"Writing snapshot {snapshot.id}") as progress:
        done = write(snapshot, static, _whole(address), settings.site, note)
    kept = f" {done.kept:,} were there from an interrupted export." if done.kept else ""
    say(f"{counted(done.pages, 'page')} and {counted(done.files, 'file')}.{kept}")
    typer.echo(static)
