"""Bring a source near: clone a git repository; leave folders and archives where they are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from frontrunner.base.atomic import fresh_folder, remove_folder, sweep
from frontrunner.base.errors import SourceError, StoppedGitError
from frontrunner.results.checkout import Checkout, checkout_of
from frontrunner.results.credentials import plain_url, without_password
from frontrunner.results.git import (
    bring_up_to_date,
    clone,
    find_repository,
    is_git,
    is_url,
    repository_name,
)


class LocalSource(NamedTuple):
    """Where results are on this machine, and which repository they were cloned from."""

    path: Path
    repository: str | None = None
    checkout: Checkout | None = None
    """The commit whose files a clone has; None if others are there too."""

    @property
    def name(self) -> str:
        """What reports call the source: no password, and no path of this machine."""
        if self.repository:
            return self.repository.rstrip("/").rpartition("/")[2].removesuffix(".git") or "git"
        return self.path.name or self.path.resolve().name or "results"


def fetch(source: str, folder: Path) -> LocalSource:
    """Where the results of `source` are.

    A git repository is cloned into `folder` without its history, or brought up to date there.
    Raises SourceError if `source` does not exist or cannot be cloned.
    """
    if is_git(source):
        if not is_url(source):
            _refuse_without_commit(Path(source))
        path = _cloned(source, folder)
        return LocalSource(path, _public_name(source), checkout_of(path))
    path = Path(source)
    if not path.exists():
        raise SourceError(
            f"{without_password(source)} does not exist. Give the path of result files, or the "
            "URL of a git repository."
        )
    return LocalSource(path)


def _refuse_without_commit(path: Path) -> None:
    """Raise SourceError if the HEAD of a bare repository names no commit: nothing would be read."""
    found = find_repository(path, above=0)
    if found is None or found.head is None:
        raise SourceError(
            f"{path} is a git repository whose HEAD names no commit. Choose a branch with: "
            f"git -C {path} symbolic-ref HEAD refs/heads/BRANCH; or give a folder with its files."
        )


def _public_name(source: str) -> str:
    """The repository's name for provenance; of `x/.git` it is `x`."""
    name = repository_name(source)
    return Path(source).resolve().parent.name if name == ".git" else name


def clone_of(source: str, folder: Path) -> Path:
    """Where `fetch` clones a git repository to."""
    return folder / _clone_name(plain_url(_url(source)))


def _url(source: str) -> str:
    return source if is_url(source) else Path(source).resolve().as_uri()


def _cloned(source: str, folder: Path) -> Path:
    url, target = _url(source), clone_of(source, folder)
    public = plain_url(url)
    old = folder / _clone_name(url)
    if public != url and old.exists():
        # Clones were once stored under the whole URL, with the password in their settings.
        remove_folder(old)
    sweep(folder)
    if (target / ".git").is_dir() and _follows(url, target):
        return target
    with fresh_folder(target) as fresh:  # if the clone fails, the old one stays
        clone(url, fresh)
    return target


def _clone_name(url: str) -> str:
    return hashlib.blake2b(url.encode(), digest_size=8).hexdigest()


def _follows(url: str, target: Path) -> bool:
    """Bring a clone up to date; False if it must be cloned anew, such as after a kill.

    Raises StoppedGitError: to clone it would take as long, or hide what a user put there.
    """
    try:
        bring_up_to_date(url, target)
    except StoppedGitError:
        raise
    except SourceError:
        return False
    return True
