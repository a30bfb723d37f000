"""The share of a Space that is a gateway: set without a commit, and read back from Envoy."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from frontrunner.base.atomic import write_file
from frontrunner.base.errors import HubConflictError, HubError, HubUnavailableError
from frontrunner.base.private_file import private_text
from frontrunner.gateway.remote_state import RemoteChange, RemoteState
from frontrunner.hub.access import Token
from frontrunner.hub.asking_gateway import ask_gateway, change_gateway
from frontrunner.hub.reading import facts_of
from frontrunner.hub.space_facts import SpaceFacts
from frontrunner.takeover.on_hub.step_journal import SHARE, Known
from frontrunner.takeover.on_hub.step_parts import Coming, Done, Ground
from frontrunner.takeover.stages import World

_LONG = 32
"""Bytes of a token that is made here."""


def control_token(path: Path) -> Token:
    """The token of the control path, made once. Raises UsageError if others can read the file."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, secrets.token_hex(_LONG).encode(), mode=0o600)
    return Token(private_text(path, "of the control path"))


def follows(state: RemoteState, world: World) -> bool:
    """Whether a gateway does what a world wants of it."""
    return (state.share, state.banner) == (world.share, world.banner)


@dataclass(frozen=True)
class SetShare:
    """Move users between both boards at the name."""

    ground: Ground
    share: int
    banner: bool
    lease: int
    """The token of the controller's lease."""
    is_back: bool = False
    """Whether it only goes before a commit that brings the old board back. Users come first: a
    gateway that does not answer does not keep that commit from being made."""
    key: str = SHARE

    @property
    def title(self) -> str:
        """What it does."""
        return (
            f"Give {self.share / 100:g}% of the visitors of {self.ground.part.space} the new board"
        )

    def prepare(self, known: Known) -> dict[str, str]:
        """What is wanted."""
        return {"share": str(self.share), "banner": f"{self.banner:d}"}

    def run(self, known: Known, about: dict[str, str]) -> Done | Coming:
        """Set it unless it is set; works with any gateway that answers, also a restarted one."""
        try:
            state = self._set()
        except HubError as error:
            if self.is_back:
                return Done({"share": "", "why": str(error)})
            if isinstance(error, HubConflictError):
                return Coming(str(error))  # somebody else changed it: the next look tries again
            raise
        return Done(_facts(state))

    def _set(self) -> RemoteState:
        try:
            return self._set_once()
        except HubConflictError:
            if not self.is_back:
                raise
        return self._set_once()  # no look is waited for: users come first

    def _set_once(self) -> RemoteState:
        ground, token = self.ground, self.ground.control()
        live = facts_of(ground.hub, ground.part.space).live
        state = ask_gateway(ground.hub, live, token)
        if (state.share, state.banner) == (self.share, self.banner):
            return state
        change = RemoteChange(
            version=state.version, token=self.lease, share=self.share, banner=self.banner
        )
        return change_gateway(ground.hub, live, token, change)


def _facts(state: RemoteState) -> dict[str, str]:
    return {"share": str(state.share), "banner": f"{state.banner:d}", "gateway": state.gateway}


def last_set(known: Known) -> tuple[int, bool] | None:
    """The share and the banner that were set last; None if none was since the commit."""
    facts = known.done.get(SHARE, {})
    return (int(facts["share"]), facts["banner"] == "1") if facts.get("share") else None


def was_started_anew(known: Known, state: RemoteState) -> bool:
    """Whether it is another container than the one whose share was set: the share is lost."""
    set_at = known.done.get(SHARE, {}).get("gateway", "")
    return SHARE not in known.open and bool(set_at) and set_at != state.gateway


def is_ready(ground: Ground, live: str) -> str:
    """Why a gateway that was just committed cannot take users yet; empty if it can."""
    try:
        state = ask_gateway(ground.hub, live, ground.control())
    except HubUnavailableError as error:
        return str(error)
    for name, healthy in (("old", state.old), ("new", state.new)):
        if not healthy:
            return f"its gateway does not reach the {name} board yet"
    return ""


def refuse_private(facts: SpaceFacts) -> None:
    """Raises HubError for a Space whose live address a gateway could not ask."""
    if facts.private:
        raise HubError(
            f"{facts.id} is private, and users cannot move in shares then: live addresses are "
            "asked without the Hub's token, which a private Space does not answer. Make it "
            "public, or set shifting = false under [hub]. Then start or retry the take-over."
        )
