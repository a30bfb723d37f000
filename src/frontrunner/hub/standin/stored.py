"""The state of the stand-in, and the changes that can be made to it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.git_objects import FileEntry, lfs_entry, plain_entry, tree_id
from frontrunner.hub.standin.deploys import Cause, Deploy, Result, Run, run_at
from frontrunner.hub.standin.faults import Changes, Fault
from frontrunner.hub.standin.repos import (
    AccessToken,
    Account,
    Commit,
    Kind,
    Repository,
    Space,
    subdomain_of,
)
from frontrunner.hub.standin.switches import Switches

_ATTRIBUTES = b"".join(
    b"*.%s filter=lfs diff=lfs merge=lfs -text\n" % ending
    for ending in (b"bin", b"gz", b"h5", b"npy", b"npz", b"parquet", b"tar", b"zip", b"zst")
)
SDKS = ("gradio", "docker", "static", "streamlit")
_APP_FILES = {"docker": "Dockerfile", "static": "index.html"}


@dataclass
class _Waiting:
    fault: Fault
    skip: int
    times: int


@dataclass
class Stored:
    """Accounts, repositories and faults. Every method may be called from any thread."""

    switches: Switches = field(default_factory=Switches)
    now: Callable[[], float] = time.time
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    names: dict[tuple[Kind, str], Repository] = field(default_factory=dict)
    moved: dict[tuple[Kind, str], Repository] = field(default_factory=dict)
    """Where the old names of repositories lead."""
    contents: dict[str, bytes] = field(default_factory=dict)
    """Content of every file, by the name of its blob; of files in LFS by SHA-256."""
    results: dict[str, list[Result]] = field(default_factory=dict)
    """How the next deployments of a repository end, by its key."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and account of every request of the API."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _faults: list[_Waiting] = field(default_factory=list)
    _made: int = 0

    # --- for tests ---

    def add_account(self, account: Account, *tokens: tuple[str, AccessToken]) -> None:
        """Add a user or an organisation, and its tokens."""
        with self.lock:
            self.accounts[account.name] = account
            self.tokens.update(tokens)

    def inject(self, *faults: Fault) -> None:
        """Let faults happen to the next requests that match."""
        with self.lock:
            self._faults += [_Waiting(one, one.skip, one.times) for one in faults]

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The fault that happens to this request, which is then used up."""
        with self.lock:
            for waiting in self._faults:
                if waiting.times and waiting.fault.matches(method, path):
                    if waiting.skip:
                        waiting.skip -= 1
                        continue
                    waiting.times -= 1
                    return waiting.fault
        return None

    def let_next_end(self, repository: Repository, *results: Result) -> None:
        """Decide how the next deployments of a Space end."""
        with self.lock:
            self.results.setdefault(repository.key, []).extend(results)

    # --- reading ---

    def find(self, kind: Kind, repo_id: str) -> Repository | None:
        """The repository of this very name."""
        with self.lock:
            return self.names.get((kind, repo_id))

    def space(self, repo_id: str) -> Repository:
        """A Space that exists; also by an old name. Raises KeyError if it does not."""
        with self.lock:
            return self.names.get(("space", repo_id)) or self.moved[("space", repo_id)]

    def visible(self, repository: Repository) -> Commit:
        """The commit that readers of `main` get, which may lag behind."""
        with self.lock:
            until = self.now() - self.switches.head_lag
            seen = [one for one in repository.commits[1:] if one.at <= until]
            return seen[-1] if seen else repository.commits[0]

    def content(self, entry: FileEntry) -> bytes:
        """The bytes of a file. Raises KeyError if a file in LFS was never uploaded."""
        return self.contents[entry.sha256 or entry.oid]

    def run(self, repository: Repository) -> Run:
        """What a Space does now; a repository of another kind does nothing."""
        if repository.space is None:
            return Run()
        with self.lock:
            self._settle_hardware(repository.space)
            return run_at(repository.space.deploys, self.now(), self.switches)

    def under_way(self) -> tuple[str, ...]:
        """Spaces that are built or started, or whose requested hardware is still to come."""
        with self.lock:
            return tuple(
                one.id
                for one in self.names.values()
                if self.run(one).stage.endswith(("BUILDING", "APP_STARTING"))
                or (one.space is not None and one.space.hardware_at is not None)
            )

    # --- changing ---

    def create(
        self, kind: Kind, repo_id: str, *, author: str, sdk: str = "", private: bool = False
    ) -> Repository:
        """Make a repository with the files that every new one has."""
        with self.lock:
            made = Repository(kind, repo_id, self._key(repo_id), self.now(), private)
            self.names[(kind, repo_id)] = made
            self.moved.pop((kind, repo_id), None)
            files = {".gitattributes": self.store(_ATTRIBUTES)}
            if kind == "space":
                made.space = Space(sdk, subdomain_of(repo_id))
                text = f"---\ntitle: {repo_id.partition('/')[2]}\nsdk: {sdk}\n---\n"
                files["README.md"] = self.store(text.encode())
            self.commit(made, files, author=author, title="initial commit")
            return made

    def store(self, content: bytes, *, lfs: bool = False) -> FileEntry:
        """Keep a file's content; its entry in a tree."""
        if lfs:
            sha256 = hashlib.sha256(content).hexdigest()
            self.contents[sha256] = content
            return lfs_entry(sha256, len(content))
        entry = plain_entry(content)
        self.contents[entry.oid] = content
        return entry

    def commit(
        self,
        repository: Repository,
        files: Mapping[str, FileEntry],
        *,
        author: str,
        title: str,
        description: str = "",
    ) -> Commit:
        """Make `files` the tree of a new commit; a Space is then built again."""
        with self.lock:
            parent = repository.commits[-1].id if repository.commits else None
            message = f"{title}\n\n{description}".strip()
            self._made += 1
            body = (tree_id(files), parent, message, author, self.now(), self._made)
            name = hashlib.sha1(repr(body).encode(), usedforsecurity=False).hexdigest()
            made = Commit(name, parent, title, message, author, self.now(), dict(files))
            repository.commits.append(made)
            self._deploy(repository, Cause.COMMIT)
            return made

    def push(
        self, repository: Repository, changes: Changes, *, author: str = "somebody-else"
    ) -> Commit:
        """A commit of another person."""
        with self.lock:
            files = dict(repository.head.files)
            for path, text in changes.items():
                files.pop(path, None)
                if text is not None:
                    files[path] = self.store(text.encode())
            return self.commit(repository, files, author=author, title="Another change")

    def relocate(self, repository: Repository, to: str) -> None:
        """Rename or transfer a repository; its old name leads to it."""
        with self.lock:
            kind = repository.kind
            del self.names[(kind, repository.id)]
            self.moved[(kind, repository.id)] = repository
            self.moved.pop((kind, to), None)
            repository.id = to
            self.names[(kind, to)] = repository
            space = repository.space
            if space is not None:
                space.subdomain = subdomain_of(to)
                if not self.switches.grant_moves:
                    space.grant, space.hardware, space.requested = None, "cpu-basic", "cpu-basic"
                if self.switches.rename_restarts:
                    self._deploy(repository, Cause.COMMIT)

    def delete(self, repository: Repository) -> None:
        """Remove a repository and the old names that lead to it."""
        with self.lock:
            del self.names[(repository.kind, repository.id)]
            self.moved = {k: one for k, one in self.moved.items() if one is not repository}

    def duplicate(self, original: Repository, to: str, *, author: str) -> Repository:
        """Copy files and variables, not likes, discussions or secrets."""
        with self.lock:
            made = Repository(original.kind, to, self._key(to), self.now(), original.private)
            self.names[(original.kind, to)] = made
            self.moved.pop((original.kind, to), None)
            if self.switches.duplicate_history == "all":
                made.commits = list(original.commits)
            if original.space is not None:
                variables = {k: dict(v) for k, v in original.space.variables.items()}
                made.space = Space(original.space.sdk, subdomain_of(to), variables=variables)
            if made.commits:
                self._deploy(made, Cause.COMMIT)
            else:
                title = f"Duplicate from {original.id}"
                self.commit(made, original.head.files, author=author, title=title)
            return made

    def restart(self, repository: Repository, cause: Cause = Cause.RESTART) -> None:
        """Restart, pause or send to sleep; with the cause COMMIT, build again."""
        with self.lock:
            self._deploy(repository, cause)

    def request_hardware(self, repository: Repository, flavor: str, *, coming: bool) -> None:
        """Ask for hardware, which comes after a while or never."""
        with self.lock:
            space = _of(repository)
            space.requested = flavor
            space.hardware_at = self.now() + self.switches.hardware if coming else None
            if space.grant not in (None, flavor) and not self.switches.grant_returns:
                space.grant = None

    def replace_account(self, name: str, **changes: object) -> None:
        """Change an account."""
        with self.lock:
            self.accounts[name] = replace(self.accounts[name], **changes)  # type: ignore[arg-type]

    def _key(self, repo_id: str) -> str:
        self._made += 1
        return hashlib.sha256(f"{repo_id} {self._made}".encode()).hexdigest()[:24]

    def _deploy(self, repository: Repository, cause: Cause, at: float | None = None) -> None:
        space = repository.space
        if space is None:
            return
        result, static = Result.RUNS, False
        if cause in (Cause.COMMIT, Cause.RESTART):
            result, static = self._result(repository, cause)
        deploy = Deploy(
            at=self.now() if at is None else at,
            cause=cause,
            commit=repository.head.id,
            result=result,
            build=self.switches.build if cause == Cause.COMMIT and not static else 0.0,
            start=0.0 if static else self.switches.start,
        )
        space.deploys = sorted([*space.deploys, deploy], key=lambda one: one.at)

    def _result(self, repository: Repository, cause: Cause) -> tuple[Result, bool]:
        """How the next deployment ends, and whether it has no container. A restart never builds."""
        planned = self.results.get(repository.key)
        if planned and planned[0] == Result.BUILD_ERROR and cause != Cause.COMMIT:
            planned = None
        readme = repository.head.files.get("README.md")
        try:
            text = self.content(readme).decode("utf-8", "replace") if readme else ""
            fields = read_front_matter(text)
        except ValueError:
            return Result.CONFIG_ERROR, False
        sdk = str(fields.get("sdk", ""))
        if sdk not in SDKS:
            return Result.CONFIG_ERROR, False
        _of(repository).sdk = sdk
        app_file = str(fields.get("app_file") or _APP_FILES.get(sdk, "app.py"))
        if app_file not in repository.head.files:
            return Result.NO_APP_FILE, False
        return (planned.pop(0) if planned else Result.RUNS), sdk == "static"

    def _settle_hardware(self, space: Space) -> None:
        """Give a Space the hardware whose time has come, with a restart at that moment.

        A container that is being built or started then begins on it anyway.
        """
        if space.hardware_at is None or space.hardware_at > self.now():
            return
        at, space.hardware_at = space.hardware_at, None
        changed, space.hardware = space.hardware != space.requested, space.requested
        run = run_at(space.deploys, at, self.switches)
        if changed and run.serving is not None and run.stage == "RUNNING":
            start = self.switches.start
            restart = Deploy(at=at, cause=Cause.RESTART, commit=run.serving, start=start)
            space.deploys = sorted([*space.deploys, restart], key=lambda one: one.at)


def _of(repository: Repository) -> Space:
    """What only a Space has. Raises ValueError for another repository."""
    if repository.space is None:
        raise ValueError(f"{repository.id} is not a Space")
    return repository.space


def stored_with(accounts: Iterable[Account], switches: Switches | None = None) -> Stored:
    """A stand-in with accounts; each has a token of its name that allows everything it may."""
    made = Stored(switches or Switches())
    for account in accounts:
        made.add_account(account, (f"hf_{account.name}", AccessToken(account.name)))
    return made
