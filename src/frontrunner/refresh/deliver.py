"""Bring what is published to its readers: deploy it if the settings say where, then ask for it.

Each step can be repeated: a Space that has the files gets no second commit, so a run after a kill
goes on with what is not done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import FrontrunnerError, UnpreparedError, UsageError
from frontrunner.base.home import Home
from frontrunner.ops.completing import prepare_answers
from frontrunner.ops.reporting import Reporter
from frontrunner.refresh.live import UnseenError, wait_until_shown
from frontrunner.refresh.record import Outcome
from frontrunner.snapshot.store import Store


class Delivery(NamedTuple):
    """What became of a published snapshot."""

    snapshot: str
    commit: str | None = None
    """The commit of the Space that serves it; None without a Space."""
    live_after: float | None = None
    """Seconds until readers had it; None if the settings name no address, or if they did not."""
    error: Exception | None = None
    """What went wrong."""

    @property
    def outcome(self) -> Outcome | None:
        """How a run ends because of it; None if all went well."""
        if self.error is None:
            return None
        return "unseen" if isinstance(self.error, UnseenError) else "undeployed"


Deploy = Callable[[Settings, Store, Reporter], str]
"""Deploys what is published and waits until it is served; the commit."""


def to_space(settings: Settings, store: Store, reporter: Reporter) -> str:
    """Make the Space of the settings serve what is published; its commit.

    Raises UsageError if the Space has another program, HubError if the Hub does not do it.
    """
    from frontrunner.hub import deploying  # noqa: PLC0415 -- huggingface_hub is an extra
    from frontrunner.hub.asking_rights import check_rights  # noqa: PLC0415
    from frontrunner.hub.boxed import Box  # noqa: PLC0415
    from frontrunner.hub.rights import Need, Right  # noqa: PLC0415
    from frontrunner.hub.session import hub_of  # noqa: PLC0415
    from frontrunner.hub.space_folder import write_space  # noqa: PLC0415
    from frontrunner.hub.waiting import WaitTimes  # noqa: PLC0415

    to, hub = settings.refresh.deploy, hub_of(settings.hub)
    targets = [name for name in (to.space, to.dataset) if name]
    check_rights(hub, [Need(Right.WRITE, name, "to make and change it") for name in targets])
    facts = deploying.replaceable(hub, to.space)
    try:
        prepare_answers(store, store.current(), reporter)
    except UnpreparedError as error:
        reporter.warn(error)  # a Space is not written without them, which the next step says
    card = _text(to.card) if to.card else deploying.card_of(hub, facts) if facts else ""
    box = Box(snapshot="", dataset=to.dataset, files={}) if to.dataset else None
    folder = Home(settings.home).refresh_space
    write_space(settings, folder, card=card, box=box)
    if problems := deploying.folder_problems(folder):
        raise UsageError(
            f"{folder}/{problems[0].where}: {problems[0].text}. See all problems with: "
            f"frontrunner space check {folder}"
        )
    if to.dataset:
        deploying.upload_board(hub, folder, settings.home)
    times = WaitTimes(total=seconds(to.within))
    return deploying.deploy(hub, folder, to.space, times=times, tell=reporter.say).commit


def deliver(
    settings: Settings, store: Store, reporter: Reporter, deploy: Deploy = to_space
) -> Delivery:
    """Deploy what is published, and wait until readers have it. A failure is part of the answer."""
    found = Delivery(store.current_id() or "")
    began = time.monotonic()
    refresh = settings.refresh
    try:
        if refresh.deploy.space:
            with reporter.step(f"Deploying to {refresh.deploy.space}"):
                found = found._replace(commit=deploy(settings, store, reporter))
        if refresh.live:
            with reporter.step(f"Waiting until {refresh.live} shows it"):
                wait_until_shown(refresh.live, found.snapshot, seconds(refresh.live_within))
    except (FrontrunnerError, OSError) as error:
        return found._replace(error=error)
    if not (refresh.deploy.space or refresh.live):
        return found
    return found._replace(live_after=round(time.monotonic() - began, 3))


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The card {path} cannot be read: {error}. Correct [refresh.deploy] card."
        ) from error
