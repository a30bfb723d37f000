"""Answers about files: trees, downloads, uploads to LFS."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from frontrunner.hub.git_objects import FileEntry, folder_ids, lfs_pointer
from frontrunner.hub.standin.about_repos import commit_at
from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json, page_of, stamp
from frontrunner.hub.standin.repos import Commit, Repository
from frontrunner.hub.standin.stored import Stored

_LFS_JSON = ("Content-Type", "application/vnd.git-lfs+json")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


def tree(
    stored: Stored, ask: Ask, repository: Repository, revision: str, folder: str = ""
) -> Reply:
    """The files and folders of a folder, or of everything below it."""
    commit = commit_at(stored, repository, revision)
    folders = folder_ids(commit.files)
    if folder and folder not in folders:
        raise RefusedError(404, f"{folder} does not exist on {revision!r}", "EntryNotFound")
    rows = [*_folder_rows(folders), *(_file_row(p, e) for p, e in commit.files.items())]
    shown = [one for one in rows if _is_below(one["path"], folder, ask.is_on("recursive"))]
    if ask.is_on("expand"):
        for row in shown:
            row["lastCommit"] = _last_commit(repository, commit, row["path"])
    shown.sort(key=lambda row: row["path"])
    return page_of(ask, shown, stored.switches.tree_page)


def paths_info(stored: Stored, ask: Ask, repository: Repository, revision: str) -> Reply:
    """Files and folders by path; those that do not exist are left out."""
    commit = commit_at(stored, repository, revision)
    asked = ask.query.get("paths") or ask.fields.get("paths") or []
    folders = {row["path"]: row for row in _folder_rows(folder_ids(commit.files))}
    rows = []
    for path in asked:
        if path in commit.files:
            rows.append(_file_row(path, commit.files[path]))
        elif path in folders:
            rows.append(folders[path])
    # One client sends a form, the other JSON.
    is_form = "paths" in ask.query
    if ask.is_on("expand") if is_form else ask.fields.get("expand") is True:
        for row in rows:
            row["lastCommit"] = _last_commit(repository, commit, row["path"])
    return as_json(rows)


def resolve(stored: Stored, ask: Ask, repository: Repository, revision: str, path: str) -> Reply:
    """Where the content of a file is: in the cache, or in the storage of LFS."""
    commit = commit_at(stored, repository, revision)
    entry = _entry(commit, path)
    named = ("X-Repo-Commit", commit.id)
    if entry.sha256 is not None:
        etag = f'"{entry.sha256}"'
        linked = (("X-Linked-Etag", etag), ("X-Linked-Size", str(entry.size)))
        location = f"{_storage(ask)}/-/lfs/{entry.sha256}"
        return Reply(302, b"", (("Location", location), named, ("ETag", etag), *linked))
    place = f"{repository.kind}s/{repository.id}/{commit.id}/{quote(path)}"
    location = f"/api/resolve-cache/{place}"
    etag = f'"{entry.oid}"'
    return Reply(307, b"", (("Location", location), named, ("ETag", etag)))


def cached(stored: Stored, ask: Ask, repository: Repository, revision: str, path: str) -> Reply:
    """The content of a file that is not in LFS."""
    commit = commit_at(stored, repository, revision)
    entry = _entry(commit, path)
    return _content(ask, stored.content(entry), entry.oid, ("X-Repo-Commit", commit.id))


def raw(stored: Stored, ask: Ask, repository: Repository, revision: str, path: str) -> Reply:
    """What git stores for a file: its content, or its pointer to LFS."""
    commit = commit_at(stored, repository, revision)
    entry = _entry(commit, path)
    if entry.sha256 is not None:
        content = lfs_pointer(entry.sha256, entry.size)
    else:
        content = stored.content(entry)
    return _content(ask, content, entry.oid, ("X-Repo-Commit", commit.id))


def lfs_object(stored: Stored, ask: Ask, sha256: str) -> Reply:
    """The content of a file in LFS; the address needs no token, as that of a real storage."""
    if sha256 not in stored.contents:
        raise RefusedError(404, "Not found")
    return _content(ask, stored.contents[sha256], sha256)


def lfs_batch(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Where to upload files for LFS; those that are there already need no upload."""
    rows = [_upload(stored, ask, repository, one) for one in ask.fields.get("objects") or []]
    reply = as_json({"transfer": "basic", "objects": rows})
    return reply._replace(headers=(_LFS_JSON,))


