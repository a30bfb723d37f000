"""`frontrunner takeover console`: the take-over in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home as HomePaths
from frontrunner.base.logs import begin_logs
from frontrunner.cli.options import Home, LogFormat, check_range
from frontrunner.cli.output import say
from frontrunner.cli.takeover_app import takeover
from frontrunner.cli.takeover_plan import plan_lines, receivers
from frontrunner.takeover.forecast import forecast
from frontrunner.takeover.plan import Plan


@takeover.command()
def console(
    port: Annotated[int, typer.Option("--port", help="0 means any free port.")] = 8090,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", help="A host name that browsers may use for the console. Repeat it for more."
        ),
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", metavar="FILE", help="PEM chain for TLS.")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="PEM private key for TLS.")
    ] = None,
    allow_plain_http: Annotated[
        bool,
        typer.Option(
            "--allow-plain-http", help="Allow plain HTTP on addresses other than loopback."
        ),
    ] = False,
    home: Home = None,
    log_format: LogFormat = None,
) -> None:
    """Serve a page that shows the take-over and has buttons to control it."""
    from frontrunner.takeover.console.access import Tokens  # noqa: PLC0415
    from frontrunner.takeover.console.serving import Listen, run_console  # noqa: PLC0415
    from frontrunner.takeover.console.watching import Watched, Watcher  # noqa: PLC0415

    check_range("--port", port, 0, 65535)
    settings = load_settings(home)
    begin_logs(settings.logging)
    if not settings.home.is_dir():
        raise UsageError(
            f"The folder {settings.home} does not exist, so there is no take-over to show. Check "
            "--home."
        )
    place = HomePaths(settings.home)
    tokens = Tokens(place.console_tokens)

    def started(url: str, made: bool) -> None:
        if made:
            say(f"Created a token for you in {tokens.path}")
        say(f"Open {url} (once, within 10 minutes; later log in with a token of {tokens.path})")

    watched = Watched(
        home=settings.home,
        gateway=settings.gateway,
        folder=Path(settings.gateway.state or place.gateway),
        database=settings.takeover.database,
    )
    where = Listen(host, port, tuple(name or ()), tls_certificate, tls_key, allow_plain_http)
    watcher = Watcher(watched, lambda: _plan(settings.home))
    try:
        run_console(watcher, tokens, where, started)
    finally:
        watcher.close()


def _plan(home: Path) -> tuple[Plan, str]:
    """The plan of the settings as they are now, and the same as `takeover plan` prints it."""
    from frontrunner.takeover.loading import load_plan  # noqa: PLC0415

    settings = load_settings(home)
    found = load_plan(settings)
    lines = plan_lines(forecast(found, None), "", receivers(settings))
    return found, "\n".join(lines)
