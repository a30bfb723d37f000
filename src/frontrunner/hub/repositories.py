"""Make, copy and rename repositories of the Hub; each call can be repeated after a crash."""

from __future__ import annotations

from typing import Literal

import msgspec

from frontrunner.base.errors import (
    HubConflictError,
    HubError,
    MovedError,
    NotOnHubError,
    UnknownOutcomeError,
)
from frontrunner.hub.git_objects import tree_id
from frontrunner.hub.reading import commits_of, facts_of, files_of, settings_of
from frontrunner.hub.resources import missing_secrets, set_variables
from frontrunner.hub.saved_tree import SavedTree
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Kind, SpaceFacts

Sdk = Literal["docker", "gradio", "static"]


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of a Space."""

    repo_id: str
    commit: str
    secrets_to_set: tuple[str, ...] = ()
    """Names of secrets that the original has and the copy does not."""


def find_repository(hub: Hub, repo_id: str, kind: Kind = "space") -> SpaceFacts | None:
    """The facts of a repository; None if none has exactly this name."""
    try:
        return facts_of(hub, repo_id, kind)
    except (NotOnHubError, MovedError):
        return None


def create_repository(
    hub: Hub, repo_id: str, *, kind: Kind = "space", sdk: Sdk = "docker", private: bool = False
) -> SpaceFacts:
    """Make a repository, or find it made.

    Raises PaymentError if the account's plan does not include a Space with this SDK.
    """
    found = find_repository(hub, repo_id, kind)
    if found is not None:
        return found
    try:
        hub.write(
            f"Creating {repo_id}",
            lambda: hub.api.create_repo(
                repo_id,
                repo_type=kind,
                space_sdk=sdk if kind == "space" else None,
                private=private,
            ),
        )
    except (UnknownOutcomeError, HubConflictError):
        if find_repository(hub, repo_id, kind) is None:
            raise
    return facts_of(hub, repo_id, kind)


def copy_space(hub: Hub, saved: SavedTree, to: str) -> Copy:
    """Duplicate a Space as it was saved, or find it duplicated.

    The Hub copies files and variables, not likes, discussions or secrets. Raises PaymentError if
    the account's plan does not include it, HubError if the name is taken by something else.
    """
    if find_repository(hub, to) is None:
        try:
            hub.write(
                f"Duplicating {saved.repo_id} to {to}",
                lambda: hub.api.duplicate_repo(saved.repo_id, to, repo_type="space"),
            )
        except (UnknownOutcomeError, HubConflictError):
            if find_repository(hub, to) is None:
                raise
    commit = facts_of(hub, to).sha
    if tree_id(files_of(hub, to, commit)) != saved.tree:
        raise HubError(
            f"{to} does not have the files of {saved.repo_id} at {saved.commit[:8]}. Choose "
            "another name for the archive, or delete what is there."
        )
    settings = settings_of(hub, to)
    if saved.settings is None:
        return Copy(repo_id=to, commit=commit)
    if settings.variables != saved.settings.variables:
        settings = set_variables(hub, to, saved.settings.variables)
    return Copy(repo_id=to, commit=commit, secrets_to_set=missing_secrets(saved.settings, settings))


def rename_space(hub: Hub, repo_id: str, to: str, commit: str) -> SpaceFacts:
    """Rename a Space that is at `commit`, or find it renamed.

    The old name then leads to the new one until another repository gets it. Raises HubError if
    the name is taken.
    """
    found = find_repository(hub, to)
    if found is not None:
        if _has_commit(hub, to, commit) and find_repository(hub, repo_id) is None:
            return found
        raise HubError(f"{to} exists already, so {repo_id} cannot get its name.")
    facts_of(hub, repo_id)
    try:
        hub.write(
            f"Renaming {repo_id} to {to}",
            lambda: hub.api.move_repo(repo_id, to, repo_type="space"),
        )
    except (UnknownOutcomeError, HubConflictError):
        if find_repository(hub, to) is None or not _has_commit(hub, to, commit):
            raise
    return facts_of(hub, to)


def _has_commit(hub: Hub, repo_id: str, commit: str) -> bool:
    return any(one.id == commit for one in commits_of(hub, repo_id))
