"""What people gave a board: likes, discussions, followers; before and after a move. Pure.

Names of people are personal data. An export without names keeps counts and dates alone; it can
still show that nothing was lost, but not whose like is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.json import read_as

_Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
_Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9T:.+Z-]{1,40}\Z")]
_Repository = Annotated[str, msgspec.Meta(pattern=r"\A[\w.-]{1,96}/[\w.-]{1,96}\Z")]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a discussion."""

    id: str
    kind: str
    at: str
    """ISO 8601, in UTC."""
    author: str = ""
    """Empty if names were left out."""


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A discussion or a pull request."""

    num: int
    title: str
    status: str
    at: str
    author: str = ""
    pull_request: bool = False
    remarks: tuple[Remark, ...] = ()


class Engagement(msgspec.Struct, frozen=True, kw_only=True):
    """The engagement of one repository at one moment."""

    format: int = 1
    repo_id: _Repository
    at: _Moment
    with_names: bool = True
    likes: _Count
    likers: tuple[str, ...] = ()
    owner_followers: _Count | None = None
    """Of the user or organisation; a Space has none of its own."""
    threads: tuple[Thread, ...] = ()
    hardware: str | None = None
    requested_hardware: str | None = None


class EngagementChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two moments."""

    what: Literal["likes", "liker", "thread", "remark", "status", "followers", "hardware"]
    text: str
    lost: bool
    """Whether there is less than before."""


def without_names(found: Engagement) -> Engagement:
    """The same without names of people. Titles stay: they are the board's public text."""
    threads = tuple(
        msgspec.structs.replace(
            thread,
            author="",
            remarks=tuple(msgspec.structs.replace(one, author="") for one in thread.remarks),
        )
        for thread in found.threads
    )
    return msgspec.structs.replace(found, with_names=False, likers=(), threads=threads)


def changes_between(before: Engagement, after: Engagement) -> tuple[EngagementChange, ...]:
    """Every difference, each named; those that lose something are marked."""
    found = [
        *_counted("likes", "likes", before.likes, after.likes),
        *_likers(before, after),
        *_threads(before, after),
    ]
    if before.owner_followers is not None and after.owner_followers is not None:
        what = "followers of the owner"
        found += _counted("followers", what, before.owner_followers, after.owner_followers)
    if before.hardware != after.hardware:
        text = f"hardware was {before.hardware}, now {after.hardware}"
        found.append(EngagementChange(what="hardware", text=text, lost=False))
    return tuple(found)


def is_kept(before: Engagement, after: Engagement) -> bool:
    """Whether likes, discussions and remarks are at least those before.

    A person may take a like back. The count decides, so that a single one is not held against
    the move while others came.
    """
    decisive = ("likes", "thread", "remark")
    return not any(one.lost and one.what in decisive for one in changes_between(before, after))


def read_engagement(path: Path) -> Engagement:
    """An export. Raises UsageError if the file is none."""
    try:
        return read_as(path, Engagement)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is not an export of engagement: {error}.") from error


def _counted(
    kind: Literal["likes", "followers"], what: str, before: int, after: int
) -> list[EngagementChange]:
    if before == after:
        return []
    text = f"{what}: {before:,} before, {after:,} now"
    return [EngagementChange(what=kind, text=text, lost=after < before)]


def _likers(before: Engagement, after: Engagement) -> list[EngagementChange]:
    if not (before.with_names and after.with_names):
        return []
    gone = sorted(set(before.likers) - set(after.likers))
    came = sorted(set(after.likers) - set(before.likers))
    return [
        *(EngagementChange(what="liker", text=f"{n} no longer likes it", lost=True) for n in gone),
        *(EngagementChange(what="liker", text=f"{n} likes it now", lost=False) for n in came),
    ]


def _threads(before: Engagement, after: Engagement) -> list[EngagementChange]:
    now = {one.num: one for one in after.threads}
    found = []
    for old in before.threads:
        new = now.pop(old.num, None)
        if new is None:
            text = f"discussion {old.num} is gone: {old.title}"
            found.append(EngagementChange(what="thread", text=text, lost=True))
        else:
            found += _remarks(old, new)
    for new in now.values():
        text = f"discussion {new.num} is new: {new.title}"
        found.append(EngagementChange(what="thread", text=text, lost=False))
    return found


def _remarks(old: Thread, new: Thread) -> list[EngagementChange]:
    had, has = {one.id for one in old.remarks}, {one.id for one in new.remarks}
    found = []
    if had - has:
        text = f"discussion {old.num} lost {len(had - has)} of {len(had)} entries"
        found.append(EngagementChange(what="remark", text=text, lost=True))
    if has - had:
        text = f"discussion {old.num} has {len(has - had)} more entries"
        found.append(EngagementChange(what="remark", text=text, lost=False))
    if old.status != new.status:
        text = f"discussion {old.num} was {old.status}, now {new.status}"
        found.append(EngagementChange(what="status", text=text, lost=False))
    return found
