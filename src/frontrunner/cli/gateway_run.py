"""`frontrunner gateway run`, and the two processes that it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from frontrunner.base.config import load_settings
from frontrunner.base.home import Home as HomePaths
from frontrunner.base.logs import begin_logs
from frontrunner.base.way_back import keep_settings
from frontrunner.cli.gateway_app import gateway, settings_of
from frontrunner.cli.options import Home, Json, LogFormat
from frontrunner.cli.output import print_json, say


@gateway.command("run")
def run_(home: Home = None, as_json: Json = False, log_format: LogFormat = None) -> None:
    """Run the gateway in the foreground; SIGHUP or a changed frontrunner.toml reloads it."""
    run_gateway(home, ("companion", "compare"), {}, as_json=as_json)


def run_gateway(
    home: Path | None,
    beside: Iterable[str],
    programs: Mapping[str, tuple[str, ...]],
    *,
    as_json: bool = False,
) -> None:
    """Run the gateway of a home with processes beside it: own ones by name, and other programs."""
    from frontrunner.gateway.supervise import Supervisor  # noqa: PLC0415
    from frontrunner.ops.notify import read_outboxes  # noqa: PLC0415
    from frontrunner.ops.notify_metrics import NotifyCollector  # noqa: PLC0415

    chosen, _, folder = settings_of(home)
    begin_logs(load_settings(chosen).logging)
    own = {
        name: (sys.executable, "-m", "frontrunner", "gateway", name, "--home", str(chosen))
        for name in beside
    }
    supervisor = Supervisor(
        lambda: load_settings(chosen).gateway,
        folder,
        HomePaths(chosen).settings,
        {**own, **programs},
        lambda: keep_settings(chosen),
    )
    outbox = HomePaths(chosen).outbox
    supervisor.counts.registry.register(NotifyCollector(lambda: read_outboxes(outbox)))

    def started(address: str) -> None:
        if as_json:
            print_json({"listening": address})
            sys.stdout.flush()
        say(f"Listening on {address} (stop with Ctrl+C)")

    supervisor.run(started)


@gateway.command(hidden=True)
def companion(home: Home = None) -> None:
    """Serve the feedback form and `/transition`; `gateway run` starts this process."""
    from frontrunner.gateway.companion import serve_companion  # noqa: PLC0415
    from frontrunner.gateway.feedback import Feedback  # noqa: PLC0415
    from frontrunner.gateway.remote_control import remote_control  # noqa: PLC0415
    from frontrunner.gateway.render import Place  # noqa: PLC0415

    chosen, settings, folder = settings_of(home)
    begin_logs(load_settings(chosen).logging)
    feedback = Feedback(settings.feedback, folder)
    control = remote_control(settings, folder)
    serve_companion(feedback, folder, Place(folder).socket("companion"), control)


@gateway.command(hidden=True)
def compare(home: Home = None) -> None:
    """Compare mirrored requests; `gateway run` starts this process."""
    from frontrunner.gateway.shadow.serve import serve_comparer  # noqa: PLC0415

    chosen, settings, folder = settings_of(home)
    begin_logs(load_settings(chosen).logging)
    serve_comparer(settings, folder)
