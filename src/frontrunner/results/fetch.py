"""Bring a source near: clone a git repository; leave folders and archives where they are."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from frontrunner.errors import SourceError

_URL = re.compile(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")


def is_git(source: str) -> bool:
    """Whether `source` is the URL of a git repository, or a bare one on disk."""
    path = Path(source)
    return bool(_URL.match(source)) or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def fetch(source: str, folder: Path) -> Path:
    """A path with the results of `source`.

    A git repository is cloned into `folder` without its history, or brought up to date there.
    Raises SourceError where `source` does not exist or cannot be cloned.
    """
    if is_git(source):
        return _clone(source, folder)
    path = Path(source)
    if not path.exists():
        raise SourceError(f"{source} does not exist. Give the path or the URL of result files.")
    return path


def _clone(source: str, folder: Path) -> Path:
    url = source if _URL.match(source) else Path(source).resolve().as_uri()
    target = folder / hashlib.blake2b(url.encode(), digest_size=8).hexdigest()
    if (target / ".git").is_dir():
        _git(source, "-C", str(target), "fetch", "--quiet", "--depth=1", "origin", "HEAD")
        _git(source, "-C", str(target), "reset", "--quiet", "--hard", "FETCH_HEAD")
        return target
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    _git(source, "clone", "--quiet", "--depth=1", "--", url, str(fresh))
    fresh.rename(target)
    return target


def _git(source: str, *words: str) -> None:
    # `core.symlinks=false` writes links as plain files: nothing in a clone leads out of it.
    command = ["git", "-c", "core.symlinks=false", *words]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SourceError("git is not installed; it is needed to read a git repository.") from None
    if run.returncode != 0:
        raise SourceError(f"{source} cannot be fetched: {run.stderr.strip()[:500]}")
