"""Whether a gateway could run here: which Envoy there is, and whether it accepts the settings."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.config import GatewaySettings
from frontrunner.base.errors import GatewayError
from frontrunner.gateway.binary import Envoy, deprecations, find_envoy, refusal
from frontrunner.gateway.render import render_config
from frontrunner.gateway.state import load_state


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "absent", "wrong"]
    """`absent` is what nothing needs as the settings are."""
    text: str


def examine(settings: GatewaySettings, folder: Path) -> list[Finding]:
    """What was found: Envoy, then what it says of the configuration."""
    try:
        envoy = find_envoy(settings.envoy)
    except GatewayError as error:
        needed = bool(settings.old or settings.new)
        return [Finding("Envoy", "wrong" if needed else "absent", str(error))]
    return [Finding("Envoy", "ok", str(envoy)), _configuration(envoy, settings, folder)]


def _configuration(envoy: Envoy, settings: GatewaySettings, folder: Path) -> Finding:
    what = "gateway"
    if not settings.old and not settings.new:
        return Finding(what, "absent", "no [gateway] in frontrunner.toml")
    try:
        state = load_state(folder)
        with tempfile.TemporaryDirectory() as name:
            config = Path(name, "envoy.yaml")
            salt = state.salt or settings.salt or "salt"
            write_file(config, render_config(settings, salt, Path(name), inline=state).encode())
            why = refusal(envoy, config)
            old = deprecations(envoy, config)
    except GatewayError as error:
        return Finding(what, "wrong", str(error))
    if why:
        return Finding(what, "wrong", f"Envoy refuses the configuration: {why}")
    if old:
        return Finding(what, "ok", f"Envoy accepts it, but {len(old)} fields will go: {old[0]}")
    return Finding(what, "ok", "Envoy accepts the configuration")
