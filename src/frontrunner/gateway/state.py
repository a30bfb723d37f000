"""What can change while the gateway runs: one small file, written by one command at a time.

Everything else needs a new configuration. Envoy's routes are made from settings and state, so the
state survives a restart of Envoy, of the supervisor and of the machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec

from frontrunner.base.atomic import locked, write_file
from frontrunner.base.errors import GatewayError, WrongSettingError

_BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_FILE = "state.json"
_WAIT = 10.0
"""Seconds to wait for another command that changes the state."""


class GatewayState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The state of the move, as the data plane needs it."""

    generation: int = 0
    """Counts changes; Envoy reports the one it follows."""
    share: _BasisPoints = 0
    """Buckets that go to the new board: 0 to 10,000."""
    banner: bool = False
    """Whether pages carry the banner."""
    shadow: _BasisPoints = 0
    """Of 10,000 GETs that the old board answers, how many are also sent to the comparer."""
    settled: bool = False
    """Whether the old board's paths belong to the new board now."""
    token: int = 0
    """Of the last controller that wrote; one with a smaller token may not write any more."""
    salt: str = ""
    """Mixed into the hash of new visitors. It never changes, or visitors would change sides."""


def has_state(folder: Path) -> bool:
    """Whether a gateway has run with this folder."""
    return (folder / _FILE).exists()


def load_state(folder: Path) -> GatewayState:
    """The state that `folder` keeps; the first one if there is none.

    Raises GatewayError if the file cannot be read.
    """
    path = folder / _FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=GatewayState)
    except FileNotFoundError:
        return GatewayState()
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise GatewayError(
            f"{path} cannot be read: {error}. Restore it from a backup. To start again with all "
            "users on the old board, remove it; visitors without a cookie then get new buckets."
        ) from error


def make_folder(folder: Path) -> None:
    """Make the folder of a gateway, for this user alone: everybody may write to its sockets.

    Raises OSError if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def changing(folder: Path) -> Iterator[GatewayState]:
    """The state, which no other command changes until the block ends.

    Raises GatewayError if another command keeps it for too long.
    """
    make_folder(folder)
    try:
        with locked(folder / "state.lock", wait=_WAIT):
            yield load_state(folder)
    except BlockingIOError as error:
        raise GatewayError(
            f"Another command has held {folder} for {_WAIT:.0f} s. Wait for it, or stop it."
        ) from error


def save_state(folder: Path, state: GatewayState) -> None:
    """Keep a state. Call it inside `changing`. Raises OSError if it cannot be written."""
    content = msgspec.json.format(msgspec.json.encode(state)) + b"\n"
    write_file(folder / _FILE, content, follow=False)


def ensure_salt(folder: Path, chosen: str) -> str:
    """The salt: `chosen` by the settings, or one made once and kept.

    Raises GatewayError if the settings now choose another than the one in use.
    """
    with changing(folder) as state:
        salt = state.salt or chosen or secrets.token_hex(8)
        if chosen and chosen != salt:
            raise WrongSettingError(
                "salt",
                f"is {chosen!r}, but {folder / _FILE} uses {salt!r}. A new "
                "salt gives every visitor a new bucket in the middle of the move. Set it back.",
            )
        if salt != state.salt:
            save_state(folder, msgspec.structs.replace(state, salt=salt))
        return salt
