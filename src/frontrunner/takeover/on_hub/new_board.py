"""The files that the new board's Space gets, from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from frontrunner.base.atomic import add_file, fresh_folder
from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home
from frontrunner.hub.boxed import BOX
from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.git_objects import FileEntry, plain_entry, tree_id
from frontrunner.hub.tree_changes import files_below

BOX_PATH = f"home/{BOX}"


class NewBoard(msgspec.Struct, frozen=True, kw_only=True):
    """The new board's Space."""

    folder: Path
    paths: tuple[str, ...]
    tree: str
    """The name in git of all files."""
    entries: Mapping[str, FileEntry]
    """What every path has."""
    sdk: str

    @property
    def files(self) -> dict[str, Path]:
        """Where the content of every file is, by its path in the repository."""
        return {path: self.folder / path for path in self.paths}


def is_like(board: NewBoard, files: Mapping[str, FileEntry]) -> bool:
    """Whether a tree is this board, also with later commits on top of it.

    Jobs edit README.md, and a later snapshot replaces most files; both together leave the list of
    the board's files, which no other program has.
    """
    if BOX_PATH in board.entries and BOX_PATH in files:
        return True
    same = sum(_is_same(files.get(path), entry) for path, entry in board.entries.items())
    return files.get("README.md") == board.entries["README.md"] or 2 * same >= len(board.entries)


def _is_same(found: FileEntry | None, entry: FileEntry) -> bool:
    """Whether it looks like the same file; one in LFS has another hash, and the same size."""
    return found == entry or bool(found and found.sha256 and found.size == entry.size)


def new_board(folder: str) -> NewBoard:
    """Read the folder. Raises UsageError if it is no Space."""
    if not folder or not (Path(folder) / "README.md").is_file():
        raise UsageError(
            f"{folder or 'content'} has no README.md. Set content under [hub] to the folder with "
            "the files of the new board's Space."
        )
    base = Path(folder)
    found = list(files_below(base).values())
    stats = [one.stat() for one in found]
    return _read(
        base, tuple((str(p), s.st_size, s.st_mtime_ns) for p, s in zip(found, stats, strict=True))
    )


def keep_board(board: NewBoard, home: Home) -> None:
    """Copy it into the home, so that an edit of the folder changes no move that is under way."""
    folder = home.new_board(board.tree)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with fresh_folder(folder) as fresh:
            for path, file in board.files.items():
                add_file(fresh / path, file.read_bytes())
            if new_board(str(fresh)).tree != board.tree:
                raise UsageError(
                    f"{board.folder} was edited meanwhile. Accept the edited plan, or put it back."
                )


def kept_board(tree: str, home: Home) -> NewBoard | None:
    """The copy of a tree; None if there is none."""
    folder = home.new_board(tree)
    return new_board(str(folder)) if tree and folder.is_dir() else None


@lru_cache(maxsize=2)
def _read(base: Path, found: tuple[tuple[str, int, int], ...]) -> NewBoard:
    """Read all files; again only if their sizes or times changed."""
    entries = {
        str(Path(path).relative_to(base)): plain_entry(Path(path).read_bytes())
        for path, _, _ in found
    }
    try:
        fields = read_front_matter((base / "README.md").read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{base / 'README.md'}: {error}. Correct it first.") from error
    return NewBoard(
        folder=base,
        paths=tuple(entries),
        tree=tree_id(entries),
        entries=entries,
        sdk=str(fields.get("sdk") or "docker"),
    )
