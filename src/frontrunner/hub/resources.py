"""Hardware, sleep time, variables and secrets of a Space: changed, and read back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
from huggingface_hub import SpaceHardware

from frontrunner.base.errors import HubError, UnknownOutcomeError
from frontrunner.hub.reading import runtime_of, settings_of
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Runtime, SpaceSettings

FREE_HARDWARE = "cpu-basic"


class HardwareState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a request of hardware is."""

    state: Literal["there", "pending"]
    """Pending is no error: the Space runs on what it has meanwhile."""
    current: str | None
    requested: str | None


def request_hardware(hub: Hub, repo_id: str, flavor: str) -> HardwareState:
    """Request hardware unless it was requested already.

    Raises PaymentError if the Hub wants a paid plan or a grant for it.
    """
    before = runtime_of(hub, repo_id)
    if before.requested == flavor:
        return _state(before)
    wanted = _flavor(flavor)
    try:
        hub.write(
            f"Requesting {flavor} for {repo_id}",
            lambda: hub.api.request_space_hardware(repo_id, wanted),
        )
    except UnknownOutcomeError:
        if runtime_of(hub, repo_id).requested != flavor:
            raise
    return _state(runtime_of(hub, repo_id))


def wait_for_hardware(
    hub: Hub,
    repo_id: str,
    seconds: float,
    *,
    look: float = 5.0,
    tell: Callable[[str], None] = lambda text: None,
) -> HardwareState:
    """Wait until the requested hardware is there, at most `seconds`; then it is still pending."""
    until = time.monotonic() + seconds
    while True:
        found = _state(runtime_of(hub, repo_id))
        if found.state == "there" or time.monotonic() >= until:
            break
        time.sleep(look)
    if found.state == "pending":
        tell(
            f"{repo_id} runs on {found.current}; {found.requested} was requested and is not "
            "there. Ask the Hub's staff about the grant, or look at the account's billing."
        )
    return found


def set_sleep_time(hub: Hub, repo_id: str, seconds: int | None) -> Runtime:
    """Set after how many seconds without a visitor a Space sleeps; None means never."""
    asked = -1 if seconds is None else seconds
    found = runtime_of(hub, repo_id)
    if found.sleep_time != seconds:
        try:
            hub.write(
                f"Setting the sleep time of {repo_id}",
                lambda: hub.api.set_space_sleep_time(repo_id, asked),
            )
        except UnknownOutcomeError:
            if runtime_of(hub, repo_id).sleep_time != seconds:
                raise
        found = runtime_of(hub, repo_id)
    if found.sleep_time != seconds:
        raise HubError(
            f"{repo_id} keeps its sleep time of {found.sleep_time} seconds: free hardware has "
            "one that cannot be changed."
        )
    return found


def set_variables(hub: Hub, repo_id: str, wanted: Mapping[str, str]) -> SpaceSettings:
    """Give a Space these variables besides those that it has. Each change restarts it."""
    before = settings_of(hub, repo_id).variables
    for name, value in wanted.items():
        if before.get(name) != value:
            _set_variable(hub, repo_id, name, value)
    found = settings_of(hub, repo_id)
    if any(found.variables.get(name) != value for name, value in wanted.items()):
        raise HubError(f"The variables of {repo_id} are not as they were set. Try again.")
    return found


def missing_secrets(of: SpaceSettings, at: SpaceSettings) -> tuple[str, ...]:
    """Secrets that a Space needs and a copy of it does not have: nobody can read their values."""
    return tuple(name for name in of.secrets if name not in at.secrets)


def _set_variable(hub: Hub, repo_id: str, name: str, value: str) -> None:
    try:
        hub.write(
            f"Setting the variable {name} of {repo_id}",
            lambda: hub.api.add_space_variable(repo_id, name, value),
        )
    except UnknownOutcomeError:
        if settings_of(hub, repo_id).variables.get(name) != value:
            raise


def _flavor(name: str) -> SpaceHardware:
    try:
        return SpaceHardware(name)
    except ValueError:
        known = ", ".join(one.value for one in SpaceHardware)
        raise HubError(f"There is no hardware {name!r}. Known: {known}.") from None


def _state(runtime: Runtime) -> HardwareState:
    return HardwareState(
        state="pending" if runtime.is_pending else "there",
        current=runtime.hardware,
        requested=runtime.requested,
    )
