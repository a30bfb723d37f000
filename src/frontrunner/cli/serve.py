"""`frontrunner serve`: the published snapshot over HTTP."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.logs import begin_logs
from frontrunner.base.traces import begin_traces
from frontrunner.cli.app import app
from frontrunner.cli.browser import open_browser
from frontrunner.cli.options import Home, Host, LogFormat, Open, Port, check_range, from_env
from frontrunner.cli.output import say
from frontrunner.snapshot.prepared import has_stale_answers
from frontrunner.snapshot.reader import Snapshot
from frontrunner.snapshot.store import Store

if TYPE_CHECKING:
    from frontrunner.http.app import Application
    from frontrunner.http.server import Worker
    from frontrunner.web.likes import Likes
    from frontrunner.web.site import Site


@app.command()
def serve(
    home: Home = None,
    host: Host = None,
    port: Port = None,
    opened: Open = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Server processes that share the port. "
            f"{from_env('server', 'workers')} [default: 1]"
        ),
    ] = None,
    development: Annotated[
        bool | None,
        typer.Option(
            "--development",
            help="Add pages that only developers need: /_styleguide. "
            f"{from_env('server', 'development')}",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="Object storage to follow: s3://BUCKET/PREFIX, az://, gs:// or file://. The home "
            f"is then a cache of it. Keys are read from the environment. "
            f"{from_env('store', 'follow')}",
            show_default=False,
        ),
    ] = None,
    log_format: LogFormat = None,
) -> None:
    """Serve the published snapshot, and switch to newer ones without a restart."""
    from frontrunner.http.server import serve as run  # noqa: PLC0415 -- only this command needs it

    check_range("--port", port, 0, 65535)
    check_range("--workers", workers, 1, 256)
    options = {"host": host, "port": port, "workers": workers, "development": development}
    settings = load_settings(home, server=options, store={"follow": store})
    begin_logs(settings.logging)
    beside = None
    _prepare_anew(settings)
    if settings.store.follow:
        from frontrunner.remote.mirror import first_pull, mirror  # noqa: PLC0415

        first_pull(settings)
        beside = partial(mirror, settings)
    run(
        Store(settings.home),
        settings.server,
        partial(_application, settings),
        started=partial(_announce, opened),
        beside=beside,
    )


def _prepare_anew(settings: Settings) -> None:
    """Let another process prepare the answers, if another version of this program made them.

    The server makes them on demand until then. A home that follows a store gets them from there.
    """
    store = Store(settings.home)
    name = store.current_id()
    if settings.store.follow or name is None or not has_stale_answers(store.at.snapshot(name)):
        return
    say(f"Another version prepared the answers of {name}; they are being prepared again.")
    command = (sys.executable, "-m", "frontrunner", "prepare", "--home", str(settings.home))
    subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _announce(opened: bool, url: str) -> None:
    """Say where the board is, and show it in a browser if that was asked for."""
    say(f"Serving on {url} (docs at {url}/docs; stop with Ctrl+C)")
    if opened:
        open_browser(url)


def _application(settings: Settings, snapshot: Snapshot, worker: Worker) -> Application:
    """What one server process runs."""
    from frontrunner.calls.entry import Calls  # noqa: PLC0415
    from frontrunner.calls.relay import RelayedCalls  # noqa: PLC0415
    from frontrunner.http.app import Application  # noqa: PLC0415
    from frontrunner.web.site import Site  # noqa: PLC0415

    begin_traces(settings.logging)  # in each process: what sends spans is a thread
    site = Site(development=settings.server.development, site=settings.site)
    calls = Calls(settings.home)
    relayed = RelayedCalls(calls, worker.relay) if worker.relay and worker.number else None
    application = Application(
        snapshot,
        max_age=settings.server.http_max_age,
        origins=settings.server.cors_origins,
        pages=site,
        calls=relayed or calls,
        metrics=worker.metrics,
    )
    if settings.logging.requests:
        application.log_requests()
    application.likes = _likes(settings, site) if settings.site.likes else None
    return application


def _likes(settings: Settings, site: Site) -> Likes:
    from frontrunner.base.home import Home as HomeFolder  # noqa: PLC0415
    from frontrunner.web.like_counts import LikeCounts  # noqa: PLC0415
    from frontrunner.web.likes import Likes  # noqa: PLC0415

    at = HomeFolder(settings.home)
    return Likes(LikeCounts(settings.site.likes_database, at.likes), at.engagement, site)
