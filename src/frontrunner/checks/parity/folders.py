"""Model folders over time: which folder became which, and which were removed.

Two facts tell that a folder was renamed, and nothing weaker counts. Both ask for the same short
name of the model, since results of different models can be equal by chance:

- one commit deleted files of the old folder and added files with the same contents to the new;
- the old folder is gone, and both have results of the same revision. A revision is a commit of
  the model's own repository, so no two models share one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from frontrunner.checks.parity.changes import Change

_REVISION = re.compile(r"[0-9a-f]{40}")


Changes = Mapping[str, Sequence[Change]]
"""Path -> its changes, the latest first."""


def gone_folders(changes: Changes) -> dict[str, Change]:
    """Folders without any file left -> the latest change that deleted one of their files."""
    latest: dict[str, Change] = {}
    alive = set()
    for path, known in changes.items():
        folder = _folder(path)
        if not known[0].deleted:
            alive.add(folder)
        elif folder not in latest or known[0].day > latest[folder].day:
            latest[folder] = known[0]
    return {folder: change for folder, change in latest.items() if folder not in alive}


def former_folders(changes: Changes) -> dict[str, list[str]]:
    """Folder -> folders that its results were in before, in alphabetical order.

    A folder that was renamed twice has both former names.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    for old, new in (*_moved(changes), *_same_revision(changes)):
        if old != new and short_name(old) == short_name(new):
            direct[new].add(old)
    return {new: sorted(_closure(new, direct) - {new}) for new in direct}


def _closure(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        for one in direct.get(pending.pop(), set()) - found:
            found.add(one)
            pending.append(one)
    return found


def _moved(changes: Changes) -> Iterator[tuple[str, str]]:
    """Old and new folder of each content that one commit deleted here and added there."""
    added: dict[tuple[str, str], set[str]] = defaultdict(set)
    deleted: list[tuple[str, str, str]] = []
    for path, known in changes.items():
        for one in known:
            if one.deleted:
                deleted.append((one.commit, one.before, _folder(path)))
            elif not one.replaced:
                added[one.commit, one.after].add(_folder(path))
    for commit, content, old in deleted:
        yield from ((old, new) for new in added.get((commit, content), ()))


def _same_revision(changes: Changes) -> Iterator[tuple[str, str]]:
    gone = gone_folders(changes)
    folders: dict[str, set[str]] = defaultdict(set)
    for path in changes:
        folder, _, rest = path.partition("/")
        revision = rest.partition("/")[0]
        if _REVISION.fullmatch(revision):
            folders[revision].add(folder)
    for sharing in folders.values():
        for old in sharing & gone.keys():
            yield from ((old, new) for new in sharing - gone.keys())


def _folder(path: str) -> str:
    return path.partition("/")[0]


def short_name(folder: str) -> str:
    """The model's name without its organisation, in small letters. Old folders had none."""
    organisation, separator, name = folder.partition("__")
    return (name if separator else organisation).lower()
