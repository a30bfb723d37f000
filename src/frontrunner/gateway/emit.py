"""Files that run the gateway as a service, made from the settings."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.config import GatewaySettings
from frontrunner.base.errors import UsageError
from frontrunner.base.near import near_names
from frontrunner.gateway.jinja import template
from frontrunner.gateway.render import render_config, render_routes
from frontrunner.gateway.sides import listen_address, sides
from frontrunner.gateway.state import GatewayState, load_state

KINDS = ("systemd", "compose", "dockerfile", "kubernetes")
IN_CONTAINER = Path("/var/lib/frontrunner/gateway")
"""Where a container has the gateway's files."""


def emitted(kind: str, settings: GatewaySettings, home: Path, folder: Path) -> str:
    """One of the files. Raises UsageError for an unknown kind, GatewayError for a wrong setting."""
    if kind not in KINDS:
        near = near_names(kind, KINDS, most=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"{kind!r} cannot be emitted.{hint} Kinds: {', '.join(KINDS)}.")
    sides(settings)
    state = load_state(folder)
    values = {
        "home": home.absolute(),
        "port": listen_address(settings).port,
        "settings": settings,
        "config_map": config_map(settings, state.salt or settings.salt, state),
    }
    return template(f"emit/{kind}.j2").render(values)


def config_map(settings: GatewaySettings, salt: str, state: GatewayState) -> str:
    """A Kubernetes ConfigMap with the configuration and the routes.

    Envoy watches the folder, since a mounted ConfigMap changes by a link, not by a rename.
    """
    files = {
        "envoy.yaml": render_config(settings, salt, IN_CONTAINER, watched=Path("/etc/envoy")),
        "routes.yaml": render_routes(settings, state),
    }
    lines = [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata: { name: frontrunner-gateway }",
        "data:",
    ]
    for name, text in files.items():
        lines.append(f"  {name}: |")
        lines.extend(f"    {line}" if line else "" for line in text.splitlines())
    return "\n".join(lines) + "\n"
