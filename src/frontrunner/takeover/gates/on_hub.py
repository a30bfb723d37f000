"""Gates that ask the Hub: whether engagement was kept, and whether the hardware is there."""

from __future__ import annotations

import time
from pathlib import Path

from frontrunner.base.config import HubSettings, load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.gate_settings import EngagementGate, QuotaGate
from frontrunner.base.home import Home
from frontrunner.checks.gates import Verdict
from frontrunner.hub.access import read_token
from frontrunner.hub.asking_engagement import engagement_of
from frontrunner.hub.engagement import (
    Engagement,
    changes_between,
    is_kept,
    read_engagement,
    without_names,
)
from frontrunner.hub.reading import runtime_of
from frontrunner.hub.session import Hub, open_hub
from frontrunner.hub.space_facts import Runtime
from frontrunner.hub.steps import TAKES_ALONG
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.plan import HubPart

_SHOWN = 3
"""Differences that a text names."""


def asked_hub(
    gate: EngagementGate | QuotaGate, home: Path, in_force: HubPart | None = None
) -> Checked:
    """Ask the Hub of a home's settings about the Space of the plan. Raises HubError, UsageError."""
    settings = load_settings(home).hub
    part = in_force or settings
    hub = open_hub(settings.endpoint, read_token(settings.token_file), seconds=gate.seconds / 2)
    if isinstance(gate, QuotaGate):
        wanted = part.hardware or _hardware_before(Home(home))
        return judged_quota(runtime_of(hub, part.space), wanted, time.time(), part.storage)
    return _engagement(hub, part, Home(home))


def _engagement(hub: Hub, part: HubPart | HubSettings, home: Home) -> Checked:
    try:
        before = read_engagement(home.engagement_before)
    except UsageError as error:
        text = "Not measured: nothing was saved before the move. Run `frontrunner takeover start`."
        if home.engagement_before.exists():
            text = f"Not measured: {error} Restore it from a backup."
        return Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=time.time())
    place, text = part.space, ""
    if part.strategy == "rename" and {*part.accept} >= TAKES_ALONG:
        # It was agreed that they go with the old Space; there nothing may be lost.
        place, text = _where_the_old_is(hub, part), "As agreed, they are not at the name."
    return judged_engagement(before, engagement_of(hub, place), time.time(), text)


def _hardware_before(home: Home) -> str:
    try:
        return read_engagement(home.engagement_before).hardware or ""
    except UsageError:
        return ""


def _where_the_old_is(hub: Hub, part: HubPart | HubSettings) -> str:
    from frontrunner.hub.repositories import find_repository  # noqa: PLC0415

    return part.archive if find_repository(hub, part.archive) else part.space


def judged_engagement(before: Engagement, after: Engagement, at: float, more: str = "") -> Checked:
    """Whether likes, discussions and their entries are at least those before; each difference."""
    found = changes_between(without_names(before), without_names(after))
    kept = is_kept(before, after)
    named = "; ".join(one.text for one in found[:_SHOWN]) or "nothing changed"
    text = (
        f"{after.repo_id} has {_counted(after.likes, 'like')} and "
        f"{_counted(len(after.threads), 'discussion')}; "
        f"{before.likes:,} and {len(before.threads):,} before the move: {named}. {more}"
    )
    return Checked(
        verdict=Verdict.PASSED if kept else Verdict.FAILED,
        text=text.strip(),
        at=at,
        value=float(after.likes),
        limit=float(before.likes),
        sample=before.likes + len(before.threads),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def judged_quota(runtime: Runtime, wanted: str, at: float, storage: str = "") -> Checked:
    """Whether the Space runs on the hardware that was requested, or on that of the settings.

    A request that is pending is no failure: the board runs on what there is. Nor is storage that a
    person has still to ask for.
    """
    asked = wanted or runtime.requested or ""
    if runtime.hardware is None:
        text = f"The Space has no hardware now: its stage is {runtime.stage}."
        return Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=at)
    if runtime.hardware == asked and storage not in ("", runtime.storage):
        text = f"Pending: it has {runtime.storage or 'no'} storage, and {storage} is wanted."
        return Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=at)
    if runtime.hardware == asked:
        text = f"The Space runs on {runtime.hardware}."
        return Checked(verdict=Verdict.PASSED, text=text, at=at, value=1.0, limit=1.0, sample=1)
    if runtime.requested == asked:
        text = f"Pending: it runs on {runtime.hardware}; {asked} was requested and is not there."
        return Checked(verdict=Verdict.INCONCLUSIVE, text=text, at=at)
    text = f"It runs on {runtime.hardware}, and {asked} is not requested."
    return Checked(verdict=Verdict.FAILED, text=text, at=at, value=0.0, limit=1.0, sample=1)


def why_engagement_cannot_fail(gate: EngagementGate) -> str:
    """Put a like that is gone before the comparison; why that does not fail, or an empty text."""
    before = Engagement(repo_id="a/b", at="", likes=1)
    after = Engagement(repo_id="a/b", at="", likes=0)
    if judged_engagement(before, after, 0.0).verdict is not Verdict.FAILED:
        return "A like that is gone does not fail it."
    return ""


def why_quota_cannot_fail(gate: QuotaGate) -> str:
    """The same for hardware that was not requested."""
    runtime = Runtime(stage="RUNNING", hardware="cpu-basic", requested="cpu-basic")
    if judged_quota(runtime, "cpu-upgrade", 0.0).verdict is not Verdict.FAILED:
        return "Hardware that is not there does not fail it."
    return ""
