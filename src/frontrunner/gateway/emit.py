"""Files that run the gateway as a service, made from the settings."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from frontrunner.base.errors import UsageError, WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.near import near_names
from frontrunner.gateway.jinja import template
from frontrunner.gateway.render import render_config, render_routes
from frontrunner.gateway.sides import Address, listen_address, sides
from frontrunner.gateway.state import GatewayState, load_state

KINDS = ("systemd", "compose", "dockerfile", "kubernetes")
IN_CONTAINER = Path("/var/lib/frontrunner/gateway")
"""Where a container has the gateway's files."""


def emitted(kind: str, settings: GatewaySettings, home: Path, folder: Path) -> str:
    """One of the files. Raises UsageError for an unknown kind, or WrongSettingError."""
    if kind not in KINDS:
        near = near_names(kind, KINDS, most=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(f"{kind!r} cannot be emitted.{hint} Kinds: {', '.join(KINDS)}.")
    sides(settings)
    state = load_state(folder)
    salt = state.salt or settings.salt
    if kind == "kubernetes":
        _check_reachable(settings)
        salt = lasting_salt(settings, state)
    values = {
        "home": home.absolute(),
        "folders": writable_folders(home, folder),
        "program": program(),
        "port": listen_address(settings).port,
        "settings": settings,
        "config_map": config_map(settings, salt, state),
    }
    return template(f"emit/{kind}.j2").render(values)


def writable_folders(home: Path, folder: Path) -> list[Path]:
    """What a service must be able to write: the home, and the gateway's files if they are outside.

    systemd does not start a service if one of them is missing, as the folder in a fresh home is.
    """
    found = [home.absolute(), folder.absolute()]
    return found[:1] if found[1].is_relative_to(found[0]) else found


def lasting_salt(settings: GatewaySettings, state: GatewayState) -> str:
    """The salt of the state or the settings. Raises WrongSettingError if there is none."""
    salt = state.salt or settings.salt
    if not salt:
        raise WrongSettingError(
            "salt",
            "is not set, and no gateway has run in this home. Set it to a text that "
            "stays the same, so that visitors keep their buckets.",
        )
    return salt


def program() -> Path:
    """The command that runs now, or where it usually is."""
    here = Path(sys.executable).with_name("frontrunner")
    return here if here.is_file() else Path("/usr/local/bin/frontrunner")


def _check_reachable(settings: GatewaySettings) -> None:
    """Raises WrongSettingError if an address means the pod itself."""
    named: dict[str, tuple[Address, ...]] = {"listen": (listen_address(settings),)}
    named |= {side.name: side.addresses for side in sides(settings)}
    for name, addresses in named.items():
        for address in addresses:
            if address.host in ("localhost", "::1") or address.host.startswith("127."):
                better = "0.0.0.0:8080" if name == "listen" else f"http://{name}-board"
                raise WrongSettingError(
                    name,
                    f"is {address}, which is the pod itself in Kubernetes. Set it to {better}, or "
                    "the like.",
                )


def config_map(settings: GatewaySettings, salt: str, state: GatewayState) -> str:
    """A Kubernetes ConfigMap with the configuration and the routes.

    Envoy watches the folder, since a mounted ConfigMap changes by a link, not by a rename. Nothing
    is compared: the program that does so is not in the pod.
    """
    state = msgspec.structs.replace(state, shadow=0)
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
