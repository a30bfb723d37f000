"""Names that git gives to files and folders: the hash of their content.

A tree that was read from a hub is complete and unchanged if the hash of its files is the one that
the hub names. File formats: the Git book, chapter "Git Internals"; the Git LFS specification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

_FILE, _FOLDER = b"100644", b"40000"


class FileEntry(msgspec.Struct, frozen=True):
    """One file of a tree."""

    oid: str
    """SHA-1 of the blob in git: the file itself, or the pointer of a file in LFS."""
    size: int
    """Bytes of the file itself."""
    sha256: str | None = None
    """Of the file itself if it is in LFS, else None."""


def blob_id(content: bytes) -> str:
    """The name of a file's content in git."""
    return _object_id(b"blob", content)


def lfs_pointer(sha256: str, size: int) -> bytes:
    """What git stores for a file in LFS."""
    version = "version https://git-lfs.github.com/spec/v1"
    return f"{version}\noid sha256:{sha256}\nsize {size}\n".encode()


def plain_entry(content: bytes) -> FileEntry:
    """The entry of a file that git stores itself."""
    return FileEntry(blob_id(content), len(content))


def lfs_entry(sha256: str, size: int) -> FileEntry:
    """The entry of a file in LFS."""
    return FileEntry(blob_id(lfs_pointer(sha256, size)), size, sha256)


def same_content(entry: FileEntry, content: bytes) -> bool:
    """Whether `content` is the file that an entry names."""
    if entry.size != len(content):
        return False
    if entry.sha256 is not None:
        found = lfs_entry(hashlib.sha256(content).hexdigest(), len(content))
        return found == entry
    return plain_entry(content) == entry


def folder_ids(files: Mapping[str, FileEntry]) -> dict[str, str]:
    """The name in git of every folder, by path; the root has the path ``""``."""
    inside: dict[str, dict[bytes, tuple[bytes, str]]] = {"": {}}
    for path, entry in files.items():
        folder, _, name = path.rpartition("/")
        _make(folder, inside)
        inside[folder][name.encode()] = (_FILE, entry.oid)
    found: dict[str, str] = {}
    for folder in sorted(inside, key=lambda one: one.count("/") + bool(one), reverse=True):
        found[folder] = _object_id(b"tree", _listing(inside[folder]))
        if folder:
            parent, _, name = folder.rpartition("/")
            inside[parent][name.encode()] = (_FOLDER, found[folder])
    return found


def tree_id(files: Mapping[str, FileEntry]) -> str:
    """The name in git of a whole tree: equal if and only if all paths and contents are."""
    return folder_ids(files)[""]


def _make(folder: str, inside: dict[str, dict[bytes, tuple[bytes, str]]]) -> None:
    while folder and folder not in inside:
        inside[folder] = {}
        folder = folder.rpartition("/")[0]


def _listing(entries: Mapping[bytes, tuple[bytes, str]]) -> bytes:
    # git sorts a folder as if its name ended in a slash.
    order = sorted(entries, key=lambda name: name + b"/" * (entries[name][0] == _FOLDER))
    return b"".join(
        entries[name][0] + b" " + name + b"\0" + bytes.fromhex(entries[name][1]) for name in order
    )


def _object_id(kind: bytes, content: bytes) -> str:
    header = kind + b" %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()
