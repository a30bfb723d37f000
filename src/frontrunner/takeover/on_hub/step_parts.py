"""What every step on the Hub is made of: its ground, its result, and waiting without blocking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from frontrunner.base.errors import HubError, UsageError
from frontrunner.base.home import Home
from frontrunner.gateway.remote_state import LEAST_TOKEN
from frontrunner.hub.access import Token
from frontrunner.hub.committing import Guarded, Patience, commit
from frontrunner.hub.saved_tree import save_tree, tree_to_save
from frontrunner.hub.session import Hub
from frontrunner.hub.tree_changes import TreeChange
from frontrunner.hub.waiting import Probe, Watch
from frontrunner.takeover.on_hub.new_board import NewBoard
from frontrunner.takeover.on_hub.step_journal import Known
from frontrunner.takeover.plan import HubPart


@dataclass(frozen=True)
class Done:
    """A step that is done, as read back."""

    facts: dict[str, str] = field(default_factory=dict)
    alarm: str = ""
    """What a person has to do about it; empty if nothing."""


@dataclass(frozen=True)
class Coming:
    """A step that is under way."""

    text: str
    """What is waited for."""


class Step(Protocol):
    """One step. It is safe to run again, with the same `about`, at any time and after a crash."""

    @property
    def key(self) -> str:
        """Its name in the journal."""

    @property
    def title(self) -> str:
        """What it does."""

    def prepare(self, known: Known) -> dict[str, str]:
        """What it is decided on; changes nothing. Raises HubError."""

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Act unless that is done already, and read back. Raises HubError."""


@dataclass(frozen=True)
class Ground:
    """What steps work with. What it remembers only saves calls; a new process begins empty."""

    hub: Hub
    part: HubPart
    home: Home
    board: NewBoard
    patience: Patience = field(default_factory=Patience)
    grace: float = 15.0
    """How long the runtime may name an error of another commit, in seconds."""
    landed: dict[tuple[str, str], str] = field(default_factory=dict)
    """Commits that were made or found, by step and parent."""
    secrets: Callable[[], Mapping[str, Token]] = lambda: {}
    """Reads the values of secrets. Raises UsageError."""
    control_window: float = 60.0
    """Seconds of traffic that a gateway in the Space counts as one."""
    told: dict[str, str] = field(default_factory=dict)
    """What people have to do about settings that were given back, by commit."""
    watches: dict[str, Watch] = field(default_factory=dict)

    @property
    def before(self) -> Path:
        """The engagement before anything was changed."""
        return self.home.engagement_before

    def saved_folder(self, known: Known) -> Path:
        """The folder of the tree that was saved last."""
        return self.home.saved_space(self.part.space, known.saved.get("commit", ""))

    def values_of(self, names: Iterable[str]) -> dict[str, Token]:
        """The values of secrets. Raises UsageError if one is not given any more."""
        values = self.secrets() if names else {}
        try:
            return {name: values[name] for name in names}
        except KeyError as missing:
            raise UsageError(f"secrets under [hub] have no file for {missing}.") from None

    def control(self) -> Token:
        """The token of the control path. Raises HubError if it cannot be read or used.

        Why: settings are read again each time, so a mistake in a file must not end the controller.
        """
        name = self.part.control_secret
        try:
            token = self.values_of([name])[name]
        except (UsageError, OSError) as error:
            raise HubError(f"There is no token for the control path. {error}") from error
        if len(token.reveal()) < LEAST_TOKEN:
            raise HubError(
                f"The value of the secret {name} has fewer than {LEAST_TOKEN} characters. Name a "
                "file with a longer one, such as that of: openssl rand -hex 32"
            )
        return token

    def keep(self, repo_id: str, commit: str) -> None:
        """Save the files at a commit before they are replaced. Raises HubError, OSError."""
        about = tree_to_save(self.hub, repo_id, commit, time.time())
        save_tree(self.hub, about, self.home.saved_space(repo_id, commit))

    def commit_once(
        self, key: str, repo_id: str, parent: str, title: str, change: Callable[[], TreeChange]
    ) -> str:
        """Make a commit, or find it made. Raises the errors of `commit`."""
        known = self.landed.get((key, parent))
        if known is None:
            made = commit(self.hub, Guarded(repo_id, parent, change(), title), self.patience)
            known = self.landed[(key, parent)] = made.commit
        return known

    def coming(self, repo_id: str, commit: str, probe: Probe | None = None) -> Coming | None:
        """What is waited for until a Space serves a commit; None if it does.

        Raises SpaceFailedError if it never will.
        """
        waits = self.waits_for(repo_id, commit, probe)
        return Coming(f"{repo_id}: {waits}.") if waits else None

    def waits_for(self, repo_id: str, commit: str, probe: Probe | None = None) -> str:
        """Why a Space does not serve a commit yet; empty if it does.

        Raises SpaceFailedError if it never will.
        """
        watch = self.watches.get(repo_id)
        if watch is None or watch.commit != commit:
            watch = Watch(self.hub, repo_id, commit, probe, self.grace)
            self.watches[repo_id] = watch
        return watch.look()
