"""The settings of the object storage between a publisher and its servers: `[store]`."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from frontrunner.base.durations import check_durations, seconds

SCHEMES = ("s3", "az", "gs", "file")
SHORTEST = 1.0
"""Seconds between two questions to the store; faster only costs more requests."""
_ADDRESS = re.compile(r"(?:(?:s3|az|gs)://[^/?#@:\s]+|file://)(?:/[^?#\s]*)?")


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Object storage: `[store]`. There is no key for credentials: they are in the environment."""

    publish: str = ""
    """Address that published snapshots are copied to, such as `s3://bucket/board`."""
    follow: str = ""
    """Address whose snapshots `serve` serves; the home is then a cache of it."""
    every: str = "5s"
    """Time between two questions of a server to the store."""
    keep: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    """Snapshots that the store keeps at least."""
    grace: str = "1d"
    """How long the store keeps what is no longer current, however many there are."""

    def __post_init__(self) -> None:
        check_durations(self, ("every", "grace"))
        if seconds(self.every) < SHORTEST:
            raise ValueError("every must be at least 1s")
        for name in ("publish", "follow"):
            check_address(name, getattr(self, name))


def check_address(name: str, address: str) -> None:
    """Raises ValueError if `address` is neither empty nor an address of object storage."""
    if address and not _ADDRESS.fullmatch(address):
        # The address may hold a key by mistake, so it is not repeated.
        raise ValueError(
            f"{name} must be s3://BUCKET/PREFIX, az://CONTAINER/PREFIX, gs://BUCKET/PREFIX or "
            "file:///FOLDER, without keys: credentials are read from the environment"
        )
