"""Tell people when an update is held or fails, and when updates work again."""

from __future__ import annotations

from frontrunner.base.config import Settings
from frontrunner.base.home import Home
from frontrunner.ops.channels import channels_of
from frontrunner.ops.notify import Notice, Notifier
from frontrunner.refresh.record import Run
from frontrunner.refresh.run import Ended

_PATIENCE = 20.0
"""Seconds for a notice to be delivered; what is not waits in the outbox for the next update."""


_TITLES = {
    "failed": "The board could not be updated",
    "unprepared": "The board was updated, but its answers could not be prepared",
    "undeployed": "The board was updated, but it could not be deployed",
    "unseen": "The board was updated, but readers do not have it",
}


def notice_of(run: Run, failures: int) -> Notice | None:
    """What people hear of an update, given how many before it and with it were not good in a row.

    They hear of the first failure and of each snapshot that is held, once; and when it is over.
    """
    match run.outcome:
        case "held":
            return Notice(
                id=f"refresh-held-{run.snapshot}",
                at=run.at,
                kind="update",
                title="The board was not updated: a guard holds the new results",
                text=f"{run.reason}\n\nIf this is as it should be:\n"
                f'frontrunner refresh accept {run.snapshot} --reason "..."',
                urgent=True,
            )
        case "failed" | "unprepared" | "unseen" | "undeployed" if failures == 1:
            return Notice(
                id=f"refresh-failed-{run.at:.0f}",
                at=run.at,
                kind="update",
                title=_TITLES[run.outcome],
                text=run.reason,
                urgent=True,
            )
        case _:
            return None


def recovery_of(run: Run, failed_before: int) -> Notice | None:
    """What people hear when an update worked after some that did not."""
    if not run.is_good or not failed_before:
        return None
    return Notice(
        id=f"refresh-good-{run.at:.0f}",
        at=run.at,
        kind="update",
        title="The board is updated again",
        text=f"Snapshot {run.snapshot} is published.",
    )


def tell(settings: Settings, ended: Ended) -> None:
    """Send what people should hear of an update, and what is left from earlier ones."""
    channels = channels_of(settings.notify)
    if not channels:
        return
    notifier = Notifier(channels, Home(settings.home).refresh_outbox)
    notifier.start()
    run, failures = ended.run, ended.failures
    notice = notice_of(run, failures) or recovery_of(run, ended.failures_before)
    if notice is not None:
        notifier.tell(notice)
    notifier.drain(_PATIENCE)
    notifier.close()
