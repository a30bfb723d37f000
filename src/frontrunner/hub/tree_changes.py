"""What a commit adds and deletes, and the tree that it leaves. Reads local files, no network."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from frontrunner.hub.git_objects import FileEntry, plain_entry, same_content, tree_id

Content = bytes | Path
"""What a file holds, or a file of this machine that holds it."""
_LEFT_BY_TOOLS = frozenset({".git", "__pycache__"})
MARK = "Frontrunner-Change"
"""Begins the line of a commit message that names the change."""


@dataclass(frozen=True)
class TreeChange:
    """Files to add, with their content, and files to delete."""

    added: Mapping[str, Content] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()


def files_below(folder: Path) -> dict[str, Path]:
    """The files of a folder by their paths in a repository, sorted; not what tools leave in it."""
    found = {one.relative_to(folder): one for one in sorted(folder.rglob("*")) if one.is_file()}
    return {
        path.as_posix(): one for path, one in found.items() if not _LEFT_BY_TOOLS & {*path.parts}
    }


def replacing(old: Mapping[str, FileEntry], new: Mapping[str, Content]) -> TreeChange:
    """The change that makes `new` the whole tree; files that are the same already stay."""
    added = {path: content for path, content in new.items() if not _is(old.get(path), content)}
    return TreeChange(added, frozenset(old) - frozenset(new))


def is_left_by(
    found: Mapping[str, FileEntry], before: Mapping[str, FileEntry], change: TreeChange
) -> bool:
    """Whether `found` is the tree that `change` leaves of `before`."""
    kept = {p: e for p, e in before.items() if p not in change.added and p not in change.deleted}
    if set(found) != {*kept, *change.added}:
        return False
    same = all(found[path] == entry for path, entry in kept.items())
    return same and all(_is(found[path], content) for path, content in change.added.items())


def name_of(repo_id: str, parent: str, before: Mapping[str, FileEntry], change: TreeChange) -> str:
    """A name for this change of this commit, the same whenever it is tried again."""
    after = {p: e for p, e in before.items() if p not in change.deleted}
    after |= {path: plain_entry(bytes_of(content)) for path, content in change.added.items()}
    return hashlib.sha256(f"{repo_id} {parent} {tree_id(after)}".encode()).hexdigest()[:32]


def marked(description: str, name: str) -> str:
    """The text of a commit below its title, with the line that names the change."""
    return f"{description}\n\n{MARK}: {name}".strip()


def bytes_of(content: Content) -> bytes:
    """What a file holds. Raises OSError if it cannot be read."""
    return content if isinstance(content, bytes) else content.read_bytes()


def _is(entry: FileEntry | None, content: Content) -> bool:
    """Whether there is an entry and it names this content."""
    return entry is not None and same_content(entry, bytes_of(content))
