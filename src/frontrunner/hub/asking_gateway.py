"""Ask the gateway in a Space what it does, and change its share, over its live address."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from frontrunner.base.errors import (
    HubConflictError,
    HubError,
    HubRightsError,
    HubUnavailableError,
    NetworkError,
    StaleTokenError,
)
from frontrunner.gateway.remote_state import (
    CONTROL_HEADER,
    CONTROL_PATH,
    RemoteChange,
    RemoteRefusal,
    RemoteState,
)
from frontrunner.gateway.traffic_rows import MOST_TRAFFIC, Cursor, Traffic
from frontrunner.hub.access import Token
from frontrunner.hub.session import Hub
from frontrunner.net.client import Answer, Content, Limits, get, post

Said = TypeVar("Said", RemoteState, Traffic)
_LIMITS = Limits(seconds=20.0, size=64 * 1024)
_NO_PATH = (
    ": it has no control path. See its log; the Space's secret (control_secret under [hub]) "
    "may be missing or shorter than 32 characters."
)


def ask_gateway(hub: Hub, live: str, token: Token) -> RemoteState:
    """What Envoy follows there.

    Raises HubUnavailableError if it does not answer, HubRightsError if it refuses the token.
    """
    return _said(live, _asked(hub, live, CONTROL_PATH, token, _LIMITS), RemoteState)


def ask_traffic(hub: Hub, live: str, token: Token, cursor: Cursor) -> Traffic:
    """What the gateway counted after a cursor. Raises the same."""
    limits = _LIMITS._replace(size=MOST_TRAFFIC)
    return _said(live, _asked(hub, live, f"{CONTROL_PATH}?after={cursor}", token, limits), Traffic)


def _asked(hub: Hub, live: str, path: str, token: Token, limits: Limits) -> Answer:
    limits = limits._replace(private=hub.is_local)
    try:
        return get(f"{live}{path}", limits, {CONTROL_HEADER: token.reveal()})
    except NetworkError as error:
        raise HubUnavailableError(f"{live}{CONTROL_PATH}: {error}.") from None


def change_gateway(hub: Hub, live: str, token: Token, change: RemoteChange) -> RemoteState:
    """Change the share, and wait until Envoy follows; what it says then.

    Sent again, it changes nothing: it names the version that it was decided on. Raises the same,
    HubConflictError if the version is another one by now, HubError if the change cannot be read
    there, and StaleTokenError if a controller with a later lease has written.
    """
    limits = _LIMITS._replace(private=hub.is_local)
    content = Content("application/json", msgspec.json.encode(change))
    headers = {CONTROL_HEADER: token.reveal()}
    try:
        answer = post(f"{live}{CONTROL_PATH}", content, limits, headers)
    except NetworkError as error:
        raise HubUnavailableError(f"{live}{CONTROL_PATH}: {error}.") from None
    return _said(live, answer, RemoteState)


def _said(live: str, answer: Answer, kind: type[Said]) -> Said:
    where = f"The gateway at {live}"
    if answer.status == 200:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise HubUnavailableError(f"{where} does not answer as a gateway yet.") from None
    said = _refusal(answer)
    if said is None or answer.status not in (400, 401, 409):
        detail = f": {said.detail}" if said else _NO_PATH if answer.status == 404 else "."
        raise HubUnavailableError(f"{where} answered {answer.status}{detail}")
    if said.stale:
        raise StaleTokenError(said.detail)
    if answer.status == 409:
        raise HubConflictError(f"{where}: {said.detail}")
    if answer.status == 400:
        raise HubError(
            f"{where} answered 400: {said.detail}. The Space may run another version of "
            "Frontrunner than this controller. Roll back, then retry."
        )
    raise HubRightsError(
        f"{where} answered {answer.status}: {said.detail} The Space's secret (control_secret under "
        "[hub]) has another value than the token here. Roll back, delete that secret, then retry."
    )


def _refusal(answer: Answer) -> RemoteRefusal | None:
    try:
        return msgspec.json.decode(answer.body, type=RemoteRefusal)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
