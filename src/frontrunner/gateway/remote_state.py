"""What is said over the control path of a gateway, by both ends of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

CONTROL_PATH = "/__frontrunner/control"
CONTROL_HEADER = "x-frontrunner-control"
"""Has the token. `Authorization` is left to what is in front of a gateway, as the Hub is."""
LEAST_TOKEN = 32
"""Characters; a shorter one could be guessed."""


class RemoteState(msgspec.Struct, frozen=True, kw_only=True):
    """What Envoy follows, and how it sees the boards."""

    version: str
    """Names this gateway since its folder was made, and the change that Envoy follows."""
    share: int
    """Of 10,000."""
    banner: bool
    token: int
    """Of the last controller that wrote."""
    old: bool | None
    """Whether Envoy would send requests to it; None if it does not say."""
    new: bool | None
    streams: int = 0
    """Requests and streams that the old board has under way."""

    @property
    def gateway(self) -> str:
        """Which gateway it is; another one after a container without a disk was started again."""
        return self.version.partition("-")[0]


class RemoteChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be changed. Everything has to be named, so that nothing is assumed."""

    version: str
    """The version that the change was decided on; with another one nothing is changed."""
    token: Annotated[int, msgspec.Meta(ge=1)]
    """Of the controller's lease."""
    share: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    banner: bool


class RemoteRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing was changed."""

    detail: str
    stale: bool = False
    """Whether a controller with a later lease has written."""
