"""Commit a folder to a Space, and wait until the Space serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import NetworkError, UsageError
from frontrunner.base.home import Home
from frontrunner.hub.boxed import Box, boxed_problems, read_box
from frontrunner.hub.committing import Guarded, Landed, Patience, commit
from frontrunner.hub.git_objects import same_content
from frontrunner.hub.reading import facts_of, files_of, reading_files
from frontrunner.hub.replacement import whole_tree
from frontrunner.hub.repositories import create_repository, find_repository
from frontrunner.hub.session import Hub
from frontrunner.hub.space_check import READ, Problem, SpaceFiles, problems_of
from frontrunner.hub.space_facts import SpaceFacts
from frontrunner.hub.space_folder import BOX_PATH, box_text, space_file
from frontrunner.hub.tree_changes import TreeChange, files_below
from frontrunner.hub.waiting import WaitTimes, ask_live, shows_snapshot, wait_until_served

_KEPT = ".gitattributes"
"""The Hub's own file, which names what is stored in LFS."""
_LOOKED_INTO = 1_000_000
"""Bytes of the largest file that is searched for tokens."""
Tell = Callable[[str], None]


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """A Space that serves a commit."""

    repo_id: str
    commit: str
    how: str
    """`made`, `found` or `unchanged`."""
    snapshot: str
    live: str
    seconds: float


def folder_files(folder: Path) -> dict[str, Path]:
    """The files of a folder, by their paths in the Space. Raises UsageError if there are none."""
    found = files_below(folder)
    if not found:
        raise UsageError(f"{folder} has no files. Create it with: frontrunner space init {folder}")
    return found


def folder_problems(folder: Path) -> list[Problem]:
    """What is wrong with a folder; each file of the board is compared with its hash."""
    found = folder_files(folder)
    sizes = {name: path.stat().st_size for name, path in found.items()}
    texts = {n: t for n, p in found.items() if (t := _text(p, needed=n in READ)) is not None}
    problems = problems_of(SpaceFiles(sizes, texts, space_file("Dockerfile")))
    if problems:
        return problems
    box = read_box(folder / "home")
    if box.source or box.dataset:
        return []
    return [Problem("home", text) for text in boxed_problems(folder / "home", box)]


def space_problems(hub: Hub, repo_id: str) -> list[Problem]:
    """What is wrong with a Space: its files, its runtime, and what its live address serves."""
    facts = facts_of(hub, repo_id)
    entries = files_of(hub, repo_id, facts.sha)
    with reading_files(hub, repo_id, facts.sha) as read:
        texts = {
            name: read(name, entries[name]).decode("utf-8", "replace")
            for name in READ
            if name in entries
        }
    sizes = {name: entry.size for name, entry in entries.items()}
    problems = problems_of(SpaceFiles(sizes, texts, space_file("Dockerfile")))
    return problems or list(_of_what_runs(hub, facts, texts[BOX_PATH]))


def deploy(
    hub: Hub,
    folder: Path,
    repo_id: str,
    *,
    patience: Patience | None = None,
    times: WaitTimes | None = None,
    tell: Tell = lambda text: None,
) -> Deployed:
    """Make a folder the tree of a Space by one commit, and wait until the Space serves it.

    Raises the errors of `commit` and of `wait_until_served`.
    """
    facts = create_repository(hub, repo_id, sdk="docker")
    box = read_box(folder / "home")
    change = deploy_change(hub, facts, folder)
    title = f"Serve snapshot {box.snapshot}"
    made: Landed = commit(hub, Guarded(repo_id, facts.sha, change, title), patience)
    tell(f"{repo_id}: commit {made.commit[:8]} ({made.how})")
    waited = wait_until_served(
        hub, repo_id, made.commit, shows_snapshot(box.snapshot), times, tell=tell
    )
    return Deployed(
        repo_id=repo_id,
        commit=made.commit,
        how=made.how,
        snapshot=box.snapshot,
        live=waited.live,
        seconds=waited.seconds,
    )


