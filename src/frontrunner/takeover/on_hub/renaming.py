"""The steps that give the name to the new board's Space.

Between the two renames the old name leads to the old board, so the name has a running board at
every moment. On the way back it leads to the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontrunner.base.errors import HubError
from frontrunner.hub.repositories import find_repository, rename_space
from frontrunner.hub.saved_tree import saved_settings
from frontrunner.hub.waiting import Probe, shows_snapshot
from frontrunner.takeover.on_hub.resourcing import hardware_back, storage_staying
from frontrunner.takeover.on_hub.step_journal import Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done, Ground


@dataclass(frozen=True)
class Aside:
    """Rename the old board's Space to the archive."""

    ground: Ground
    key: str = "aside"

    @property
    def title(self) -> str:
        """What it does."""
        part = self.ground.part
        return f"Rename {part.space} to {part.archive}; the old name leads there meanwhile"

    def prepare(self, known: Known) -> dict[str, str]:
        """The commit that the Space must have."""
        return {"commit": known.ours[-1]}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Rename it unless it is renamed."""
        part = self.ground.part
        rename_space(self.ground.hub, part.space, part.archive, about["commit"])
        return Done(about)


@dataclass(frozen=True)
class TakeName:
    """Rename the new board's Space to the name."""

    ground: Ground
    key: str = "take-name"

    @property
    def title(self) -> str:
        """What it does."""
        return f"Rename {self.ground.part.demo} to {self.ground.part.space}"

    def prepare(self, known: Known) -> dict[str, str]:
        """The commit that the Space must have. Raises HubError if somebody else renamed the old."""
        if "aside" not in known.done:
            space = self.ground.part.space
            raise HubError(f"Somebody else renamed {space}. Give it its name back, then retry.")
        return {"commit": known.done["parallel"]["commit"]}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Rename it unless it is renamed, and wait until it serves the new board."""
        ground, part = self.ground, self.ground.part
        rename_space(ground.hub, part.demo, part.space, about["commit"])
        probe = shows_snapshot(known.done["parallel"]["snapshot"])
        coming = ground.coming(part.space, about["commit"], probe)
        return coming or Done(about, self._alarm(known))

    def _alarm(self, known: Known) -> str:
        """What a rename leaves behind, besides what was agreed to by name."""
        saved = saved_settings(self.ground.saved_folder(known))
        return storage_staying(saved, self.ground.part.archive) if saved else ""


@dataclass(frozen=True)
class GiveBack:
    """Give the name back to the old board's Space."""

    ground: Ground
    key: str = "give-back"

    @property
    def title(self) -> str:
        """What it does."""
        part = self.ground.part
        return f"Give {part.space} back to the Space in {part.archive}"

    def prepare(self, known: Known) -> dict[str, str]:
        """The commits of both Spaces."""
        return {"new": known.done["parallel"]["commit"], "old": known.ours[-1]}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Rename both back unless they are, and wait until the old board is served."""
        ground, part, hub = self.ground, self.ground.part, self.ground.hub
        if find_repository(hub, part.archive) is not None:
            if find_repository(hub, part.demo) is None:
                rename_space(hub, part.space, part.demo, about["new"])
            rename_space(hub, part.archive, part.space, about["old"])
        coming = ground.coming(part.space, about["old"], Probe())
        return coming or Done(about, self._ask_again(known))

    def _ask_again(self, known: Known) -> str:
        """Ask for the hardware that was given up; what a person has to do about it."""
        before = known.done.get("give-up", {}).get("before", "")
        return hardware_back(self.ground, known, before) if before else ""
