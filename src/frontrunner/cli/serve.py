"""`frontrunner serve`: the published snapshot over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.cli.app import app
from frontrunner.cli.options import Home
from frontrunner.cli.output import say
from frontrunner.snapshot.store import Store


@app.command()
def serve(
    home: Home = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [default: 8000]")] = None,
    development: Annotated[
        bool | None,
        typer.Option("--development", help="Add what only developers need: /_styleguide."),
    ] = None,
) -> None:
    """Serve the published snapshot; what is published later is served without a restart."""
    from frontrunner.calls.entry import Calls  # noqa: PLC0415
    from frontrunner.http.app import Application  # noqa: PLC0415
    from frontrunner.http.server import serve as run  # noqa: PLC0415 -- only this command needs it
    from frontrunner.web.site import Site  # noqa: PLC0415

    options = {"host": host, "port": port, "development": development}
    settings = load_settings(home, server=options)
    server = settings.server
    run(
        Store(settings.home),
        server.host,
        server.port,
        make=lambda snapshot: Application(
            snapshot,
            max_age=server.http_max_age,
            origins=server.cors_origins,
            pages=Site(development=server.development),
            calls=Calls(settings.home),
        ),
        started=lambda url: say(f"Serving on {url} (docs at {url}/docs; stop with Ctrl+C)"),
    )