def deploy_change(hub: Hub, facts: SpaceFacts, folder: Path) -> TreeChange:
    """What the commit would add and delete."""
    change = whole_tree(hub, facts.id, facts.sha, folder_files(folder))
    return replace(change, deleted=change.deleted - {_KEPT})


def has_another_program(hub: Hub, facts: SpaceFacts) -> bool:
    """Whether a Space has files of a program that is not this one, such as the old board's."""
    names = set(files_of(hub, facts.id, facts.sha)) - {_KEPT, "README.md"}
    return bool(names) and BOX_PATH not in names


def replaceable(hub: Hub, repo_id: str) -> SpaceFacts | None:
    """The Space, if it has this program or none; None if there is no such Space.

    Raises UsageError if it has another program.
    """
    facts = find_repository(hub, repo_id)
    if facts is not None and has_another_program(hub, facts):
        raise UsageError(
            f"{repo_id} runs another program, perhaps the old board. Use the take-over "
            "(frontrunner hub plan), another Space, or frontrunner space deploy --replace, which "
            "saves it first."
        )
    return facts


def card_of(hub: Hub, facts: SpaceFacts) -> str:
    """The README.md of a Space; empty if it has none. Raises HubError."""
    entry = files_of(hub, facts.id, facts.sha).get("README.md")
    if entry is None:
        return ""
    with reading_files(hub, facts.id, facts.sha) as read:
        return read("README.md", entry).decode("utf-8", "replace")


def upload_board(hub: Hub, folder: Path, home: Path, patience: Patience | None = None) -> Box:
    """Commit the files of the board to its data set, and write into `folder` where they are.

    Files of earlier snapshots stay in the data set, so that an earlier commit of the Space can be
    restored. Raises UsageError if the home has another board by now.
    """
    box = read_box(folder / "home")
    if problem := next(boxed_problems(home, box), ""):
        raise UsageError(
            f"{home} does not have the board of {folder}: {problem}. Run: frontrunner space init"
        )
    facts = create_repository(hub, box.dataset, kind="dataset")
    before = files_of(hub, box.dataset, facts.sha, "dataset")
    added = {}
    for name in box.files:
        entry = before.get(name)
        if entry is None or not same_content(entry, Home(home).inside(name).read_bytes()):
            added[name] = Home(home).inside(name)
    guarded = Guarded(
        box.dataset, facts.sha, TreeChange(added), f"Snapshot {box.snapshot}", kind="dataset"
    )
    made = commit(hub, guarded, patience)
    source = f"{hub.endpoint}/datasets/{box.dataset}/resolve/{made.commit}/"
    box = msgspec.structs.replace(box, source=source)
    write_file(folder / BOX_PATH, box_text(box))
    return box


def _of_what_runs(hub: Hub, facts: SpaceFacts, box_json: str) -> Iterator[Problem]:
    box = msgspec.json.decode(box_json, type=Box)
    runtime = facts.runtime
    if runtime is None or runtime.stage != "RUNNING":
        yield Problem("runtime", f"its stage is {runtime.stage if runtime else 'unknown'}")
        return
    if runtime.sha != facts.sha:
        yield Problem("runtime", f"it runs {str(runtime.sha)[:8]}, not {facts.sha[:8]}")
    if runtime.is_pending:
        yield Problem("hardware", f"{runtime.requested} was requested; it has {runtime.hardware}")
    probe = shows_snapshot(box.snapshot)
    try:
        text = probe.problem(ask_live(hub, facts.live, probe.path))
    except NetworkError as error:
        text = str(error)
    if text:
        yield Problem(facts.live, text)


def _text(path: Path, *, needed: bool) -> str | None:
    """The text of a file; None if it is none, or too large to be looked into."""
    if not needed and path.stat().st_size > _LOOKED_INTO:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def bytes_added(change: TreeChange) -> int:
    """The bytes that a commit would send."""
    return sum(_size(one) for one in change.added.values())


def _size(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
