"""What a Space on the Hub shows to users now, derived from its files and its runtime."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from frontrunner.base.errors import MovedError, NetworkError
from frontrunner.hub.banner_wrap import GRADIO_ENTRY
from frontrunner.hub.git_objects import FileEntry
from frontrunner.hub.reading import facts_of, files_of
from frontrunner.hub.session import Hub
from frontrunner.hub.shifting_space import SHIFTING_PATH
from frontrunner.hub.space_facts import SpaceFacts
from frontrunner.hub.waiting import FAILED, ask_live
from frontrunner.net.client import Answer
from frontrunner.takeover.on_hub.new_board import NewBoard, is_like

Tree = Literal["old", "banner", "gateway", "new"]
_DEPLOYS = ("BUILDING", "APP_STARTING")


class Snapshot(msgspec.Struct, frozen=True, rename="camel"):
    """What a board of this project says of its data."""

    id: str = ""
    built_at: str = ""


def snapshot_of(answer: Answer | None) -> Snapshot:
    """The snapshot that a live address names; empty if it names none."""
    if answer is None or answer.status != 200:
        return Snapshot()
    try:
        return msgspec.json.decode(answer.body, type=Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Snapshot()


@dataclass(frozen=True)
class Seen:
    """A Space at one moment."""

    facts: SpaceFacts
    head: Tree
    """Of the last commit."""
    served: Tree
    """What users get."""
    broken: str = ""
    """Why what was deployed does not run; empty if it does, or if that is not known yet."""
    is_elsewhere: bool = False
    """Whether the name only leads to this Space, which has another name."""
    deploys: bool = False
    """Whether a container is built or started."""


def kind_of(files: Mapping[str, FileEntry], new: NewBoard) -> Tree:
    """Which board a tree is. What others committed on top of it changes nothing."""
    if GRADIO_ENTRY in files:
        return "banner"
    if SHIFTING_PATH in files:  # besides, it has all files of the new board
        return "gateway"
    return "new" if is_like(new, files) else "old"


class Eyes:
    """Looks at a Space; the files of a commit are listed once."""

    def __init__(self, hub: Hub, new: NewBoard, grace: float) -> None:
        """`grace` is how long an error of another commit may last, in seconds."""
        self._hub, self._new, self._grace = hub, new, grace
        self._kinds: dict[str, Tree] = {}
        self._failing: dict[str, float] = {}

    def look(self, repo_id: str) -> Seen:
        """The Space of a name, or the one that it leads to. Raises HubError."""
        try:
            facts, elsewhere = facts_of(self._hub, repo_id), False
        except MovedError as moved:
            facts, elsewhere = facts_of(self._hub, moved.to), True
        run = facts.runtime
        head = self._kind(facts.id, facts.sha)
        served = self._kind(facts.id, run.sha) if run and run.sha else head
        deploys = run is not None and run.stage.endswith(_DEPLOYS)
        if deploys and served == "new" != head and not self._shows_new(facts.live):
            served = head  # the runtime may still name a commit that never ran
        return Seen(facts, head, served, self._broken(facts), elsewhere, deploys)

    def _shows_new(self, live: str) -> bool:
        try:
            return bool(snapshot_of(ask_live(self._hub, live, "/v1/snapshot")).id)
        except NetworkError:
            return False

    def _broken(self, facts: SpaceFacts) -> str:
        run = facts.runtime
        if run is None or run.stage not in FAILED:
            self._failing.pop(facts.id, None)
            return ""
        since = self._failing.setdefault(facts.id, time.monotonic())
        if run.sha != facts.sha and time.monotonic() - since < self._grace:
            return ""  # reads of the runtime can lag behind
        return f"{facts.id} does not run {facts.sha[:8]}: its stage is {run.stage}."

    def _kind(self, repo_id: str, commit: str) -> Tree:
        if commit not in self._kinds:
            self._kinds[commit] = kind_of(files_of(self._hub, repo_id, commit), self._new)
        return self._kinds[commit]
