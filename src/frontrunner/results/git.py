"""Ask git, and neither let it wait for a password nor run what a repository's own settings name."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from frontrunner.base.errors import SourceError

_URL = re.compile(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")
_SECONDS = 60
_QUIETLY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
    "GIT_OPTIONAL_LOCKS": "0",
}
# `core.symlinks=false` writes links as plain files: nothing in a clone leads out of it. A file
# monitor is a program that a repository's settings may name, and asking for changes would start it.
_SAFELY = ("-c", "core.symlinks=false", "-c", "core.fsmonitor=false")


def is_url(source: str) -> bool:
    """Whether `source` is the URL of a git repository."""
    return bool(_URL.match(source))


def is_git(source: str) -> bool:
    """Whether `source` is the URL of a git repository, or a bare one on disk."""
    path = Path(source)
    return is_url(source) or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def repository_name(source: str) -> str:
    """What may be said of a repository in public: no password, and no path of this machine."""
    if not is_url(source) or source.startswith("file:"):
        return source.rstrip("/").rpartition("/")[2]
    return without_password(source)


def without_password(text: str) -> str:
    """`text` with what stands before the `@` of URLs left out."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", text)


def clone(url: str, folder: Path) -> None:
    """Clone a repository without its history. Raises SourceError where that fails."""
    _git(url, "clone", "--quiet", "--depth=1", *_kept(_SAFELY), "--", url, str(folder))


def _kept(settings: tuple[str, ...]) -> list[str]:
    """Settings as a clone remembers them, so that whoever asks it later is told the same."""
    return ["--config" if word == "-c" else word for word in settings]


def bring_up_to_date(url: str, folder: Path) -> None:
    """Bring a clone to what its origin has now. Raises SourceError where that fails."""
    _git(url, "-C", str(folder), "fetch", "--quiet", "--depth=1", "origin", "HEAD")
    _git(url, "-C", str(folder), "reset", "--quiet", "--hard", "FETCH_HEAD")


def git_commit(folder: Path) -> str | None:
    """The commit checked out in `folder`, with `+` behind it unless nothing was changed since."""
    if not any((place / ".git").exists() for place in (folder, folder.parent)):
        return None
    commit = _answer(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    return commit if _answer(folder, "status", "--porcelain", "--", ".") == "" else f"{commit}+"


def _answer(folder: Path, *words: str) -> str | None:
    said = ask_git(folder, *words)
    return None if said is None else said.decode("utf-8", "replace").strip()


def ask_git(folder: Path, *words: str, given: bytes = b"", seconds: int = _SECONDS) -> bytes | None:
    """What git says of a folder, given some input; None where it is not there, fails or is slow."""
    # As the folder's owner set it up, links included; but start no program that it names.
    settings = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
    command = ["git", *settings, "-C", str(folder), *words]
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            check=False,
            timeout=seconds,
            input=given,
            env=os.environ | _QUIETLY,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout if run.returncode == 0 else None


def _git(url: str, *words: str) -> None:
    command = ["git", *_SAFELY, *words]
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=os.environ | _QUIETLY,
        )
    except FileNotFoundError:
        raise SourceError("git is not installed; it is needed to read a git repository.") from None
    if run.returncode != 0:
        said = without_password(f"{url} cannot be fetched: {run.stderr.strip()[:500]}")
        raise SourceError(said)
