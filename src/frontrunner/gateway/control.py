"""Change what the gateway does, and read back what Envoy really does.

The share is never remembered: it is written, and then asked of Envoy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from frontrunner.base.errors import GatewayError, StaleTokenError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.admin import Admin, serial_of
from frontrunner.gateway.process import living_envoys
from frontrunner.gateway.render import Place, version, write_routes
from frontrunner.gateway.sides import sides
from frontrunner.gateway.state import GatewayState, changing, load_state, save_state

_PATIENCE = 15.0
"""Seconds for Envoy to follow new routes."""
_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Seen:
    """What Envoy itself says that it follows."""

    generation: int
    share: int
    """Of 10,000."""
    shadow: int
    """Of 10,000."""
    banner: bool
    settled: bool


def parse_version(text: str) -> Seen:
    """What a version of routes says. Raises GatewayError if it is not one of ours."""
    parts = text.split("-")
    if len(parts) != 4 or not all(part.isdigit() for part in parts) or len(parts[3]) != 2:
        raise GatewayError(f"Envoy follows routes that the gateway did not write: {text!r}.")
    generation, share, shadow = map(int, parts[:3])
    return Seen(generation, share, shadow, parts[3][0] == "1", parts[3][1] == "1")


class Gateway:
    """The gateway of one folder, running or not."""

    def __init__(self, settings: GatewaySettings, folder: Path) -> None:
        self.settings = settings
        self.place = Place(folder)

    def admin(self) -> Admin:
        """The running Envoy. Raises GatewayError if there is none."""
        return Admin(self._socket())

    def _socket(self) -> Path:
        """The socket of the latest start; the one before drains and is not asked."""
        sockets = sorted(self.place.folder.glob("admin-*.sock"), key=serial_of)
        for path in reversed(sockets):
            if Admin(path).is_live():
                return path
        if self._has_envoy():
            raise GatewayError(
                f"The Envoy of {self.place.folder} runs, but does not answer. It starts, or it "
                "hangs; its supervisor ends one that hangs after half a minute."
            )
        raise GatewayError(
            f"No Envoy runs in {self.place.folder}. Start it with: frontrunner gateway run"
        )

    def _has_envoy(self) -> bool:
        """Whether an Envoy lives, be it one that starts, hangs, or hands over to the next."""
        found = living_envoys(self.place.folder)
        for process in found:
            process.close()
        return bool(found)

    def seen(self) -> Seen:
        """What Envoy follows. Raises GatewayError if it cannot be asked."""
        return parse_version(self.admin().routes_version())

    # --- what moves users ---------------------------------------------------------------------

    def get_share(self) -> int:
        """The share that Envoy follows, of 10,000. Raises GatewayError if it cannot be asked."""
        return self.seen().share

    def set_share(self, basis_points: int) -> None:
        """Set the share and wait until Envoy follows it."""
        self.change(lambda state: msgspec.structs.replace(state, share=basis_points))

    def finalize(self) -> None:
        """Give the old board's paths to the new board, and all visitors with them."""
        self.change(lambda state: msgspec.structs.replace(state, share=10_000, settled=True))

    def reconcile(self) -> None:
        """Write the routes of the kept state again and wait until Envoy follows them."""
        self.change(lambda state: state)

    def change(self, how: Callable[[GatewayState], GatewayState], *, token: int = 0) -> bool:
        """Change the state, and wait until Envoy follows it; False if no Envoy runs.

        The routes are written before the state; if either fails, nothing has changed. `token` is
        that of a take-over's controller; 0 is a command by hand. Raises StaleTokenError if a
        controller with a larger token has written, GatewayError if it cannot be written, if Envoy
        does not follow in time, or if another command holds the state.
        """
        sides(self.settings)  # before a folder is made, maybe of a mistyped home
        with changing(self.place.folder) as before:
            _refuse_stale(before, token)
            wanted = how(before)
            wanted = msgspec.structs.replace(wanted, token=token or before.token)
            state = msgspec.structs.replace(wanted, generation=before.generation + 1)
            self._write(before, state)
        return self._wait_for(version(state))

    def _write(self, before: GatewayState, state: GatewayState) -> None:
        folder, undone = self.place.folder, "Nothing has changed."
        try:
            write_routes(self.settings, state, folder)
            try:
                save_state(folder, state)
            except OSError:
                undone = self._undone(before)
                raise
        except OSError as error:
            raise GatewayError(
                f"{folder} cannot be written: {error}. {undone} Free disk space or fix the "
                "permissions, then run the command again."
            ) from error

    def _undone(self, before: GatewayState) -> str:
        """Write the routes of before again; says whether that was possible."""
        try:
            write_routes(self.settings, before, self.place.folder)
        except OSError:
            return f"Envoy follows the new routes, because {self.place.routes} was written before."
        return "Nothing has changed."

    def fence(self, token: int) -> None:
        """Refuse controllers with smaller tokens from now on; the routes stay as they are.

        Raises StaleTokenError if one with a larger token has written, GatewayError if the state
        cannot be read, OSError if it cannot be written.
        """
        with changing(self.place.folder) as before:
            _refuse_stale(before, token)
            save_state(self.place.folder, msgspec.structs.replace(before, token=token))

    def _wait_for(self, wanted: str) -> bool:
        until = time.monotonic() + _PATIENCE
        while True:
            # Looked up each time, for a hot restart may replace the Envoy that was asked.
            try:
                found = self.admin().routes_version()  # empty until it has read its first routes
                if found and _is_as_late(found, wanted):
                    return True
                problem = f"Envoy follows {f'routes {found}' if found else 'no routes'}"
            except GatewayError as error:
                if not self._has_envoy():
                    return False
                problem = str(error)
            if time.monotonic() > until:
                raise GatewayError(
                    f"{problem} {_PATIENCE:.0f} s after {wanted} was written to "
                    f"{self.place.routes}. Envoy's log says why: {self.place.folder / 'envoy.log'}"
                )
            time.sleep(_LOOK_AGAIN)

    def kept(self) -> GatewayState:
        """The state that was last written; Envoy follows it as soon as it runs."""
        return load_state(self.place.folder)


def _is_as_late(found: str, wanted: str) -> bool:
    """Whether routes are the wanted ones, or those of a command that came after."""
    return found == wanted or parse_version(found).generation > parse_version(wanted).generation


def _refuse_stale(state: GatewayState, token: int) -> None:
    if token and token < state.token:
        raise StaleTokenError(
            f"A controller with token {state.token} moves the users now; this one has token "
            f"{token} and must not any more. Start it again to stand by."
        )
