"""Answers about commits: which files go where, the commit itself, the list of commits."""

from __future__ import annotations

import base64
import fnmatch
from typing import Any

import msgspec

from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.git_objects import FileEntry, lfs_entry
from frontrunner.hub.standin.about_repos import address, commit_at
from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json, page_of, stamp
from frontrunner.hub.standin.repos import Commit, Repository
from frontrunner.hub.standin.stored import SDKS, Stored

_STALE = "The branch was updated since you opened this page. Please refresh and try again."
_BUSY = "Another commit operation is in progress for this repository. Please try again later."
_MOST_FILES = 256
_TITLE_LENGTH = 500


def listed(stored: Stored, ask: Ask, repository: Repository, revision: str) -> Reply:
    """Commits, the newest first."""
    last = commit_at(stored, repository, revision)
    until = repository.commits.index(last) + 1
    rows = [_row(one) for one in reversed(repository.commits[:until])]
    return page_of(ask, rows, stored.switches.page)


def validate_yaml(stored: Stored, ask: Ask) -> Reply:
    """Whether the front matter of a README is accepted."""
    fields = ask.fields
    problems = _card_problems(str(fields.get("content", "")), str(fields.get("repoType", "")))
    found = {"errors": [{"message": one} for one in problems], "warnings": []}
    return as_json(found, status=400 if problems else 200)


def preupload(stored: Stored, ask: Ask, repository: Repository, revision: str) -> Reply:
    """Which files belong into LFS, which are ignored, and what is there already."""
    fields = ask.fields
    files = fields.get("files") or []
    if len(files) > _MOST_FILES:
        raise RefusedError(413, "too many files")
    tree = repository.head.files
    patterns = _lfs_patterns(fields.get("gitAttributes") or _text(stored, tree, ".gitattributes"))
    given = fields.get("gitIgnore")
    ignored = _lines(_text(stored, tree, ".gitignore") if given is None else given)
    rows = [_destination(stored, one, tree, patterns, ignored) for one in files]
    return as_json({"files": rows, "commitOid": repository.head.id})


def commit(stored: Stored, ask: Ask, repository: Repository, revision: str) -> Reply:
    """Make a commit from lines of JSON: a header, then what to add and to delete."""
    if ask.is_on("create_pr"):
        raise RefusedError(400, "The stand-in makes no pull requests.")
    if revision != "main":
        raise RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    header, operations = _operations(ask.body)
    if repository.busy_until > stored.now():
        raise RefusedError(409, _BUSY)
    expected = header.get("parentCommit")
    if expected and not repository.head.id.startswith(str(expected)):
        raise RefusedError(412, _STALE)
    files = dict(repository.head.files)
    for key, value in operations:
        _apply(stored, files, key, value)
    _check_card(stored, repository, files)
    made = stored.commit(
        repository,
        files,
        author=ask.actor,
        title=str(header["summary"])[:_TITLE_LENGTH],
        description=str(header.get("description") or ""),
    )
    repository.busy_until = stored.now() + stored.switches.commit
    url = f"{address(ask, repository)}/commit/{made.id}"
    found = {"success": True, "commitOid": made.id, "commitUrl": url, "hookOutput": ""}
    return as_json(found)._replace(delay=stored.switches.commit)


def _row(one: Commit) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "message": one.message.partition("\n\n")[2],
        "authors": [{"user": one.author, "avatar": ""}],
        "date": stamp(one.at),
    }


def _operations(body: bytes) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    try:
        lines = [msgspec.json.decode(line) for line in body.splitlines() if line.strip()]
        rows = [(str(one["key"]), dict(one["value"])) for one in lines]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        raise RefusedError(400, "The body is not lines of JSON with a key and a value.") from None
    if not rows or rows[0][0] != "header" or not rows[0][1].get("summary"):
        raise RefusedError(400, "A commit needs a header with a summary.")
    return rows[0][1], rows[1:]


def _apply(stored: Stored, files: dict[str, FileEntry], key: str, value: dict[str, Any]) -> None:
    path = str(value.get("path", ""))
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise RefusedError(400, f"Invalid path: {path!r}")
    if key == "file":
        content = _decoded(path, value.get("content", ""))
        if len(content) > stored.switches.file_size:
            raise RefusedError(400, f"{path} is too large; files of this size need LFS.")
        files[path] = stored.store(content)
    elif key == "lfsFile":
        sha256 = str(value.get("oid", ""))
        if sha256 not in stored.contents:
            raise RefusedError(400, f"The LFS object of {path} was not uploaded.")
        files[path] = lfs_entry(sha256, len(stored.contents[sha256]))
    elif key == "deletedFile":
        if path not in files:
            raise RefusedError(404, "A file with this name doesn't exist", "EntryNotFound")
        del files[path]
    elif key == "deletedFolder":
        _delete_folder(files, path.rstrip("/"))
    else:
        raise RefusedError(400, f"Unknown operation: {key}")


def _decoded(path: str, content: object) -> bytes:
    try:
        return base64.b64decode(str(content), validate=True)
    except ValueError:
        raise RefusedError(400, f"The content of {path} is not base64.") from None


def _delete_folder(files: dict[str, FileEntry], path: str) -> None:
    inside = [one for one in files if one.startswith(f"{path}/")]
    if not inside:
        raise RefusedError(404, "A folder with this name doesn't exist", "EntryNotFound")
    for one in inside:
        del files[one]


def _check_card(stored: Stored, repository: Repository, files: dict[str, FileEntry]) -> None:
    readme = files.get("README.md")
    if readme is None or readme == repository.head.files.get("README.md"):
        return
    problems = _card_problems(stored.content(readme).decode("utf-8", "replace"), repository.kind)
    if problems:
        raise RefusedError(400, "Invalid metadata in README.md: " + "; ".join(problems))


def _card_problems(readme: str, kind: str) -> list[str]:
    try:
        fields = read_front_matter(readme)
    except ValueError as error:
        return [str(error)]
    if kind == "space" and "sdk" in fields and fields["sdk"] not in SDKS:
        return [f'"sdk" must be one of {", ".join(SDKS)}']
    return []


def _text(stored: Stored, tree: Any, path: str) -> str:
    entry = tree.get(path)
    return stored.content(entry).decode("utf-8", "replace") if entry else ""


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _lfs_patterns(attributes: str) -> list[str]:
    return [line.split()[0] for line in _lines(attributes) if "filter=lfs" in line]


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern of git matches; without a slash inside it is about names alone."""
    folder, pattern = pattern.endswith("/"), pattern.rstrip("/")
    parts = path.split("/")
    if "/" in pattern:
        return fnmatch.fnmatch(path, pattern.lstrip("/"))
    names = parts[:-1] if folder else parts
    return any(fnmatch.fnmatch(name, pattern) for name in names)


def _destination(
    stored: Stored,
    file: dict[str, Any],
    tree: Any,
    patterns: list[str],
    ignored: list[str],
) -> dict[str, Any]:
    path, sample = str(file["path"]), base64.b64decode(file.get("sample", ""))
    large = int(file.get("size", 0)) >= stored.switches.file_size
    lfs = large or b"\0" in sample or any(_matches(path, one) for one in patterns)
    ignore = any(_matches(path, one) for one in ignored)
    found = {"path": path, "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": ignore}
    entry = tree.get(path)
    if entry is not None:
        found["oid"] = entry.sha256 or entry.oid
    return found
