"""A Space that is the gateway's container: Envoy at its port, the new board next to it.

The file `home/shifting.json` makes the difference. It is part of the Space's commit and readable by
everybody, so it names the variable that has the token of the control path, and not the token. The
share is not in it: a container begins with all users on the old board, and the controller, which
alone knows what holds, sets the share.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.config import Settings
from frontrunner.base.errors import SnapshotError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.base.json import read_as
from frontrunner.base.setting_values import variable
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.state import make_folder
from frontrunner.hub.boxed import check_source
from frontrunner.hub.space_card import PORT
from frontrunner.hub.space_folder import space_file

SHIFTING_PATH = "home/shifting.json"
_REQUIREMENTS = "requirements-gateway.txt"
_BESIDE = "http://127.0.0.1:8000"
"""The new board, which only the gateway reaches."""
_HUB_PROXIES = 1
"""What is in front of a Space: its X-Forwarded-For tells visitors apart."""
_WORKERS = 2
"""Threads of Envoy. A container sees all cores of its machine, and may use two."""


class Shifting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `home/shifting.json` says."""

    format: int = 1
    old: str
    """URL of the old board."""
    new: str = ""
    """URL of the new board if it is not the one of this image."""
    secret: str
    """Name of the Space's secret with the token of the control path."""
    salt: str
    """Mixed into the hash of new visitors, the same in every container."""
    control_window: float = 60.0
    """Seconds of traffic that the gateway counts as one: `[gateway] control_window`."""
    token: int = 0
    """Of the lease under which this was committed; controllers before it may not write."""


def shifting_files(shifting: Shifting) -> dict[str, bytes]:
    """What makes a folder of `space init` one with a gateway: two files, and no other image."""
    content = msgspec.json.format(msgspec.json.encode(shifting), indent=1) + b"\n"
    return {SHIFTING_PATH: content, "requirements.txt": space_file(_REQUIREMENTS).encode()}


def write_shifting(folder: Path, shifting: Shifting) -> None:
    """Make a folder of `space init` one with a gateway."""
    for name, content in shifting_files(shifting).items():
        write_file(folder / name, content)


def shifting_of(settings: Settings, old: str) -> Shifting:
    """What a folder says that is tried before a take-over commits one. Raises UsageError."""
    check_source(old)
    name = settings.hub.space or old
    return Shifting(
        old=old,
        secret=settings.hub.control_secret,
        salt=salt_of(name),
        control_window=settings.gateway.control_window,
    )


def salt_of(name: str) -> str:
    """The salt of a board, the same whenever it is asked for."""
    return sha256(name.encode()).hexdigest()[:16]


def read_shifting(home: Path) -> Shifting | None:
    """What a home says; None if it has no gateway. Raises SnapshotError if it cannot be read."""
    path = Home(home).shifting
    if not path.exists():
        return None
    try:
        return read_as(path, Shifting)
    except (OSError, ValueError) as error:
        raise SnapshotError(
            f"{path} cannot be read: {error}. Create it again: frontrunner space init "
            "--old-board URL"
        ) from error


def environment_of(shifting: Shifting, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Settings of the gateway and of the board next to it, for this process and its children."""
    host = environ.get(variable("server", "host"), "0.0.0.0")  # noqa: S104 -- a container's own
    port = environ.get(variable("server", "port"), str(PORT))
    beside = _BESIDE.rpartition(":")
    gateway = {
        "listen": f"{host}:{port}",
        "old": shifting.old,
        "new": shifting.new or _BESIDE,
        "salt": shifting.salt,
        "trusted_hops": str(_HUB_PROXIES),
        "concurrency": str(_WORKERS),
        "metrics": "",
        "control_file": str(Home(home).gateway_control),
        "control_window": f"{shifting.control_window:g}",
    }
    server = {"host": beside[0].removeprefix("http://"), "port": beside[2]}
    return {
        **{variable("gateway", key): value for key, value in gateway.items()},
        **{variable("server", key): value for key, value in server.items()},
    }


def prepare(shifting: Shifting, home: Path, token: str, settings: GatewaySettings) -> None:
    """Keep the token for the companion alone, and refuse controllers before the commit's."""
    path = Home(home).gateway_control
    make_folder(path.parent)
    write_file(path, token.encode(), mode=0o600, follow=False)
    gateway = Gateway(settings, path.parent)
    if gateway.kept().token < shifting.token:
        gateway.fence(shifting.token)
