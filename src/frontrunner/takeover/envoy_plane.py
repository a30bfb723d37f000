"""The gateway as the data plane of a take-over: one state, written in one step and read back."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import GatewayError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.admin import Host, is_side_well
from frontrunner.gateway.control import Gateway
from frontrunner.gateway.state import GatewayState
from frontrunner.takeover.both_boards import BothBoards
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.stages import World, goes_back

log = logging.getLogger("frontrunner.takeover")
_KEPT = 50
"""Saved states that are kept; the first one is never removed."""


class EnvoyPlane:
    """Envoy, through the files of the gateway in one folder."""

    def __init__(
        self, settings: GatewaySettings, folder: Path, saved: Path, boards: BothBoards
    ) -> None:
        """What is overwritten is saved in the folder `saved` first."""
        self._gateway = Gateway(settings, folder)
        self._saved = saved
        self._boards = boards

    def read(self) -> Reality:
        """Ask Envoy what it does and how the boards are. Raises GatewayError if it does not say."""
        seen, admin = self._gateway.seen(), self._gateway.admin()
        hosts, here = admin.hosts(), admin.active_on_old()
        return Reality(
            world=World(
                share=seen.share, shadow=seen.shadow, banner=seen.banner, settled=seen.settled
            ),
            old=_with_health(self._boards.old, hosts, "old"),
            new=_with_health(self._boards.new, hosts, "new"),
            streams=max(here, sum(host.active for host in hosts if host.side == "old")),
        )

    def old_side(self) -> Side:
        """Ask the old board itself."""
        return self._boards.ask_old()

    def old_is_healthy(self) -> bool:
        """Ask each address of the old board, past Envoy, whose health checks are seconds old."""
        return self._boards.old_is_healthy()

    def last_token(self) -> int:
        """The largest token that has written; 0 if the state cannot be read."""
        try:
            return self._gateway.kept().token
        except GatewayError as error:
            log.warning("the last token is not known: %s", error)
            return 0

    def fence(self, token: int) -> None:
        """Refuse controllers with smaller tokens. Raises StaleTokenError, GatewayError, OSError."""
        self._gateway.fence(token)

    def write(self, world: World, token: int) -> None:
        """Make Envoy do this. Raises StaleTokenError, or GatewayError if it does not follow."""
        try:
            self._save()
        except OSError as error:
            if not self._goes_back(world):
                raise
            log.error("users go back although %s could not be saved: %s", self._saved, error)
        follows = self._gateway.change(
            lambda state: msgspec.structs.replace(
                state,
                share=world.share,
                shadow=world.shadow,
                banner=world.banner,
                settled=world.settled,
            ),
            token=token,
        )
        if not follows:
            raise GatewayError("No Envoy runs. It applies the change when it starts.")

    def _goes_back(self, world: World) -> bool:
        kept = self._gateway.kept()
        return world == World() or goes_back(World(share=kept.share, settled=kept.settled), world)

    def _save(self) -> None:
        """Keep the state and the routes that are about to be replaced."""
        state, place = self._gateway.kept(), self._gateway.place
        self._saved.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.format(msgspec.json.encode(state)) + b"\n"
        write_file(self._saved / _name("state", state, "json"), text)
        if place.routes.exists():
            write_file(self._saved / _name("routes", state, "yaml"), place.routes.read_bytes())
        for kind in ("state", "routes"):
            for path in sorted(self._saved.glob(f"{kind}-*"))[1:-_KEPT]:
                path.unlink(missing_ok=True)


def _name(kind: str, state: GatewayState, ending: str) -> str:
    return f"{kind}-{state.generation:08}.{ending}"


def _with_health(side: Side, hosts: list[Host], name: str) -> Side:
    """A board as it said itself, but healthy if Envoy would send requests to it."""
    return msgspec.structs.replace(side, healthy=is_side_well(hosts, name))
