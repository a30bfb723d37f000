"""The steps before users notice anything: save the old board, archive it, run the new one."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import HubError
from frontrunner.hub.asking_engagement import engagement_of
from frontrunner.hub.asking_rights import check_rights, needs_of_move
from frontrunner.hub.engagement import without_names
from frontrunner.hub.reading import facts_of, settings_of
from frontrunner.hub.replacement import whole_tree
from frontrunner.hub.repositories import Sdk, copy_space, create_repository, find_repository
from frontrunner.hub.saved_tree import (
    read_saved,
    save_tree,
    saved_files,
    saved_settings,
    tree_to_save,
)
from frontrunner.hub.tree_changes import TreeChange
from frontrunner.hub.waiting import Probe, ask_live
from frontrunner.takeover.on_hub.new_board import keep_board
from frontrunner.takeover.on_hub.resourcing import give_known_secrets, storage_lacking
from frontrunner.takeover.on_hub.seeing import snapshot_of
from frontrunner.takeover.on_hub.sharing import refuse_private
from frontrunner.takeover.on_hub.step_journal import Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done, Ground

_PAGE = (
    "---\ntitle: The old board\nsdk: static\n---\n"
    "The files of the old board are in the data set [{name}](/datasets/{name}).\n"
)
_INDEX = (
    '<!doctype html><html lang="en"><title>The old board</title><p>The files of the old board are '
    'in the data set <a href="/datasets/{name}" target="_top">{name}</a>.</p></html>\n'
)


def shows_any_snapshot() -> Probe:
    """The live address serves a board of this project."""
    return Probe("/v1/snapshot", lambda one: "" if snapshot_of(one).id else "it names no snapshot")


@dataclass(frozen=True)
class Save:
    """Keep the old board's files, settings and engagement."""

    ground: Ground
    key: str = "save"

    @property
    def title(self) -> str:
        """What it does."""
        return f"Save {self.ground.part.space}: files, settings, engagement"

    def holds(self, known: Known, head: str) -> bool:
        """Whether what was saved is the old board as it is now."""
        return known.done.get(self.key, {}).get("commit") == head

    def prepare(self, known: Known) -> dict[str, str]:
        """The commit to save. The rights for all steps are looked at first."""
        part = self.ground.part
        check_rights(self.ground.hub, needs_of_move(part.space, (part.archive, part.demo)))
        facts = facts_of(self.ground.hub, part.space)
        if part.shifting:
            refuse_private(facts)
        return {"commit": facts.sha}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Save it, and read it back."""
        ground, space, commit = self.ground, self.ground.part.space, about["commit"]
        folder = ground.home.saved_space(space, commit)
        saved = tree_to_save(ground.hub, space, commit, time.time())
        settings = settings_of(ground.hub, space)
        saved = save_tree(ground.hub, msgspec.structs.replace(saved, settings=settings), folder)
        if not ground.before.exists():  # later ones are not from before the move
            found = without_names(engagement_of(ground.hub, space))
            ground.before.parent.mkdir(parents=True, exist_ok=True)
            write_file(ground.before, msgspec.json.encode(found), mode=0o600)
        return Done(
            {"commit": commit, "at_name": commit, "tree": saved.tree, "folder": folder.name}
        )


@dataclass(frozen=True)
class Archive:
    """Let the old board live on in a place of its own."""

    ground: Ground
    key: str = "archive"

    @property
    def title(self) -> str:
        """What it does."""
        return f"Keep the old board at {self.ground.part.archive}"

    def holds(self, known: Known) -> bool:
        """Whether the archive has what was saved last."""
        return known.done.get(self.key, {}).get("tree") == known.saved.get("tree", "-")

    def prepare(self, known: Known) -> dict[str, str]:
        """What it will have."""
        return {"tree": known.saved["tree"]}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Copy the Space, or its files, and wait until it runs there."""
        if self.ground.part.archive_kind == "dataset":
            return self._as_data_set(known, about)
        ground, archive = self.ground, self.ground.part.archive
        commit = ground.landed.get((self.key, about["tree"])) or self._made(known)
        ground.landed[(self.key, about["tree"])] = commit
        alarm = self._alarm(known, commit)
        done = Done({"commit": commit, "place": archive, **about}, alarm)
        return ground.coming(archive, commit) or done

    def _made(self, known: Known) -> str:
        if self.ground.part.archive in known.archives:  # of an earlier attempt: it is replaced
            return self._replaced(known)
        saved = read_saved(self.ground.saved_folder(known))
        return copy_space(self.ground.hub, saved, self.ground.part.archive).commit

    def _alarm(self, known: Known, commit: str) -> str:
        """Give it the secrets whose values are known; what a person has to do about the rest."""
        ground, archive = self.ground, self.ground.part.archive
        if commit not in ground.told:
            saved = saved_settings(ground.saved_folder(known))
            missing = give_known_secrets(ground, archive, saved) if saved else ()
            secrets = (
                f"{archive} lacks the secrets {', '.join(missing)}. Their values cannot be read: "
                "set them there, or name files with them as secrets under [hub]."
            )
            there = settings_of(ground.hub, archive)
            storage = storage_lacking(saved, there, archive) if saved else ""
            ground.told[commit] = " ".join([*([secrets] if missing else []), storage]).strip()
        return ground.told[commit]

    def _replaced(self, known: Known) -> str:
        ground, archive = self.ground, self.ground.part.archive
        parent = facts_of(ground.hub, archive).sha
        return ground.commit_once(
            self.key, archive, parent, "Keep the old board", lambda: self._change(known, parent)
        )

    def _change(self, known: Known, parent: str) -> TreeChange:
        folder = self.ground.saved_folder(known)
        files = saved_files(folder, read_saved(folder))
        return whole_tree(self.ground.hub, self.ground.part.archive, parent, files)

    def _as_data_set(self, known: Known, about: dict[str, str]) -> Done:
        """The files in a data set, and a static Space that says so."""
        from frontrunner.hub.committing import Guarded, commit  # noqa: PLC0415

        ground, name = self.ground, self.ground.part.archive
        folder = ground.saved_folder(known)
        data = create_repository(ground.hub, name, kind="dataset")
        files = saved_files(folder, read_saved(folder))
        change = whole_tree(ground.hub, name, data.sha, files, "dataset")
        guarded = Guarded(name, data.sha, change, "Keep the old board", kind="dataset")
        made = commit(ground.hub, guarded, ground.patience)
        page = create_repository(ground.hub, name, sdk="static")
        texts = {"README.md": _PAGE, "index.html": _INDEX}
        added = {path: text.format(name=name).encode() for path, text in texts.items()}
        there = Guarded(name, page.sha, TreeChange(added), "Say where the old board is")
        commit(ground.hub, there, ground.patience)
        return Done({"commit": made.commit, "place": name, **about})


