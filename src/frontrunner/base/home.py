"""Every path of a home, in one place.

HOME/
  frontrunner.toml              settings
  frontrunner.toml.works        the same as a program last started with them, for the way back
  current -> snapshots/<id>     replaced by one rename
  board.json                    the files of the board that an image serves
  history.jsonl                 what was published when, appended
  change.lock                   held while a command changes which snapshots the home has
  build.lock                    held by a build from start to end
  events.jsonl                  what happened to the home, appended
  snapshots/<id>/               immutable; its prepared answers are added once, complete
  past/                         where every model stood with each snapshot, and the same by model
  parts/                        the files of old snapshots, compressed, each stored once
  catalog/                      the registry of mteb, read once for each version
  sources/                      clones and downloads of results
  cache/                        what was read from each source
  store/listing.json            which files of an object storage the home has
  store/state.json              how following that storage goes
  legacy/adopted.json           what the old board's calls need of it
  legacy/documents/             the old board's three documents, as adopted
  legacy/calls/<id>/            the answers to its calls, for one snapshot
  .venv-evaluate/               what evaluations run in
  moved.json                    where each old model went
  likes.db                      how many people like the board, by day
  gateway/                      what Envoy reads and writes: configuration, routes, sockets, logs
  takeover/                     the ledger, the evidence, the looks, what was saved
  hub/                          what was saved of the Hugging Face Hub
  demo/                         the home of `frontrunner demo`, in the default home
  refresh/                      how the last update ended, all of them, what waits to be accepted
  rehearsal/                    what a rehearsal writes: logs, what its old board shows
  .venv-gradio/                 what a rehearsal's old board runs in
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """One home; a folder that may not exist yet."""

    path: Path

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)

    @classmethod
    def of_snapshot(cls, folder: Path) -> Home:
        """The home that has the snapshot in `folder`."""
        return cls(folder.parent.parent)

    @property
    def settings(self) -> Path:
        """`frontrunner.toml`."""
        return self.path / "frontrunner.toml"

    @property
    def working_settings(self) -> Path:
        """A copy of `frontrunner.toml` with which a program started last."""
        return self.path / "frontrunner.toml.works"

    @property
    def current(self) -> Path:
        """The link to the published snapshot."""
        return self.path / "current"

    @property
    def published(self) -> str | None:
        """The name of the published snapshot; None before the first."""
        try:
            return self.current.readlink().name
        except OSError:
            return None

    @property
    def board(self) -> Path:
        """The list of the files that an image serves; only the home of an image has it."""
        return self.path / "board.json"

    def inside(self, name: str) -> Path:
        """A file by its path below the home, with slashes."""
        return self.path / name

    @property
    def history(self) -> Path:
        """What was published when, one JSON line each."""
        return self.path / "history.jsonl"

    @property
    def change_lock(self) -> Path:
        """Held while a command changes which snapshots the home has, or which is current."""
        return self.path / "change.lock"

    @property
    def build_lock(self) -> Path:
        """Held by a build from start to end: two would clone into the same folder."""
        return self.path / "build.lock"

    @property
    def events(self) -> Path:
        """What happened to the home, one JSON line each; see `frontrunner.ops.events`."""
        return self.path / "events.jsonl"

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self.path / "snapshots"

    def part(self, sha256: str) -> Path:
        """A file of packed snapshots, by its checksum."""
        return self.parts / f"{sha256}.zst"

    @property
    def past(self) -> Path:
        """How boards were: what is left of snapshots for good."""
        return self.path / "past"

    @property
    def standings(self) -> Path:
        """Where every model stood, a file for each snapshot."""
        return self.past / "standings"

    @property
    def timeline(self) -> Path:
        """The same by board and by model, as servers read it."""
        return self.past / "timeline"

    @property
    def parts(self) -> Path:
        """The files of packed snapshots."""
        return self.path / "parts"

    def snapshot(self, name: str) -> Path:
        """The folder of one snapshot."""
        return self.snapshots / name

    @property
    def catalog(self) -> Path:
        """Registries that were read, by version."""
        return self.path / "catalog"

    def registry(self, version: str) -> Path:
        """The folder of what was read of one version of a registry."""
        return self.catalog / version

    @property
    def sources(self) -> Path:
        """Clones and downloads of results."""
        return self.path / "sources"

    @property
    def cache(self) -> Path:
        """What was read from each source."""
        return self.path / "cache"

    @property
    def store(self) -> Path:
        """What is known of the object storage that the home follows."""
        return self.path / "store"

    @property
    def store_listing(self) -> Path:
        """Which files of the storage the home has."""
        return self.store / "listing.json"

    @property
    def store_state(self) -> Path:
        """How following the storage goes."""
        return self.store / "state.json"

    @property
    def legacy(self) -> Path:
        """What was adopted of the old board, and the answers to its calls."""
        return self.path / "legacy"

    @property
    def adopted(self) -> Path:
        """What the calls of the old board need of it."""
        return self.legacy / "adopted.json"

    @property
    def adopted_documents(self) -> Path:
        """The three documents of the old board, as adopted."""
        return self.legacy / "documents"

    @property
    def calls(self) -> Path:
        """The answers to the old board's calls, in a folder for each snapshot."""
        return self.legacy / "calls"

    def calls_of(self, snapshot: str) -> Path:
        """The answers to the old board's calls while `snapshot` is served."""
        return self.calls / snapshot

    @property
    def environment(self) -> Path:
        """The virtual environment that evaluations run in, unless another is named."""
        return self.path / ".venv-evaluate"

    @property
    def moved(self) -> Path:
        """Where each model of the old board went."""
        return self.path / "moved.json"

    @property
    def gateway(self) -> Path:
        """What Envoy reads and writes: configuration, routes, sockets, logs."""
        return self.path / "gateway"

    @property
    def takeover(self) -> Path:
        """The ledger of the take-over, its evidence, its looks, and what it saved."""
        return self.path / "takeover"

    @property
    def outbox(self) -> Path:
        """Notices that wait to be delivered, in a file for each channel."""
        return self.takeover / "outbox"

    @property
    def evidence(self) -> Path:
        """What was counted of users since the analysis of the take-over began."""
        return self.takeover / "evidence.json"

    @property
    def looks(self) -> Path:
        """What the controller saw at each of its last looks, one JSON line each."""
        return self.takeover / "looks.jsonl"

    @property
    def controller_lock(self) -> Path:
        """Held by the controller of the take-over while it has the lease."""
        return self.takeover / "controller.lock"

    @property
    def saved(self) -> Path:
        """What the controller was about to overwrite at the data plane."""
        return self.takeover / "saved"

    @property
    def console_tokens(self) -> Path:
        """Who may use the console of the take-over: a name and a token on each line."""
        return self.takeover / "console-tokens"

    @property
    def refresh(self) -> Path:
        """The records of the scheduled update."""
        return self.path / "refresh"

    @property
    def refresh_lock(self) -> Path:
        """Held by an update from start to end."""
        return self.refresh / "refresh.lock"

    @property
    def refresh_state(self) -> Path:
        """How the last update ended, and what waits to be accepted."""
        return self.refresh / "state.json"

    @property
    def checked(self) -> Path:
        """Until when what is published is known to be what the sources give."""
        return self.refresh / "checked.json"

    @property
    def refresh_boards(self) -> Path:
        """The boards of the published snapshot, as the guards of the last update ranked them."""
        return self.refresh / "boards.json"

    @property
    def refresh_log(self) -> Path:
        """What scheduled updates print."""
        return self.refresh / "refresh.log"

    @property
    def refresh_runs(self) -> Path:
        """Every update, one JSON line each."""
        return self.refresh / "runs.jsonl"

    @property
    def refresh_outbox(self) -> Path:
        """Notices of updates that wait to be delivered, in a file for each channel."""
        return self.refresh / "outbox"

    @property
    def refresh_space(self) -> Path:
        """The folder of the Space that an update deploys to."""
        return self.refresh / "space"

    @property
    def rehearsal(self) -> Path:
        """The logs of a rehearsal's processes, and what its old board shows."""
        return self.path / "rehearsal"

    @property
    def gradio_environment(self) -> Path:
        """The virtual environment that a rehearsal's old board runs in."""
        return self.path / ".venv-gradio"

    @property
    def starter(self) -> Path:
        """The home of `frontrunner demo`, if this is the default one."""
        return self.path / "demo"

    @property
    def hub(self) -> Path:
        """What was saved of the Hugging Face Hub."""
        return self.path / "hub"

    def saved_space(self, repo_id: str, commit: str) -> Path:
        """The folder of one repository of the Hub as it was before a change."""
        return self.hub / "saved" / f"{repo_id.replace('/', '--')}@{commit}"

    @property
    def likes(self) -> Path:
        """The database of likes, unless the settings name another."""
        return self.path / "likes.db"

    @property
    def engagement(self) -> Path:
        """The engagement of a board elsewhere, imported as the starting count."""
        return self.hub / "engagement.json"

    @property
    def engagement_before(self) -> Path:
        """The engagement of the Space before a take-over changed anything."""
        return self.hub / "before.json"

    @property
    def shifting(self) -> Path:
        """What makes the container of a Space that of a gateway."""
        return self.path / "shifting.json"

    @property
    def gateway_control(self) -> Path:
        """The token of the gateway's control path, in such a container."""
        return self.gateway / "control.token"

    @property
    def hub_control(self) -> Path:
        """The token by which a take-over sets the share of a gateway in a Space."""
        return self.hub / "control.token"

    def new_board(self, tree: str) -> Path:
        """The folder with the files that a take-over puts into the Space."""
        return self.hub / "new" / tree