def lfs_upload(stored: Stored, ask: Ask, sha256: str) -> Reply:
    """Take the content of a file for LFS."""
    if hashlib.sha256(ask.body).hexdigest() != sha256:
        raise RefusedError(400, "The content does not have this hash.")
    stored.contents[sha256] = ask.body
    return Reply(200, b"", (("ETag", f'"{sha256}"'),))


def lfs_verify(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Whether an upload is complete."""
    fields = ask.fields
    content = stored.contents.get(str(fields.get("oid")))
    if content is None or len(content) != fields.get("size"):
        raise RefusedError(404, "The object was not uploaded.")
    return Reply(200, b"{}", (_LFS_JSON,))


def _upload(
    stored: Stored, ask: Ask, repository: Repository, one: dict[str, Any]
) -> dict[str, Any]:
    sha256 = str(one["oid"])
    row: dict[str, Any] = {"oid": sha256, "size": one["size"], "authenticated": True}
    if sha256 not in stored.contents:
        verify = f"{ask.base}/api/{repository.kind}s/{repository.id}/lfs-verify"
        row["actions"] = {
            "upload": {"href": f"{_storage(ask)}/-/upload/{sha256}", "header": {}},
            "verify": {"href": verify, "header": {}},
        }
    return row


def _storage(ask: Ask) -> str:
    """Another host than the Hub's, as that of the real storage: clients send no token there."""
    return ask.base.replace("//127.0.0.1", "//localhost")


def _entry(commit: Commit, path: str) -> FileEntry:
    entry = commit.files.get(path)
    if entry is None:
        raise RefusedError(404, "Entry not found", "EntryNotFound")
    return entry


def _content(ask: Ask, content: bytes, etag: str, *headers: tuple[str, str]) -> Reply:
    given = (
        ("Content-Type", "application/octet-stream"),
        ("ETag", f'"{etag}"'),
        ("Accept-Ranges", "bytes"),
        *headers,
    )
    wanted = _RANGE.match(ask.headers.get("range", ""))
    if wanted is None:
        return Reply(200, content, given)
    first = int(wanted.group(1))
    last = min(int(wanted.group(2) or len(content)), len(content) - 1)
    if first > last:
        place = ("Content-Range", f"bytes */{len(content)}")
        return Reply(416, b"", (place,))
    place = ("Content-Range", f"bytes {first}-{last}/{len(content)}")
    return Reply(206, content[first : last + 1], (*given, place))


def _folder_rows(folders: dict[str, str]) -> Iterator[dict[str, Any]]:
    for path, oid in folders.items():
        if path:
            yield {"type": "directory", "oid": oid, "size": 0, "path": path}


def _file_row(path: str, entry: FileEntry) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "file", "oid": entry.oid, "size": entry.size, "path": path}
    if entry.sha256 is not None:
        pointer = len(lfs_pointer(entry.sha256, entry.size))
        row["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": pointer}
    return row


def _is_below(path: str, folder: str, recursive: bool) -> bool:
    inside = path.removeprefix(f"{folder}/") if folder else path
    if folder and inside == path:
        return False
    return recursive or "/" not in inside


def _last_commit(repository: Repository, until: Commit, path: str) -> dict[str, str]:
    """The last commit that changed a file or a folder."""
    commits = repository.commits[: repository.commits.index(until) + 1]
    found = commits[0]
    for before, after in pairwise(commits):
        if _below(before, path) != _below(after, path):
            found = after
    return {"id": found.id, "title": found.title, "date": stamp(found.at)}


def _below(commit: Commit, path: str) -> dict[str, FileEntry]:
    return {p: e for p, e in commit.files.items() if p == path or p.startswith(f"{path}/")}
