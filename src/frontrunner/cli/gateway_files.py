"""`frontrunner gateway render` and `emit`: files for those who run Envoy in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontrunner.cli.gateway_app import gateway, settings_of
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import print_json


@gateway.command()
def render(
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write envoy.yaml and routes.yaml here."),
    ] = None,
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="Print a ConfigMap with both files.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print Envoy's configuration and routes, for those who run their own Envoy."""
    from frontrunner.gateway.emit import config_map, lasting_salt  # noqa: PLC0415
    from frontrunner.gateway.render import render_config, render_routes  # noqa: PLC0415
    from frontrunner.gateway.state import load_state  # noqa: PLC0415

    _, settings, folder = settings_of(home)
    state = load_state(folder)
    salt = lasting_salt(settings, state)
    files = {
        "envoy.yaml": render_config(settings, salt, output or folder),
        "routes.yaml": render_routes(settings, state),
    }
    if output is not None:
        from frontrunner.base.atomic import write_file  # noqa: PLC0415

        output.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_file(output / name, text.encode())
        written = [str(output / name) for name in files]
        print_json({"written": written}) if as_json else typer.echo("\n".join(written))
    elif kubernetes:
        made = config_map(settings, salt, state)
        print_json({"configmap.yaml": made}) if as_json else typer.echo(made, nl=False)
    elif as_json:
        print_json(files)
    else:
        typer.echo("---\n".join(files.values()), nl=False)


@gateway.command()
def emit(
    what: Annotated[str, typer.Argument(metavar="systemd|compose|dockerfile|kubernetes")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a file that runs the gateway as a service."""
    from frontrunner.gateway.emit import emitted  # noqa: PLC0415

    chosen, settings, folder = settings_of(home)
    text = emitted(what, settings, chosen, folder)
    print_json({"kind": what, "text": text}) if as_json else typer.echo(text, nl=False)
