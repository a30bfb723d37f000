"""Make one commit, guarded by its parent, whose outcome is known at the end.

The commit's message carries a name of the change. If the answer is lost, the list of commits is
read until the name appears in it. If it does not, sending again is safe: both requests name the
same parent, so at most one of them can be made. The same holds after a crash: `commit` looks for
the name first, so it can be called again with the same arguments.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

import msgspec
from huggingface_hub import CommitOperationAdd, CommitOperationDelete

from frontrunner.base.errors import (
    HubConflictError,
    HubError,
    StaleParentError,
    UnknownOutcomeError,
)
from frontrunner.hub.git_objects import FileEntry
from frontrunner.hub.reading import commits_of, facts_of, files_of
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import CommitFacts, Kind
from frontrunner.hub.tree_changes import MARK, TreeChange, is_left_by, marked, name_of

T = TypeVar("T")
_TRIES = 3


@dataclass(frozen=True)
class Patience:
    """How long a commit may take, in seconds."""

    send: float = 300.0
    """For the files and the request of one try."""
    settle: float = 90.0
    """From a lost answer until the list of commits counts as final; a server gives up after 60."""
    busy: float = 60.0
    """For another commit that is under way."""
    look: float = 2.0
    """Between two looks."""


class Landed(msgspec.Struct, frozen=True):
    """A commit that is made."""

    commit: str
    how: Literal["made", "found", "unchanged"]
    """Made now; found in the list of commits; or nothing was to be changed."""


@dataclass(frozen=True)
class Guarded:
    """A change of one repository at one commit."""

    repo_id: str
    parent: str
    """The commit that the change was made for; nothing is written on top of another."""
    change: TreeChange
    title: str
    description: str = ""
    kind: Kind = "space"


def commit(hub: Hub, guarded: Guarded, patience: Patience | None = None) -> Landed:
    """Make a commit, or find it made.

    Raises StaleParentError if the parent is not the last commit, MovedError if the name leads to
    another repository, UnknownOutcomeError if it is not known whether it was made.
    """
    patience = patience or Patience()
    facts_of(hub, guarded.repo_id, guarded.kind)
    before = files_of(hub, guarded.repo_id, guarded.parent, guarded.kind)
    name = name_of(guarded.repo_id, guarded.parent, before, guarded.change)
    attempt = _Attempt(hub, guarded, name, patience)
    found = attempt.find()
    if found is None and is_left_by(before, before, guarded.change):
        attempt.check_parent()
        return Landed(guarded.parent, "unchanged")
    made = found or attempt.send()
    attempt.check(made, before)
    return Landed(made, "found" if found else "made")


@dataclass(frozen=True)
class _Attempt:
    hub: Hub
    guarded: Guarded
    name: str
    patience: Patience

    def send(self) -> str:
        """The commit, made now or by a try whose answer was lost."""
        tries, busy_until = 0, math.inf
        while tries < _TRIES:
            try:
                return self._create()
            except HubConflictError:  # another commit is under way
                busy_until = min(busy_until, time.monotonic() + self.patience.busy)
                if time.monotonic() >= busy_until:
                    raise
                time.sleep(self.patience.look)
            except UnknownOutcomeError:
                tries += 1
                if found := self._awaited(self.find, self.patience.settle):
                    return found
            except StaleParentError:
                return self._found_late()
        raise UnknownOutcomeError(
            f"The commit to {self.guarded.repo_id} was sent {tries} times. No answer arrived, and "
            f"the list of commits does not show it. It may still arrive: look for {MARK}: "
            f"{self.name} before you try again."
        )

    def find(self) -> str | None:
        """The commit that has the name of the change."""
        for one in commits_of(self.hub, self.guarded.repo_id, self.guarded.kind):
            if f"{MARK}: {self.name}" in one.message:
                return one.id
            if one.id == self.guarded.parent:
                break
        return None

    def check_parent(self) -> None:
        """Raises StaleParentError unless the parent is the last commit."""
        other = self._next()
        if other is not None:
            raise _stale(self.guarded, other)

    def check(self, made: str, before: Mapping[str, FileEntry]) -> None:
        """Raises an error unless a commit is ours, follows the parent and has the right files."""
        guarded = self.guarded
        commits = commits_of(self.hub, guarded.repo_id, guarded.kind, until=made)
        ours = f"{MARK}: {self.name}" in commits[0].message
        if not ours or commits[1].id != guarded.parent:
            # The client returns the last commit, made by anyone, if it has the files already.
            raise _stale(guarded, commits[0])
        found = files_of(self.hub, guarded.repo_id, made, guarded.kind)
        if not is_left_by(found, before, guarded.change):
            raise HubError(
                f"The commit {made[:8]} of {guarded.repo_id} does not have the files that were "
                "sent. Compare it with the one before, and restore that if needed."
            )

    def _create(self) -> str:
        what = f"The commit to {self.guarded.repo_id}"
        return self.hub.write(what, self._created, seconds=self.patience.send)

    def _created(self) -> str:
        guarded = self.guarded
        added = [CommitOperationAdd(p, content) for p, content in guarded.change.added.items()]
        gone = [CommitOperationDelete(p, is_folder=False) for p in sorted(guarded.change.deleted)]
        # First, for `create_commit` silently skips the files that a .gitignore names.
        self.hub.api.preupload_lfs_files(
            guarded.repo_id,
            added,
            repo_type=guarded.kind,
            gitignore_content="",
            num_threads=1,
            free_memory=False,
        )
        made = self.hub.api.create_commit(
            guarded.repo_id,
            [*gone, *added],
            commit_message=guarded.title,
            commit_description=marked(guarded.description, self.name),
            repo_type=guarded.kind,
            parent_commit=guarded.parent,
            num_threads=1,
        )
        return made.oid

    def _found_late(self) -> str:
        """The commit of an earlier try, which made the parent stale itself."""
        other = self._awaited(self._next, self.patience.settle)
        found = self.find()
        if found is None:
            raise _stale(self.guarded, other)
        return found

    def _next(self) -> CommitFacts | None:
        """The commit on top of the parent; None if there is none, or if it is not seen yet."""
        commits = commits_of(self.hub, self.guarded.repo_id, self.guarded.kind)
        for later, one in pairwise(commits):
            if one.id == self.guarded.parent:
                return later
        return None

    def _awaited(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds within a time; None if it finds nothing."""
        until = time.monotonic() + seconds
        while (found := look()) is None and time.monotonic() < until:
            time.sleep(self.patience.look)
        return found


def _stale(guarded: Guarded, other: CommitFacts | None) -> StaleParentError:
    who = ""
    if other is not None:
        who = f" {', '.join(other.authors)} committed {other.id[:8]} ({other.title})."
    return StaleParentError(
        f"{guarded.repo_id} is no longer at {guarded.parent[:8]}, so nothing was written.{who} "
        "Look at that commit, then plan again."
    )
