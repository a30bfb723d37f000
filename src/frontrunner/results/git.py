"""Read git repositories so that nothing in them can run a program.

A repository's own settings name programs: file monitors, filters, hooks, text converters,
credential helpers, the `uploadpack` of a remote that missing objects are fetched from. So git is
never started in a repository that it did not make. `ask_git` makes an empty repository in a
temporary folder, with settings of ours alone, and lends it the objects and the index of the one
that is asked about. Which commit is checked out is read here, from the reference files.

The user's and the system's settings are switched off as well: an attribute in the folder could
name a filter of theirs. Only `clone` and `bring_up_to_date` read them, because a remote may need
the user's credential helper or key.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from frontrunner.base.atomic import temporary_folder
from frontrunner.base.errors import SourceError, StoppedGitError
from frontrunner.results.credentials import (
    environment_of,
    login,
    plain_url,
    without_password,
)
from frontrunner.results.git_process import Wait, hear, run_git

_URL = re.compile(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:", re.IGNORECASE)
OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SECONDS = 60
_MOST_LINKS = 5
"""References that name another, one after the other; git follows as many."""
_LARGEST_REFERENCES = 64 * 1024 * 1024
READ_BY_GIT = frozenset({".gitattributes", ".gitignore", ".gitmodules"})
"""Files that git reads in any folder of a work tree."""
_READING = frozenset({"cat-file", "diff-tree", "log", "ls-tree", "rev-parse", "status"})
"""Commands that only read, and start no other program with the settings below."""
_SETTINGS = """\
[core]
	repositoryformatversion = {version}
	bare = {bare}
	symlinks = false
	fileMode = false
	quotePath = false
	fsmonitor = false
	untrackedCache = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
[log]
	showSignature = false
[submodule]
	recurse = false
[gc]
	auto = 0
[protocol]
	allow = never
{format}"""
_FORMAT_OF_LONG_NAMES = "[extensions]\n\tobjectFormat = sha256\n"
_ALONE = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "",
}
_REMOTE = "source"


class Repository(NamedTuple):
    """Where a repository stores its parts; made by `find_repository`."""

    folder: Path
    """The folder with the files: the work tree, or of a bare repository itself."""
    git: Path
    """HEAD and the index of this work tree."""
    common: Path
    """Objects and branches, which several work trees share."""
    bare: bool

    @property
    def head(self) -> str | None:
        """The name of the commit checked out; None if there is none."""
        return reference(self, "HEAD")


def find_repository(folder: Path, *, above: int | None = None) -> Repository | None:
    """The repository that `folder` belongs to, or None.

    Looks in the folder itself and in at most `above` folders above it; None means all of them.
    """
    start = folder.absolute()
    for place in [start, *start.parents][: None if above is None else above + 1]:
        found = _repository_at(place)
        if found is not None:
            return found
    return None


def _repository_at(place: Path) -> Repository | None:
    try:
        return _repository_named(place)
    except OSError:  # names in it are too long for a file, or it may not be looked into
        return None


def _repository_named(place: Path) -> Repository | None:
    git, bare = _named_folder(place / ".git"), False
    if not git.is_dir():
        git, bare = place, True
    shared = _line(git / "commondir")
    common = git / shared if shared else git
    if (git / "HEAD").is_file() and (common / "objects").is_dir() and (common / "refs").is_dir():
        return Repository(place, git, common, bare)
    return None


def _named_folder(git: Path) -> Path:
    """`.git` itself, or the folder that it names, as in a work tree or a submodule."""
    line = _line(git)
    return git.parent / line.removeprefix("gitdir:").strip() if line else git


def _line(path: Path) -> str:
    return _text(path).strip().partition("\n")[0]


def _text(path: Path) -> str:
    """A small file's text; empty if it cannot be read or is no plain file."""
    try:
        if path.is_file() and path.stat().st_size <= _LARGEST_REFERENCES:
            return os.fsdecode(path.read_bytes())
    except (OSError, ValueError):
        pass
    return ""


