"""Read what a plan is made of: the settings, and the files with ignore rules."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from frontrunner.base.config import HubSettings, Settings
from frontrunner.base.errors import TakeoverError, UsageError
from frontrunner.base.home import Home
from frontrunner.gateway.shadow.rules import RULES, load_rules
from frontrunner.takeover.plan import HubPart, Plan, plan_of


def gateway_folder(settings: Settings) -> Path:
    """The folder with the gateway's files."""
    return Path(settings.gateway.state or Home(settings.home).gateway)


def load_plan(settings: Settings) -> Plan:
    """The plan of the settings. Raises TakeoverError if a file with ignore rules cannot be read."""
    rules = gateway_folder(settings) / RULES
    named = {name: Path(name) for name in settings.takeover.ignore}
    found = {RULES: _hash(rules)} if rules.exists() else {}
    ignore = found | {name: _hash(path) for name, path in named.items()}
    hub = hub_part(settings.hub) if is_on_hub(settings) else None
    return plan_of(settings.takeover, ignore, hub)


def check_rules(settings: Settings) -> None:
    """Read the rules of the comparer. Raises GatewayError if a rule is wrong, with its line.

    The comparer reads them for each read that it compares; a mistake there ends only that read.
    """
    load_rules(gateway_folder(settings) / RULES)


def is_on_hub(settings: Settings) -> bool:
    """Whether the board is in a Space, and not behind a gateway."""
    return settings.takeover.plane == "hub"


def hub_part(settings: HubSettings) -> HubPart:
    """The part of a plan about the Hub.

    Raises UsageError if the places or the new board's files are not set, or if the plan loses what
    was not agreed to.
    """
    from frontrunner.hub.steps import places_of, plan_steps, unaccepted  # noqa: PLC0415
    from frontrunner.takeover.on_hub.new_board import new_board  # noqa: PLC0415

    plan = plan_steps(settings.strategy, places_of(settings))
    open_losses = unaccepted(plan, settings.accept)
    if open_losses:
        names = ", ".join(f'"{one.name}"' for one in open_losses)
        raise UsageError(
            f"{open_losses[0].text} See `frontrunner hub plan`, and agree to each loss by its "
            f"name: accept = [{names}] under [hub]."
        )
    return HubPart(
        strategy=settings.strategy,
        space=settings.space,
        demo=settings.demo,
        archive=settings.archive,
        archive_kind=settings.archive_kind,
        hardware=settings.hardware,
        sleep_time=settings.sleep_time,
        storage=settings.storage,
        secrets=_secrets(settings),
        accept=settings.accept,
        content=new_board(settings.content).tree,
        shifting=settings.shifting,
        control_secret=settings.control_secret if settings.shifting else "",
    )


def _secrets(settings: HubSettings) -> tuple[str, ...]:
    """Names of secrets whose values are given, or made here."""
    named = [one.partition("=")[0] for one in settings.secrets]
    own = [settings.control_secret] if settings.shifting else []
    return tuple(dict.fromkeys([*named, *own]))


def _hash(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise TakeoverError(
            f"{path} has ignore rules and cannot be read: {error.strerror or error}. Restore it, "
            "or remove it from takeover.ignore."
        ) from error
