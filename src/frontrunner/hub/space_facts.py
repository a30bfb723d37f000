"""What is known of a repository on the Hub at one moment, as plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["space", "dataset"]


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """What a Space does."""

    stage: str
    sha: str | None = None
    """The commit that runs; while an update is built, the one before it."""
    hardware: str | None = None
    requested: str | None = None
    sleep_time: int | None = None
    """Seconds without a visitor until the Space sleeps; None means never."""
    storage: str | None = None
    """Persistent storage: small, medium or large."""
    volumes: tuple[str, ...] = ()
    """What is mounted, and where."""
    error: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether hardware was requested that is not there yet."""
        return self.requested not in (None, self.hardware)


class SpaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A Space, or a data set, which has no runtime."""

    id: str
    kind: Kind = "space"
    sha: str
    """The last commit, as readers see it; it may lag behind."""
    likes: int = 0
    private: bool = False
    sdk: str = ""
    live: str = ""
    """The live address, without a path."""
    runtime: Runtime | None = None


class CommitFacts(msgspec.Struct, frozen=True):
    """One commit."""

    id: str
    title: str
    message: str
    """What follows the title."""
    authors: tuple[str, ...]
    at: float
    """Seconds since the epoch."""


class SpaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a Space has besides its files; the values of secrets cannot be read."""

    sdk: str = ""
    private: bool = False
    hardware: str | None = None
    sleep_time: int | None = None
    storage: str | None = None
    volumes: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    secrets: tuple[str, ...] = ()
    """Their names."""
