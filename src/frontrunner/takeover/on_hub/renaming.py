"""The steps that give the name to the new board's Space, and the hardware to the name.

Between the two renames the old name leads to the old board, so the name has a running board at
every moment. On the way back it leads to the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontrunner.base.errors import HubError, HubRightsError, PaymentError
from frontrunner.hub.reading import facts_of, runtime_of
from frontrunner.hub.repositories import find_repository, rename_space
from frontrunner.hub.resources import FREE_HARDWARE, request_hardware
from frontrunner.hub.waiting import Probe, shows_snapshot
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
        waits = ground.waits_for(part.space, about["commit"], probe)
        return Coming(f"{part.space}: {waits}.") if waits else Done(about)


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
        waits = ground.waits_for(part.space, about["old"], Probe())
        if waits:
            return Coming(f"{part.space}: {waits}.")
        return Done(about, self._ask_again(known))

    def _ask_again(self, known: Known) -> str:
        """Ask for the hardware that was given up; what a person has to do about it."""
        flavor, space = known.done.get("give-up", {}).get("before", ""), self.ground.part.space
        if not flavor:
            return ""
        try:
            found = request_hardware(self.ground.hub, space, flavor)
        except HubError as error:
            return f"{space} has given up {flavor} and does not get it back: {error}"
        if found.state == "there":
            return ""
        return f"{space} runs on {found.current}; {flavor} was requested again. Look after it."


@dataclass(frozen=True)
class Hardware:
    """Ask for hardware at a Space; the board runs on what there is until it comes."""

    ground: Ground
    key: str
    repo_id: str
    flavor: str

    @property
    def title(self) -> str:
        """What it does."""
        verb = "Give up" if self.key == "give-up" else "Ask for"
        what = "the hardware" if self.key == "give-up" else self.flavor
        return f"{verb} {what} at {self.repo_id}"

    def is_done(self, known: Known) -> bool:
        """Whether it was asked for and came."""
        return known.done.get(self.key, {}).get("hardware") == self.flavor

    def prepare(self, known: Known) -> dict[str, str]:
        """What is there."""
        return {"before": runtime_of(self.ground.hub, self.repo_id).hardware or ""}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Request it unless it is requested."""
        hub = self.ground.hub
        facts_of(hub, self.repo_id)  # not if the name leads elsewhere
        if runtime_of(hub, self.repo_id).hardware == self.flavor:
            return Done({"hardware": self.flavor, "before": about["before"]})
        try:
            found = request_hardware(hub, self.repo_id, self.flavor)
        except (PaymentError, HubRightsError) as error:
            raise HubError(f"{self.title}: refused. {error}") from error
        if found.state == "there" or self.key == "give-up":
            return Done({"hardware": self.flavor, "before": about["before"]})
        return Coming(f"{self.repo_id} runs on {found.current}; {self.flavor} was requested.")


def hardware_steps(ground: Ground, before: str) -> tuple[Hardware, ...]:
    """What is to be done about hardware once the name has the new board.

    `before` is the hardware of the old board.
    """
    part = ground.part
    wanted = part.hardware or before
    found: tuple[Hardware, ...] = ()
    if part.strategy == "rename" and before not in ("", FREE_HARDWARE):
        found = (Hardware(ground, "give-up", part.archive, FREE_HARDWARE),)
    if wanted and wanted != FREE_HARDWARE:
        found = (*found, Hardware(ground, "hardware", part.space, wanted))
    return found
