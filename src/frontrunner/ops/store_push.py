"""Copy what is published to the object storage of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import UnpreparedError
from frontrunner.ops.reporting import Reporter
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.plan import Policy
from frontrunner.remote.push import push as _push
from frontrunner.snapshot.store import Store


def push_published(settings: Settings, store: Store, reporter: Reporter) -> None:
    """Copy what is published to the object storage of the settings, if they name one.

    Raises StoreError if the storage does not take it; what is published here stays.
    """
    if not settings.store.publish or store.current_id() is None:
        return
    bucket = Bucket(settings.store.publish)
    policy = Policy(settings.store.keep, seconds(settings.store.grace))
    with reporter.step(f"Copying the snapshot to {bucket.address}"):
        pushed = _push(bucket, store, policy)
    if pushed.pointed:
        reporter.say(
            f"{bucket.address} now has snapshot {pushed.snapshot}: {pushed.uploaded:,} of "
            f"{pushed.files:,} files uploaded ({pushed.uploaded_bytes / 1e6:,.1f} MB), "
            f"{pushed.removed:,} old objects removed"
        )


@contextmanager
def pushing(settings: Settings, store: Store, reporter: Reporter) -> Iterator[None]:
    """Copy what the block published to the object storage, also if its answers are not prepared.

    Raises StoreError if the storage does not take it; what is published here stays.
    """
    try:
        yield
    except UnpreparedError:
        push_published(settings, store, reporter)
        raise
    push_published(settings, store, reporter)
