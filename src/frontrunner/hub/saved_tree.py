"""Save a repository of the Hub as it is at one commit, and read it back.

A saved repository is a folder: `saved.json` names every file and its hash, `files/` has them. It
is written aside and gets its name when it is complete, so a folder that exists is whole.

Not saved: the permission bits of files and the history; a commit over the API can set neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.errors import HubError
from frontrunner.base.json import read_as
from frontrunner.hub.git_objects import FileEntry, same_content, tree_id
from frontrunner.hub.reading import files_of, reading_files
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Kind, SpaceSettings

_MANIFEST = "saved.json"
Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


class SavedTree(msgspec.Struct, frozen=True, kw_only=True):
    """What `saved.json` says."""

    format: int = 1
    repo_id: str
    kind: Kind
    commit: str
    tree: str
    """The name of the whole tree in git, as far as content goes."""
    at: float
    """When it was saved, in seconds since the epoch."""
    files: Mapping[str, FileEntry]
    settings: SpaceSettings | None = None
    """Of a Space."""


def save_tree(
    hub: Hub,
    about: SavedTree,
    folder: Path,
    progress: Progress = lambda done, total: None,
) -> SavedTree:
    """Save the files that `about` names; what is read back from the folder.

    A folder that holds the same commit already is only read back. Raises HubError if a file
    cannot be read or does not match its hash, OSError if the folder cannot be written.
    """
    if not (folder / _MANIFEST).is_file():
        for path in about.files:
            _check_path(path)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (
            fresh_folder(folder) as fresh,
            reading_files(hub, about.repo_id, about.commit, about.kind) as read,
        ):
            total, done = sum(entry.size for entry in about.files.values()), 0
            for path, entry in about.files.items():
                add_file(fresh / "files" / path, read(path, entry))
                done += entry.size
                progress(done, total)
            text = msgspec.json.format(msgspec.json.encode(about), indent=2)
            add_file(fresh / _MANIFEST, text)
    found = read_saved(folder)
    if (found.repo_id, found.commit, found.tree) != (about.repo_id, about.commit, about.tree):
        raise HubError(
            f"{folder} holds {found.repo_id} at {found.commit[:8]}, not what was to be saved. "
            "Move it away."
        )
    return found


def tree_to_save(hub: Hub, repo_id: str, commit: str, at: float, kind: Kind = "space") -> SavedTree:
    """What a repository has at a commit, without its settings. Raises HubError."""
    files = files_of(hub, repo_id, commit, kind)
    return SavedTree(
        repo_id=repo_id, kind=kind, commit=commit, tree=tree_id(files), at=at, files=files
    )


def read_saved(folder: Path) -> SavedTree:
    """A saved repository, with every file checked against its hash. Raises HubError."""
    try:
        found = read_as(folder / _MANIFEST, SavedTree)
        for path, entry in found.files.items():
            _check_path(path)
            if not same_content(entry, _file(folder, path).read_bytes()):
                raise HubError(
                    f"{_file(folder, path)} is not the file that was saved. Put the saved one "
                    "there, from a backup or from a copy of the Space such as the archive."
                )
    except (OSError, ValueError) as error:
        raise HubError(f"{folder} is not a complete saved repository: {error}.") from error
    if tree_id(found.files) != found.tree:
        raise HubError(f"{folder / _MANIFEST} was changed: its files do not make up its tree.")
    return found


def saved_settings(folder: Path) -> SpaceSettings | None:
    """The settings of a saved Space, without checking its files. Raises HubError."""
    try:
        return read_as(folder / _MANIFEST, SavedTree).settings
    except (OSError, ValueError) as error:
        raise HubError(f"{folder} is not a complete saved repository: {error}.") from error


def saved_files(folder: Path, saved: SavedTree) -> dict[str, Path]:
    """Where the content of every saved file is, by its path in the repository."""
    return {path: _file(folder, path) for path in saved.files}


def _file(folder: Path, path: str) -> Path:
    return folder / "files" / path


def _check_path(path: str) -> None:
    """Raises HubError for a path that could lead out of the folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path or "\\" in path:
        raise HubError(f"A file of the repository has the path {path!r}, which is not saved.")
