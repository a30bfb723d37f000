"""What the stand-in holds: accounts, repositories, commits, discussions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from frontrunner.hub.git_objects import FileEntry
from frontrunner.hub.standin.deploys import Deploy

Kind = Literal["model", "dataset", "space"]
KINDS: tuple[Kind, ...] = ("model", "dataset", "space")


@dataclass(frozen=True)
class Account:
    """A user or an organisation."""

    name: str
    fullname: str = ""
    organisation: bool = False
    paid: bool = False
    """Whether it may have Spaces of Gradio and Docker, and hardware."""
    followers: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    """Of an organisation: who may write to its repositories."""


@dataclass(frozen=True)
class AccessToken:
    """What a token allows its account."""

    account: str
    role: Literal["read", "write", "fineGrained"] = "write"
    scoped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a fine-grained token: permissions by repository, user or organisation."""


@dataclass(frozen=True)
class Commit:
    """One commit of the branch `main`."""

    id: str
    parent: str | None
    title: str
    message: str
    author: str
    at: float
    files: Mapping[str, FileEntry]


@dataclass
class Comment:
    """One event of a discussion."""

    id: str
    author: str
    at: float
    text: str
    hidden: bool = False
    status: str = ""
    """The new status, if the event changed it; it then has no text."""


@dataclass
class Discussion:
    """A thread about a repository."""

    num: int
    title: str
    author: str
    at: float
    events: list[Comment]
    status: str = "open"
    pull_request: bool = False


@dataclass
class Space:
    """What only a Space has."""

    sdk: str
    subdomain: str
    deploys: list[Deploy] = field(default_factory=list)
    """In the order of time."""
    hardware: str = "cpu-basic"
    requested: str = "cpu-basic"
    hardware_at: float | None = None
    """When the requested hardware is there; None if it is not coming."""
    grant: str | None = None
    """Hardware that is free of charge for this Space."""
    sleep_time: int | None = 172800
    storage: str | None = None
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    volumes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Repository:
    """A repository with its branch `main`."""

    kind: Kind
    id: str
    key: str
    """Its name inside the Hub, which a rename does not change."""
    created: float
    private: bool = False
    commits: list[Commit] = field(default_factory=list)
    """The oldest first."""
    likes: dict[str, float] = field(default_factory=dict)
    """When each account liked it."""
    discussions: list[Discussion] = field(default_factory=list)
    space: Space | None = None
    busy_until: float = 0.0
    """When the commit that is under way ends."""

    @property
    def owner(self) -> str:
        """The account that it belongs to."""
        return self.id.partition("/")[0]

    @property
    def head(self) -> Commit:
        """The last commit."""
        return self.commits[-1]


def subdomain_of(repo_id: str) -> str:
    """The first part of a Space's live address."""
    return "".join(one if one.isalnum() else "-" for one in repo_id.lower())
