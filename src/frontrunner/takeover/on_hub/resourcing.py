"""Hardware, sleep time, variables and secrets: what the name gets, and gets back.

Hardware and sleep time are asked for once users are on the new board, and hold nothing up. What the
new board needs to run, its variables and secrets, is there before its files are.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontrunner.base.errors import (
    HubError,
    HubRightsError,
    HubUnavailableError,
    PaymentError,
    UnknownOutcomeError,
)
from frontrunner.hub.reading import facts_of, runtime_of, settings_of
from frontrunner.hub.resources import (
    FREE_HARDWARE,
    drop_secrets,
    drop_variables,
    give_secrets,
    missing_secrets,
    request_hardware,
    set_sleep_time,
    set_variables,
)
from frontrunner.hub.saved_tree import saved_settings
from frontrunner.hub.space_facts import SpaceSettings
from frontrunner.takeover.on_hub.step_journal import PROVIDE, Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done, Ground


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

    by_hand = ""
    """What a person has to do at once."""
    late = "Ask the Hub's staff about the grant, or look at the account's billing."
    """What a person has to do if it takes too long."""

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


@dataclass(frozen=True)
class SleepTime:
    """Set after how long without a visitor the Space sleeps."""

    ground: Ground
    repo_id: str
    seconds: int | None
    """None means never."""
    key: str = "sleep"

    @property
    def title(self) -> str:
        """What it does."""
        how = "never sleep" if self.seconds is None else f"sleep after {self.seconds:,} s"
        return f"Let {self.repo_id} {how}"

    by_hand = late = ""

    def is_done(self, known: Known) -> bool:
        """Whether it was set."""
        return known.done.get(self.key, {}).get("sleep") == str(self.seconds)

    def prepare(self, known: Known) -> dict[str, str]:
        """What is there."""
        return {"before": str(runtime_of(self.ground.hub, self.repo_id).sleep_time)}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Set it once the hardware is there, and read it back."""
        facts_of(self.ground.hub, self.repo_id)  # not if the name leads elsewhere
        runtime = runtime_of(self.ground.hub, self.repo_id)
        if runtime.is_pending:
            return Coming(f"{self.title}: {runtime.requested} is not there yet.")
        set_sleep_time(self.ground.hub, self.repo_id, self.seconds)
        return Done({"sleep": str(self.seconds), **about})


@dataclass(frozen=True)
class Storage:
    """Wait until a person has requested persistent storage: the Hub's client cannot."""

    ground: Ground
    repo_id: str
    size: str
    key: str = "storage"

    @property
    def title(self) -> str:
        """What it does."""
        return f"See that {self.repo_id} has {self.size} persistent storage"

    @property
    def by_hand(self) -> str:
        """What a person has to do."""
        return f"Request it in the settings of {self.repo_id} on the Hub: no program can."

    late = by_hand
    """What a person has to do if it takes too long."""

    def is_done(self, known: Known) -> bool:
        """Whether it was seen there."""
        return known.done.get(self.key, {}).get("storage") == self.size

    def prepare(self, known: Known) -> dict[str, str]:
        """What is there."""
        return {"before": runtime_of(self.ground.hub, self.repo_id).storage or ""}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Look whether it is there."""
        facts_of(self.ground.hub, self.repo_id)  # not if the name leads elsewhere
        found = runtime_of(self.ground.hub, self.repo_id).storage
        if found == self.size:
            return Done({"storage": self.size, **about})
        return Coming(f"{self.repo_id} has {found or 'no'} storage; {self.size} is wanted.")


def storage_lacking(of: SpaceSettings, at: SpaceSettings, repo_id: str) -> str:
    """What a person has to do because a copy has not what its original keeps files in."""
    lacks = _keeps_files_in(of, at)
    if not lacks:
        return ""
    return f"{repo_id} lacks what the old board keeps files in ({lacks}): set it there."


def storage_staying(of: SpaceSettings, repo_id: str) -> str:
    """What a Space takes along when it is renamed, as was agreed to."""
    kept = _keeps_files_in(of, SpaceSettings())
    return f"The {kept} stays with {repo_id}, as agreed." if kept else ""


def _keeps_files_in(of: SpaceSettings, at: SpaceSettings) -> str:
    """Storage and volumes of one Space that another one has not."""
    found = [f"{of.storage} persistent storage"] if of.storage not in (None, at.storage) else []
    return ", ".join([*found, *(one for one in of.volumes if one not in at.volumes)])


Trailing = Hardware | SleepTime | Storage
"""A step that the move does not wait for."""


def trailing_steps(ground: Ground, before: SpaceSettings) -> tuple[Trailing, ...]:
    """What is to be done about hardware and sleep time once the name has the new board.

    `before` is what the old board had. Free hardware has a fixed sleep time.
    """
    part = ground.part
    found: tuple[Trailing, ...] = _hardware_steps(ground, before.hardware or "")
    if part.sleep_time or (part.hardware or before.hardware or FREE_HARDWARE) != FREE_HARDWARE:
        asked = None if part.sleep_time < 0 else part.sleep_time
        found = (*found, SleepTime(ground, part.space, asked if asked != 0 else before.sleep_time))
    kept = before.storage if part.strategy == "overwrite" else None
    size = part.storage or kept
    return (*found, Storage(ground, part.space, size)) if size else found


def _hardware_steps(ground: Ground, before: str) -> tuple[Hardware, ...]:
    part = ground.part
    wanted = part.hardware or before
    found: tuple[Hardware, ...] = ()
    if part.strategy == "rename" and before not in ("", FREE_HARDWARE):
        found = (Hardware(ground, "give-up", part.archive, FREE_HARDWARE),)
    if wanted and wanted != FREE_HARDWARE:
        found = (*found, Hardware(ground, "hardware", part.space, wanted))
    return found


def hardware_back(ground: Ground, known: Known, flavor: str) -> str:
    """Ask for the old board's hardware again; what a person has to do about it."""
    space = ground.part.space
    saved = saved_settings(ground.saved_folder(known))
    try:
        found = request_hardware(ground.hub, space, flavor)
        if saved is not None and flavor != FREE_HARDWARE:
            set_sleep_time(ground.hub, space, saved.sleep_time)
    except (HubUnavailableError, UnknownOutcomeError):
        raise
    except HubError as error:
        return f"{space} does not get {flavor} back: {error}"
    if found.state == "there":
        return ""
    return f"{space} runs on {found.current}; {flavor} was requested again. Look after it."


