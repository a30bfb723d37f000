"""Ask the Hub what a token allows, before anything is changed with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from frontrunner.base.config import Settings
from frontrunner.base.errors import HubRightsError
from frontrunner.hub.decoding import decoded
from frontrunner.hub.rights import Need, Right, RightsReport, report_of
from frontrunner.hub.session import Hub


def needs_of(settings: Settings) -> list[Need]:
    """What the Spaces in the settings need: to be taken over, or only to be deployed to."""
    hub, deploy = settings.hub, settings.refresh.deploy.space
    if hub.space:
        return needs_of_move(hub.space, (hub.archive, hub.demo, deploy))
    return needs_of_spaces((hub.demo, deploy))


def needs_of_move(space: str, others: Iterable[str]) -> list[Need]:
    """What a take-over of `space` needs; the others are the Spaces that it makes, if any."""
    return [
        Need(Right.READ, space, "to save the board"),
        Need(Right.WRITE, space, "to commit, and to read variables"),
        *needs_of_spaces(one for one in others if one != space),
    ]


def needs_of_spaces(names: Iterable[str]) -> list[Need]:
    """What the Spaces that a deployment or a take-over makes and changes need."""
    made = sorted({one for one in names if one})
    return [Need(Right.WRITE, one, "to make and change it") for one in made]


def ask_rights(hub: Hub, needs: Sequence[Need]) -> RightsReport:
    """What the token allows, compared with what is needed. Raises HubError."""
    return hub.read(
        "Reading what the token allows",
        lambda: decoded(hub.api.whoami(), lambda found: report_of(found, needs)),
    )


def check_rights(hub: Hub, needs: Sequence[Need]) -> None:
    """Raises HubRightsError if a right is missing. What the Hub does not say is no error."""
    missing = ask_rights(hub, needs).missing
    if missing:
        named = "; ".join(f"{one.right} on {one.on} ({one.why})" for one in missing)
        raise HubRightsError(
            f"The token lacks {named}. Nothing was changed. Give it that right, and look with: "
            "frontrunner hub rights"
        )
