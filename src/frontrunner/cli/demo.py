"""`frontrunner demo`: the embedded starter board, built and served."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.catalog.store import load_catalog
from frontrunner.cli.app import app
from frontrunner.cli.build import tell
from frontrunner.cli.hints import note_home
from frontrunner.cli.options import Host, Open, Port, check_range
from frontrunner.cli.output import say
from frontrunner.cli.progress import Terminal
from frontrunner.cli.serve import serve
from frontrunner.ops import pipeline
from frontrunner.ops.completing import complete
from frontrunner.results.ingest import ingest
from frontrunner.snapshot.build import Inputs

DEFAULT_HOME = Path(".frontrunner/demo")


@app.command()
def demo(
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            callback=note_home,
            help=f"Folder with snapshots and state. [default: {DEFAULT_HOME}, "
            "so that your own board is not replaced]",
            show_default=False,
        ),
    ] = None,
    host: Host = None,
    port: Port = None,
    opened: Open = False,
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the board after building it.")
    ] = True,
) -> None:
    """Build the starter board, which this project measured itself, and serve it."""
    check_range("--port", port, 0, 65535)
    home = home or DEFAULT_HOME
    settings = load_settings(home)
    say("Building the starter board ...")
    with as_file(files("frontrunner.starter")) as folder:
        catalog, statistics = load_catalog(settings.home, [folder / "catalog.toml"], mteb=False)
        ingested = ingest(folder / "results", catalog, workers=1)
    reporter = Terminal()
    store = pipeline.open_store(settings, reporter)
    inputs = Inputs(statistics, ingested)
    snapshot = pipeline.write_snapshot(store, inputs, reporter)
    complete(store, snapshot, reporter)
    tell(snapshot)
    if serving:
        serve(home, host, port, opened)
