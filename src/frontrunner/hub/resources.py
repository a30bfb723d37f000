"""Hardware, sleep time, variables and secrets of a Space: changed, and read back."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Literal

import msgspec
from huggingface_hub import SpaceHardware

from frontrunner.base.errors import HubError, UnknownOutcomeError
from frontrunner.hub.access import Token
from frontrunner.hub.reading import runtime_of, settings_of
from frontrunner.hub.session import Hub
from frontrunner.hub.space_facts import Runtime, SpaceSettings

FREE_HARDWARE = "cpu-basic"


class HardwareState(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a request for hardware."""

    state: Literal["there", "pending"]
    """Pending is not an error: until then the Space runs on its current hardware."""
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
    _changed_once(
        f"Requesting {flavor} for {repo_id}", hub,
        lambda: hub.api.request_space_hardware(repo_id, wanted),
        lambda: runtime_of(hub, repo_id).requested == flavor,
    )  # fmt: skip
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
        _changed_once(
            f"Setting the sleep time of {repo_id}", hub,
            lambda: hub.api.set_space_sleep_time(repo_id, asked),
            lambda: runtime_of(hub, repo_id).sleep_time == seconds,
        )  # fmt: skip
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


def drop_variables(hub: Hub, repo_id: str, names: Iterable[str]) -> SpaceSettings:
    """Delete variables that a Space has. Each change restarts it."""
    delete = hub.api.delete_space_variable
    return _dropped(hub, repo_id, "variable", names, delete, lambda one: one.variables)


def give_secrets(hub: Hub, repo_id: str, values: Mapping[str, Token]) -> SpaceSettings:
    """Add secrets that a Space lacks; those that it has stay. Each change restarts it.

    The Hub never returns a value, so only the existence of a secret of that name is checked.
    """
    before = settings_of(hub, repo_id).secrets
    for name, value in values.items():
        if name not in before:
            _give_secret(hub, repo_id, name, value)
    found = settings_of(hub, repo_id)
    if missing := [name for name in values if name not in found.secrets]:
        raise HubError(f"{repo_id} has no secret {', '.join(missing)} after it was set. Try again.")
    return found


def drop_secrets(hub: Hub, repo_id: str, names: Iterable[str]) -> SpaceSettings:
    """Delete secrets that a Space has. Each change restarts it."""
    delete = hub.api.delete_space_secret
    return _dropped(hub, repo_id, "secret", names, delete, lambda one: one.secrets)


def _dropped(
    hub: Hub,
    repo_id: str,
    what: str,
    names: Iterable[str],
    delete: Callable[[str, str], object],
    held: Callable[[SpaceSettings], Container[str]],
) -> SpaceSettings:
    before = held(settings_of(hub, repo_id))
    for name in (one for one in names if one in before):
        _changed_once(
            f"Deleting the {what} {name} of {repo_id}", hub,
            lambda name=name: delete(repo_id, name),  # type: ignore[misc]
            lambda name=name: name not in held(settings_of(hub, repo_id)),  # type: ignore[misc]
        )  # fmt: skip
    return settings_of(hub, repo_id)


def _give_secret(hub: Hub, repo_id: str, name: str, value: Token) -> None:
    try:
        _changed_once(
            f"Setting the secret {name} of {repo_id}", hub,
            lambda: hub.api.add_space_secret(repo_id, name, value.reveal()),
            lambda: name in settings_of(hub, repo_id).secrets,
        )  # fmt: skip
    except HubError as error:  # the Hub may repeat what it was sent
        raise type(error)(value.hide_in(str(error))) from None


def _changed_once(
    what: str, hub: Hub, change: Callable[[], object], is_done: Callable[[], bool]
) -> None:
    """Make a change once. If its answer is lost, it is read back whether it was made."""
    try:
        hub.write(what, change)
    except UnknownOutcomeError:
        if not is_done():
            raise


def missing_secrets(of: SpaceSettings, at: SpaceSettings) -> tuple[str, ...]:
    """Secrets that a Space needs and its copy lacks: their values cannot be read."""
    return tuple(name for name in of.secrets if name not in at.secrets)


def _set_variable(hub: Hub, repo_id: str, name: str, value: str) -> None:
    _changed_once(
        f"Setting the variable {name} of {repo_id}", hub,
        lambda: hub.api.add_space_variable(repo_id, name, value),
        lambda: settings_of(hub, repo_id).variables.get(name) == value,
    )  # fmt: skip


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