def reference(repository: Repository, name: str) -> str | None:
    """The commit that `HEAD` or a branch such as `refs/heads/main` names; None if none does."""
    for _ in range(_MOST_LINKS):
        line = _line(repository.git / name) or _line(repository.common / name)
        if OBJECT.fullmatch(line):
            return line
        if not line.startswith("ref:"):
            return _packed(repository, name)
        name = line.removeprefix("ref:").strip()
        if not name.startswith("refs/") or ".." in name:
            return None
    return None


def _packed(repository: Repository, name: str) -> str | None:
    for line in _text(repository.common / "packed-refs").splitlines():
        commit, _, of = line.partition(" ")
        if of == name and OBJECT.fullmatch(commit):
            return commit
    return None


# --- asking -----------------------------------------------------------------------------------


def git_commit(folder: Path, special: Collection[str] = ()) -> str | None:
    """The commit checked out in `folder`, with `+` after it if its files differ from it.

    `special` names the pipes, sockets and devices in the folder. Git waits for ever to read a pipe
    that has the name of one of its files, so it is not asked then: no commit has a pipe.
    """
    found = find_repository(folder, above=1)
    commit = found.head if found else None
    if found is None or commit is None:
        return None
    above = {folder.absolute(), found.folder.absolute()}
    if any(Path(one).name in READ_BY_GIT for one in special) or any(
        is_special(place / name) for place in above for name in READ_BY_GIT
    ):
        return f"{commit}+"
    status = ("status", "--porcelain", "--ignore-submodules=all", "--no-renames", "--", ".")
    said = _ask(found, folder, status, b"", _SECONDS)
    if said is None and not shutil.which("git"):
        return None
    return commit if said == b"" else f"{commit}+"


