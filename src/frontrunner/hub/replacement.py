"""Replace the whole tree of a repository by one commit, or bring a saved one back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from frontrunner.hub.committing import Guarded, Landed, Patience, commit
from frontrunner.hub.reading import files_of
from frontrunner.hub.saved_tree import read_saved, saved_files
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Kind
from frontrunner.hub.tree_changes import Content, TreeChange, replacing


def whole_tree(
    hub: Hub, repo_id: str, parent: str, files: Mapping[str, Content], kind: Kind = "space"
) -> TreeChange:
    """The change that makes `files` the whole tree of a repository that is at `parent`."""
    return replacing(files_of(hub, repo_id, parent, kind), files)


def restore_saved(hub: Hub, folder: Path, parent: str, patience: Patience | None = None) -> Landed:
    """Make a saved tree the tree of its repository again, on top of `parent` alone.

    The commit is a new one, since the history of the Hub stays. Raises the errors of `commit`,
    and HubError if the saved folder is damaged.
    """
    saved = read_saved(folder)
    change = whole_tree(hub, saved.repo_id, parent, saved_files(folder, saved), saved.kind)
    title = f"Restore {saved.commit[:8]}"
    return commit(hub, Guarded(saved.repo_id, parent, change, title, kind=saved.kind), patience)


def reverse_of(change: TreeChange, before: Mapping[str, Content]) -> TreeChange:
    """The change that takes `change` back; `before` has the content of what it replaced."""
    touched = {*change.added, *change.deleted}
    added = {path: content for path, content in before.items() if path in touched}
    return TreeChange(added, frozenset(change.added) - frozenset(before))