@dataclass(frozen=True)
class Parallel:
    """Run the new board in a Space of its own."""

    ground: Ground
    key: str = "parallel"

    @property
    def title(self) -> str:
        """What it does."""
        return f"Run the new board in {self.ground.part.demo}"

    def holds(self, known: Known) -> bool:
        """Whether it runs the files of the plan."""
        return known.done.get(self.key, {}).get("tree") == self.ground.board.tree

    def prepare(self, known: Known) -> dict[str, str]:
        """What it will run. Raises HubError if the folder is not the accepted one any more."""
        if self.ground.board.tree != self.ground.part.content:
            raise HubError(
                "The folder with the new board's files (content under [hub]) was edited. Run "
                "`frontrunner takeover accept`, or put the files back."
            )
        return {"tree": self.ground.board.tree}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Make the Space, commit the new board's files, and wait until it serves them."""
        ground, demo = self.ground, self.ground.part.demo
        keep_board(ground.board, ground.home)
        commit = self._committed(about["tree"])
        coming = ground.coming(demo, commit, shows_any_snapshot())
        if coming:
            return coming
        live = ground.watches[demo].live
        snapshot = snapshot_of(ask_live(ground.hub, live, "/v1/snapshot"))
        return Done({"commit": commit, "snapshot": snapshot.id, "live": live, **about})

    def _committed(self, tree: str) -> str:
        ground, demo = self.ground, self.ground.part.demo
        known = ground.landed.get((demo, tree))
        if known is None:
            sdk: Sdk = "gradio" if ground.board.sdk == "gradio" else "docker"
            found = find_repository(ground.hub, demo)
            if found is None:
                found = create_repository(ground.hub, demo, sdk=sdk)
            else:
                ground.keep(demo, found.sha)
            known = ground.commit_once(
                self.key, demo, found.sha, "Run the new board",
                lambda: whole_tree(ground.hub, demo, found.sha, ground.board.files),
            )  # fmt: skip
            ground.landed[(demo, tree)] = known
        return known


@dataclass(frozen=True)
class Settle:
    """Count the move as settled; the Hub has nothing to change for it."""

    ground: Ground
    key: str = "settle"

    @property
    def title(self) -> str:
        """What it does."""
        return f"Count the move of {self.ground.part.space} as settled"

    def prepare(self, known: Known) -> dict[str, str]:
        """The commit that runs."""
        return {"commit": facts_of(self.ground.hub, self.ground.part.space).sha}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """It is done."""
        return Done({"commit": about["commit"]})
