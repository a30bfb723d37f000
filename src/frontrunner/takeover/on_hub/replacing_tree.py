"""The steps that change what the live Space shows: one commit each, on the parent that it expects.

Which tree the last commit has decides what is to be done, so each step can also undo another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontrunner.base.errors import HubError
from frontrunner.hub.banner_wrap import banner_html, files_to_wrap, wrapped
from frontrunner.hub.git_objects import same_content
from frontrunner.hub.reading import commits_of, facts_of, files_of
from frontrunner.hub.replacement import reverse_of, whole_tree
from frontrunner.hub.saved_tree import read_saved, saved_files
from frontrunner.hub.shifting_space import Shifting, salt_of, shifting_files
from frontrunner.hub.tree_changes import Content, TreeChange, bytes_of
from frontrunner.hub.waiting import Probe, shows_snapshot
from frontrunner.net.client import Answer
from frontrunner.takeover.on_hub.resourcing import settings_back
from frontrunner.takeover.on_hub.seeing import Tree
from frontrunner.takeover.on_hub.sharing import is_ready, refuse_private
from frontrunner.takeover.on_hub.step_journal import Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done, Ground

_SIDE = "x-frontrunner-side"
"""A header of answers that came through a gateway."""
_MAKES: Mapping[str, Tree] = {
    "restore": "old", "guide": "banner", "shift": "gateway", "cutover": "new"
}  # fmt: skip
"""The tree that a step makes."""
_ORDER: tuple[Tree, ...] = ("old", "banner", "gateway", "new")
"""From the old board to the new one."""
_TITLES = {
    "shift": "Put a gateway before both boards",
    "guide": "Lead to the new board by a banner",
    "cutover": "Replace the board by the new one",
    "restore": "Restore the old board",
}


@dataclass(frozen=True)
class ReplaceTree:
    """Make the live Space show one of four trees."""

    ground: Ground
    key: str
    head: Tree
    """What the last commit has."""
    lease: int = 0
    """The token of the controller's lease."""

    @property
    def title(self) -> str:
        """What it does."""
        return f"{_TITLES[self.key]} at {self.ground.part.space}"

    @property
    def is_back(self) -> bool:
        """Whether it takes users back to the old board."""
        return self.key == "restore" or _ORDER.index(self.head) > _ORDER.index(_MAKES[self.key])

    def prepare(self, known: Known) -> dict[str, str]:
        """The commit that it expects, and which tree that has.

        Forward nothing is written on top of others' commits: the parent is the last one of ours,
        and the Hub refuses if it is not the last any more. On the way back, it is the current last
        commit.
        """
        if self.key == "shift":
            for name in (self.ground.part.archive, self.ground.part.space):
                refuse_private(facts_of(self.ground.hub, name))
        about = {"from": self.head, "lease": f"{self.lease}"}
        if self.key == "shift":
            about["window"] = f"{self.ground.control_window:g}"
        if not self.is_back and known.ours:
            return {"parent": known.ours[-1], **about}
        commits = commits_of(self.ground.hub, self.ground.part.space)
        lags = commits[0].id in known.ours
        return {"parent": known.ours[-1] if lags else commits[0].id, **about}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Commit, and wait until the commit is served."""
        ground, space, parent = self.ground, self.ground.part.space, about["parent"]
        if about["from"] == "old" and self.key == "restore":
            return Done({"commit": parent, "at_name": parent}, self._settings_back(known, parent))
        commit = ground.commit_once(
            self.key, space, parent, _TITLES[self.key], lambda: self._change(known, about)
        )
        gives_back = self.is_back and self.key != "shift"  # which needs what the new board needs
        alarm = self._settings_back(known, commit) if gives_back else ""
        waits = ground.waits_for(space, commit, self._probe(known))
        if not waits and self.key == "shift":
            waits = is_ready(ground, ground.watches[space].live)
        if waits:
            return Coming(f"{space}: {waits}.")
        return Done({"commit": commit, "at_name": commit}, alarm)

    def _settings_back(self, known: Known, commit: str) -> str:
        """Give the old board its settings back once; what a person has to do then."""
        if self.ground.part.strategy == "rename":
            return ""
        if commit not in self.ground.told:
            self.ground.told[commit] = settings_back(self.ground, known)
        return self.ground.told[commit]

    def _probe(self, known: Known) -> Probe:
        if self.key == "shift":
            return Probe()  # the gateway itself says more, to who has its token
        probe = Probe()
        if self.key == "cutover":
            probe = shows_snapshot(known.done["parallel"]["snapshot"])
        return Probe(probe.path, lambda one: _of_gateway(one) or probe.problem(one))

    def _change(self, known: Known, about: dict[str, str]) -> TreeChange:
        parent = about["parent"]
        self._keep(known, parent)
        if self.key == "cutover":
            return self._whole(parent, self.ground.board.files)
        if self.key == "shift":
            return self._whole(parent, {**self.ground.board.files, **self._gateway(about)})
        folder = self.ground.saved_folder(known)
        old = saved_files(folder, read_saved(folder))
        if self.key == "restore":
            if about["from"] == "banner":
                return self._without_banner(known, parent, old)
            return self._whole(parent, old)
        change = self._banner(known, old)
        if about["from"] == "old":
            return change
        return self._whole(parent, {**old, **change.added})

    def _whole(self, parent: str, files: Mapping[str, Content]) -> TreeChange:
        return whole_tree(self.ground.hub, self.ground.part.space, parent, files)

    def _gateway(self, about: dict[str, str]) -> dict[str, bytes]:
        """What makes the new board's files those of a gateway before both boards.

        The lease and the window are those of the controller which began the step: another one finds
        the same commit.
        """
        ground, part = self.ground, self.ground.part
        return shifting_files(
            Shifting(
                old=facts_of(ground.hub, part.archive).live,
                secret=part.control_secret,
                salt=salt_of(part.space),
                token=int(about["lease"]),
                control_window=float(about.get("window", 60)),
            )
        )

    def _keep(self, known: Known, parent: str) -> None:
        """Save what others committed before it is replaced."""
        if parent not in known.ours:
            self.ground.keep(self.ground.part.space, parent)

    def _banner(self, known: Known, old: Mapping[str, Path]) -> TreeChange:
        readme = bytes_of(old["README.md"]).decode() if "README.md" in old else ""
        tree = {path: bytes_of(old[path]) for path in files_to_wrap(readme) if path in old}
        live = known.done.get("parallel", {}).get("live", "")
        return wrapped(tree, banner_html(live))

    def _without_banner(self, known: Known, parent: str, old: Mapping[str, Path]) -> TreeChange:
        """Take back what the banner changed; other files stay as they are."""
        change = self._banner(known, old)
        found = files_of(self.ground.hub, self.ground.part.space, parent)
        for path, content in change.added.items():
            if path not in found or not same_content(found[path], bytes_of(content)):
                raise HubError(
                    f"{path} of {self.ground.part.space} was changed since the banner was added. "
                    "Take the banner away by hand: the file says how."
                )
        return reverse_of(change, old)


def _of_gateway(answer: Answer) -> str:
    """The runtime may name a commit while the container before it still answers."""
    return "the gateway still answers" if _SIDE in answer.headers else ""
