"""Read what a plan is made of: the settings, and the files with ignore rules."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from frontrunner.base.config import Settings
from frontrunner.base.errors import TakeoverError
from frontrunner.base.home import Home
from frontrunner.takeover.plan import Plan, plan_of


def gateway_folder(settings: Settings) -> Path:
    """The folder with the gateway's files."""
    return Path(settings.gateway.state or Home(settings.home).gateway)


def load_plan(settings: Settings) -> Plan:
    """The plan of the settings. Raises TakeoverError if a file with ignore rules cannot be read."""
    rules = gateway_folder(settings) / "shadow.toml"
    named = {name: Path(name) for name in settings.takeover.ignore}
    found = {"shadow.toml": _hash(rules)} if rules.exists() else {}
    return plan_of(settings.takeover, found | {name: _hash(path) for name, path in named.items()})


def _hash(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise TakeoverError(
            f"{path} has ignore rules and cannot be read: {error.strerror or error}. Restore it, "
            "or remove it from takeover.ignore."
        ) from error
