"""`frontrunner gateway run`, and the two processes that it starts."""

from __future__ import annotations

import sys

from frontrunner.base.config import load_settings
from frontrunner.base.home import Home as HomePaths
from frontrunner.base.way_back import keep_settings
from frontrunner.cli.gateway_app import gateway, settings_of
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json, say


@gateway.command("run")
def run_(home: Home = None, as_json: Json = False) -> None:
    """Run the gateway in the foreground; SIGHUP or a changed frontrunner.toml reloads it."""
    from frontrunner.gateway.supervise import Supervisor  # noqa: PLC0415
    from frontrunner.ops.notify import read_outboxes  # noqa: PLC0415
    from frontrunner.ops.notify_metrics import NotifyCollector  # noqa: PLC0415

    chosen, _, folder = settings_of(home)
    beside = {
        name: (sys.executable, "-m", "frontrunner", "gateway", name, "--home", str(chosen))
        for name in ("companion", "compare")
    }
    supervisor = Supervisor(
        lambda: load_settings(chosen).gateway,
        folder,
        HomePaths(chosen).settings,
        beside,
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
    """Take feedback and show `/transition`; `gateway run` starts this process."""
    from frontrunner.gateway.companion import serve_companion  # noqa: PLC0415
    from frontrunner.gateway.feedback import Feedback  # noqa: PLC0415
    from frontrunner.gateway.render import Place  # noqa: PLC0415

    _, settings, folder = settings_of(home)
    feedback = Feedback(settings.feedback, folder)
    serve_companion(feedback, folder, Place(folder).socket("companion"))


@gateway.command(hidden=True)
def compare(home: Home = None) -> None:
    """Compare mirrored requests; `gateway run` starts this process."""
    from frontrunner.gateway.shadow.serve import serve_comparer  # noqa: PLC0415

    _, settings, folder = settings_of(home)
    serve_comparer(settings, folder)