# --- variables and secrets ------------------------------------------------------------------------


@dataclass(frozen=True)
class Provide:
    """Give the name what the new board had in its own Space: variables, and secrets by name."""

    ground: Ground
    key: str = PROVIDE

    @property
    def title(self) -> str:
        """What it does."""
        part = self.ground.part
        return f"Give {part.space} the variables and secrets that {part.demo} has"

    def holds(self, known: Known) -> bool:
        """Whether that was done for the new board as it is."""
        done = known.done.get(self.key, {})
        return done.get("for") == known.done.get("parallel", {}).get("commit", "-")

    def prepare(self, known: Known) -> dict[str, str]:
        """What is to be given. Raises HubError if a secret's value is unknown or unusable."""
        part, hub = self.ground.part, self.ground.hub
        there, here = settings_of(hub, part.demo), settings_of(hub, part.space)
        lacking = missing_secrets(there, here)
        unknown = [name for name in lacking if name not in part.secrets]
        if unknown:
            raise HubError(
                f"{part.space} lacks the secrets {', '.join(unknown)}, which the new board has in "
                f"{part.demo}. Their values cannot be read: set them at {part.space}, or name "
                "files with them as secrets under [hub]. Then run `frontrunner takeover retry`."
            )
        if part.shifting:
            lacking = (*lacking, *self._control(here))
        names = [one for one in there.variables if there.variables[one] != here.variables.get(one)]
        return {
            "for": known.done["parallel"]["commit"],
            "variables": " ".join(names),
            "secrets": " ".join(lacking),
        }

    def _control(self, here: SpaceSettings) -> tuple[str, ...]:
        """The secret of the control path, unless it is there; the gateway says if it is another.

        Raises HubError if the token here cannot be used: a container would start without the path.
        """
        self.ground.control()
        name = self.ground.part.control_secret
        return () if name in here.secrets else (name,)

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Set them, and wait until the old board runs with them."""
        ground, part = self.ground, self.ground.part
        names, lacking = about["variables"].split(), about["secrets"].split()
        if not names and not lacking:
            return Done(about)
        once = self.key, known.ours[-1]  # after a rollback they are taken away, and given again
        if once not in ground.landed:
            there = settings_of(ground.hub, part.demo).variables
            wanted = {name: there[name] for name in names if name in there}
            set_variables(ground.hub, part.space, wanted)
            give_secrets(ground.hub, part.space, ground.values_of(lacking))
            ground.landed[once] = part.space
        return ground.coming(part.space, known.ours[-1]) or Done(about)


def settings_back(ground: Ground, known: Known) -> str:
    """Give the old board its variables, secrets and hardware back; what a person has to do then.

    Users come first: what the Hub refuses is reported, and does not stop the old board's return.
    """
    told = []
    if known.provided:
        told.append(_taken_away(ground, known))
    asked = known.done.get("hardware") or getattr(known.open.get("hardware"), "about", {})
    if asked.get("before"):
        told.append(hardware_back(ground, known, asked["before"]))
    return " ".join(one for one in told if one)


def _taken_away(ground: Ground, known: Known) -> str:
    saved, space = saved_settings(ground.saved_folder(known)), ground.part.space
    before = saved.variables if saved else {}
    try:
        changed = known.provided["variables"]
        set_variables(ground.hub, space, {one: before[one] for one in changed if one in before})
        drop_variables(ground.hub, space, [one for one in changed if one not in before])
        drop_secrets(ground.hub, space, known.provided["secrets"])
    except (HubUnavailableError, UnknownOutcomeError):
        raise
    except HubError as error:
        return f"{space} keeps variables or secrets of the new board: {error}"
    return ""


def give_known_secrets(ground: Ground, repo_id: str, of: SpaceSettings) -> tuple[str, ...]:
    """Give a copy the secrets whose values are known; the names of those that it lacks then."""
    there = settings_of(ground.hub, repo_id)
    known = [one for one in missing_secrets(of, there) if one in ground.part.secrets]
    if known:
        there = give_secrets(ground.hub, repo_id, ground.values_of(known))
    return missing_secrets(of, there)
