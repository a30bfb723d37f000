"""Restore a saved Space at its name by hand, when there is no ledger to roll back with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from frontrunner.base.errors import StaleParentError
from frontrunner.hub.committing import Landed, Patience
from frontrunner.hub.reading import commits_of
from frontrunner.hub.replacement import restore_saved, whole_tree
from frontrunner.hub.saved_tree import SavedTree, read_saved, saved_files
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import CommitFacts
from frontrunner.hub.waiting import wait_until_served


class Restoring(msgspec.Struct, frozen=True):
    """What would be done."""

    saved: SavedTree
    parent: CommitFacts
    """The last commit. Its files stay in the history of the Space."""
    added: int
    """Files that get the saved content."""
    deleted: int


def to_restore(hub: Hub, folder: Path, parent: str = "") -> Restoring:
    """Look at a saved Space and at what is at its name; changes nothing.

    Raises StaleParentError if a `parent` is given and is not the last commit, MovedError if the
    name leads to another Space, and HubError if the folder is damaged.
    """
    saved = read_saved(folder)
    last = commits_of(hub, saved.repo_id, saved.kind)[0]
    if parent and last.id != parent:
        raise StaleParentError(
            f"{saved.repo_id} is at {last.id} ({last.title}), not at {parent}, so nothing was "
            "written. Look at that commit, then name it with --parent."
        )
    files = saved_files(folder, saved)
    change = whole_tree(hub, saved.repo_id, last.id, files, saved.kind)
    return Restoring(saved, last, len(change.added), len(change.deleted))


def restore(
    hub: Hub,
    folder: Path,
    what: Restoring,
    tell: Callable[[str], None] = lambda text: None,
    patience: Patience | None = None,
) -> Landed:
    """Commit the saved files, read them back, and wait until a Space serves them.

    Raises the errors of `commit`, and those of waiting: the commit is made then.
    """
    landed = restore_saved(hub, folder, what.parent.id, patience)
    if what.saved.kind == "space":
        wait_until_served(hub, what.saved.repo_id, landed.commit, tell=tell)
    return landed