def is_special(path: Path) -> bool:
    """Whether a path is that of a pipe, a socket or a device."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def special_files(folder: Path, *, known: Path) -> list[str]:
    """The pipes and the like that git would read below `folder`, without subfolders of `known`."""
    found = []
    for parent, folders, names in os.walk(folder):
        place = Path(parent)
        folders[:] = [] if place == known else [one for one in folders if one != ".git"]
        found += [name for name in names if name in READ_BY_GIT and is_special(place / name)]
    return found


def ask_git(folder: Path, *words: str, given: bytes = b"", seconds: int = _SECONDS) -> bytes | None:
    """What a git command that only reads prints about a folder's repository.

    Nothing that the repository contains can start a program. `given` is the command's standard
    input. None if there is no repository or no git, or if git fails or takes longer than
    `seconds`. Raises ValueError for a command that may write.
    """
    if not words or words[0] not in _READING:
        raise ValueError(f"git {' '.join(words[:1])} is not one of {', '.join(sorted(_READING))}")
    found = find_repository(folder)
    return None if found is None else _ask(found, folder, words, given, seconds)


def _ask(
    repository: Repository, folder: Path, words: tuple[str, ...], given: bytes, seconds: int
) -> bytes | None:
    try:
        with _borrowed(repository) as own:
            if words[0] == "status":
                return _status(repository, folder, words, own, seconds)
            run = subprocess.run(
                ["git", *words],  # noqa: S607
                cwd=folder,
                env=_environment(repository, own),
                capture_output=True,
                check=False,
                timeout=seconds,
                input=given,
            )
    except (OSError, subprocess.TimeoutExpired, StoppedGitError):
        return None
    return run.stdout if run.returncode == 0 else None


def _status(
    repository: Repository, folder: Path, words: tuple[str, ...], own: Path, seconds: float
) -> bytes | None:
    """What git says of the work tree. It says all at its end, and opens files in each folder."""
    _copy_index(repository, own)
    wait = Wait(seconds, "git status", tree=folder, names=READ_BY_GIT)
    environment = _environment(repository, own)
    code, said = hear(("git", *words), wait, environment, folder=folder)
    return said if code == 0 else None


def _environment(repository: Repository, own: Path) -> dict[str, str]:
    settings = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    settings |= _ALONE | {"GIT_DIR": str(own)}
    if not repository.bare:
        settings["GIT_WORK_TREE"] = str(repository.folder.absolute())
    return settings


@contextmanager
def _borrowed(repository: Repository) -> Iterator[Path]:
    """An empty repository with settings of ours, and the objects and HEAD of another."""
    head = repository.head or ""
    with temporary_folder("git") as own:
        (own / "objects" / "info").mkdir(parents=True)
        (own / "refs").mkdir()
        long = len(head) == 64
        settings = _SETTINGS.format(
            version=int(long),
            bare="true" if repository.bare else "false",
            format=_FORMAT_OF_LONG_NAMES if long else "",
        )
        (own / "config").write_text(settings)
        (own / "HEAD").write_text(f"{head}\n" if head else "ref: refs/heads/none\n")
        objects = os.fsencode((repository.common / "objects").resolve())
        (own / "objects" / "info" / "alternates").write_bytes(_quoted(objects) + b"\n")
        _copy_shallow(repository, own)
        yield own


def _copy_index(repository: Repository, own: Path) -> None:
    """What git knows of the work tree; with its time, which tells what may have changed since."""
    for file in (repository.git / "index", *repository.git.glob("sharedindex.*")):
        if file.is_file():
            shutil.copy2(file, own / file.name)


def _quoted(path: bytes) -> bytes:
    """A path as a line of `alternates`, whatever bytes it has."""
    plain = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + plain + b'"'


def _copy_shallow(repository: Repository, own: Path) -> None:
    """Where a history without its beginning ends; without it, git would miss the rest."""
    ends = [one for one in _text(repository.common / "shallow").split() if OBJECT.fullmatch(one)]
    if ends:
        (own / "shallow").write_text("".join(f"{one}\n" for one in ends))


# --- fetching ---------------------------------------------------------------------------------


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
    return without_password(source).partition("?")[0].partition("#")[0]


def clone(url: str, folder: Path) -> None:
    """Clone a repository without its history. Raises SourceError if that fails.

    The URL is not stored in the clone, because it may contain a password.
    """
    folder.mkdir(exist_ok=True)
    run_git(url, {}, folder, "init", "--quiet", "--template=")
    bring_up_to_date(url, folder)


def bring_up_to_date(url: str, folder: Path) -> None:
    """Bring a clone to what its origin has now. Raises SourceError if that fails."""
    fetch_into(folder, url, ("HEAD",), "--depth=1")
    run_git(url, {}, folder, "reset", "--quiet", "--hard", "FETCH_HEAD")


def fetch_into(folder: Path, url: str, references: Sequence[str], *options: str) -> None:
    """Fetch references into a repository that this program made. Raises SourceError."""
    with harmless(url) as source:
        # Through the environment: every user of the machine can read a command's words.
        remote = environment_of({f"remote.{_REMOTE}.url": plain_url(source), **login(source)})
        run_git(url, remote, folder, "fetch", *options, "--no-tags", _REMOTE, *references)


@contextmanager
def harmless(url: str) -> Iterator[str]:
    """Where to fetch from: for a repository on this machine, one that only borrows its objects.

    Git runs in the repository that it fetches from, with that one's settings.
    """
    if not url.lower().startswith("file:"):
        yield url
        return
    found = next(filter(None, map(_repository_at, _paths_of(url))), None)
    if found is None:
        raise SourceError(f"{url} cannot be fetched: it is not a git repository.")
    with _borrowed(found) as own:
        yield own.as_uri()


def _paths_of(url: str) -> tuple[Path, Path]:
    """Where git looks for the repository of a file URL, in which `?` and `#` are plain letters."""
    path = unquote(url.partition("://")[2]).rstrip("/") or "/"
    return Path(path), Path(f"{path}.git")
