"""Read a repository of the Hub: facts, files, commits, settings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from huggingface_hub import GitCommitInfo, SpaceRuntime, SpaceVariable
from huggingface_hub.hf_api import DatasetInfo, RepoFile, SpaceInfo

from frontrunner.base.errors import HubError, MovedError
from frontrunner.hub.decoding import decoded
from frontrunner.hub.git_objects import FileEntry, same_content
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import CommitFacts, Kind, Runtime, SpaceFacts, SpaceSettings

S = TypeVar("S", bound=msgspec.Struct)
_FILE_SECONDS = 600.0
"""For one file, which may be large."""
FileReader = Callable[[str, FileEntry], bytes]
"""Gives the content of a file by its path, checked against its entry."""


def facts_of(hub: Hub, repo_id: str, kind: Kind = "space") -> SpaceFacts:
    """The facts of a repository.

    Raises NotOnHubError if there is none, MovedError if the name leads to another one.
    """
    api, what = hub.api, f"Reading {repo_id}"
    if kind == "space":
        found = hub.read(what, lambda: decoded(api.space_info(repo_id), _space_facts))
    else:
        found = hub.read(what, lambda: decoded(api.dataset_info(repo_id), _dataset_facts))
    if found.id != repo_id:
        raise MovedError(f"{repo_id} is now {found.id}. Use that name.", found.id)
    return found


def runtime_of(hub: Hub, repo_id: str) -> Runtime:
    """What a Space does now. Raises HubError."""
    what = f"Reading the runtime of {repo_id}"
    return hub.read(what, lambda: decoded(hub.api.get_space_runtime(repo_id), _typed_runtime))


def files_of(hub: Hub, repo_id: str, commit: str, kind: Kind = "space") -> dict[str, FileEntry]:
    """Every file of a repository at a commit, by path. Raises HubError."""

    def listed() -> dict[str, FileEntry]:
        rows = hub.api.list_repo_tree(repo_id, recursive=True, revision=commit, repo_type=kind)
        return decoded([row for row in rows if isinstance(row, RepoFile)], _files)

    return hub.read(f"Listing the files of {repo_id} at {commit[:8]}", listed)


def commits_of(
    hub: Hub, repo_id: str, kind: Kind = "space", *, until: str = "main"
) -> list[CommitFacts]:
    """The commits up to a branch or a commit, the newest first. Raises HubError.

    The list of a branch may lag behind; that of a commit does not.
    """

    def listed() -> list[CommitFacts]:
        rows = hub.api.list_repo_commits(repo_id, repo_type=kind, revision=until)
        return [decoded(one, _commit) for one in rows]

    return hub.read(f"Listing the commits of {repo_id}", listed)


def settings_of(hub: Hub, repo_id: str) -> SpaceSettings:
    """What a Space has besides its files. Needs the right to write. Raises HubError."""
    facts, api = facts_of(hub, repo_id), hub.api
    runtime = runtime_of(hub, repo_id)
    variables = hub.read(
        f"Reading the variables of {repo_id}",
        lambda: decoded(api.get_space_variables(repo_id), _values),
    )
    secrets = hub.read(
        f"Reading the names of the secrets of {repo_id}", lambda: api.get_space_secrets(repo_id)
    )
    return SpaceSettings(
        sdk=facts.sdk,
        private=facts.private,
        hardware=runtime.hardware or runtime.requested,
        sleep_time=runtime.sleep_time,
        storage=runtime.storage,
        volumes=runtime.volumes,
        variables=variables,
        secrets=tuple(sorted(secrets)),
    )


@contextmanager
def reading_files(
    hub: Hub, repo_id: str, commit: str, kind: Kind = "space"
) -> Iterator[FileReader]:
    """A reader of files at one commit; each content is checked against its hash.

    The reader raises HubError if a file cannot be read or is not what its entry names.
    """
    with tempfile.TemporaryDirectory(prefix="frontrunner-hub-") as folder:

        def content(path: str, entry: FileEntry) -> bytes:
            file = hub.read(
                f"Reading {path} of {repo_id}",
                lambda: hub.api.hf_hub_download(
                    repo_id, path, revision=commit, repo_type=kind, cache_dir=folder
                ),
                seconds=_FILE_SECONDS,
            )
            found = Path(file).read_bytes()
            Path(file).resolve().unlink()
            if not same_content(entry, found):
                raise HubError(f"{path} of {repo_id} at {commit[:8]} does not match its hash.")
            return found

        yield content


def typed(found: S) -> S:
    """The same. Raises ValidationError if a value has another type: the client checks none."""
    return msgspec.convert(msgspec.to_builtins(found), type(found))


def _files(rows: list[RepoFile]) -> dict[str, FileEntry]:
    found = {row.path: _entry(row) for row in rows}
    return msgspec.convert(msgspec.to_builtins(found), dict[str, FileEntry])


def _values(variables: dict[str, SpaceVariable]) -> dict[str, str]:
    found = {name: one.value for name, one in variables.items()}
    return msgspec.convert(found, dict[str, str])


def _space_facts(space: SpaceInfo) -> SpaceFacts:
    found = SpaceFacts(
        id=space.id,
        sha=space.sha or "",
        likes=space.likes or 0,
        private=bool(space.private),
        sdk=space.sdk or "",
        live=(space.host or "").rstrip("/"),
        runtime=_runtime(space.runtime) if space.runtime else None,
    )
    return typed(found)


def _dataset_facts(dataset: DatasetInfo) -> SpaceFacts:
    found = SpaceFacts(
        id=dataset.id,
        kind="dataset",
        sha=dataset.sha or "",
        likes=dataset.likes or 0,
        private=bool(dataset.private),
    )
    return typed(found)


def _typed_runtime(found: SpaceRuntime) -> Runtime:
    return typed(_runtime(found))


def _runtime(found: SpaceRuntime) -> Runtime:
    return Runtime(
        stage=str(found.raw["stage"]),
        sha=found.raw.get("sha"),
        hardware=found.hardware,
        requested=found.requested_hardware,
        sleep_time=found.sleep_time,
        storage=found.storage,
        volumes=tuple(
            f"{one.type} {one.source} at {one.mount_path}" for one in found.volumes or ()
        ),
        error=str(found.raw.get("errorMessage") or ""),
    )


def _commit(one: GitCommitInfo) -> CommitFacts:
    at = one.created_at.timestamp()
    return typed(CommitFacts(one.commit_id, one.title, one.message, tuple(one.authors), at))


def _entry(row: RepoFile) -> FileEntry:
    return FileEntry(row.blob_id, row.size, row.lfs.sha256 if row.lfs else None)
