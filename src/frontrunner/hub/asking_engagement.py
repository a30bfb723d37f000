"""Read the engagement of a Space from the Hub."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from huggingface_hub import Discussion, DiscussionWithDetails, Organization, User

from frontrunner.base.errors import NotOnHubError
from frontrunner.hub.decoding import decoded
from frontrunner.hub.engagement import Engagement, Remark, Thread
from frontrunner.hub.reading import facts_of, typed
from frontrunner.hub.session import Hub


def engagement_of(hub: Hub, repo_id: str) -> Engagement:
    """Likes and who gave them, discussions with their entries, followers of the owner, hardware.

    Raises HubError.
    """
    facts, api = facts_of(hub, repo_id), hub.api
    likers = hub.read(
        f"Listing who likes {repo_id}",
        lambda: decoded(list(api.list_repo_likers(repo_id, repo_type="space")), _names),
    )
    threads = hub.read(
        f"Listing the discussions of {repo_id}",
        lambda: list(api.get_repo_discussions(repo_id, repo_type="space")),
    )
    runtime = facts.runtime
    followers = _followers(hub, repo_id.partition("/")[0])
    told = tuple(_thread(hub, repo_id, one) for one in reversed(threads))
    found = Engagement(
        repo_id=repo_id,
        at=_stamp(datetime.now(UTC)),
        likes=facts.likes,
        likers=tuple(likers),
        owner_followers=followers,
        threads=told,
        hardware=runtime.hardware if runtime else None,
        requested_hardware=runtime.requested if runtime else None,
    )
    # Nothing of an answer is checked by the client.
    return hub.read(f"Reading the engagement of {repo_id}", lambda: decoded(found, typed))


def _thread(hub: Hub, repo_id: str, one: Discussion) -> Thread:
    def read() -> Thread:
        details = hub.api.get_discussion_details(repo_id, one.num, repo_type="space")
        return decoded(details, lambda found: _told(one, found))

    return hub.read(f"Reading discussion {one.num} of {repo_id}", read)


def _told(one: Discussion, details: DiscussionWithDetails) -> Thread:
    return Thread(
        num=one.num,
        title=one.title,
        status=details.status,
        at=_stamp(one.created_at),
        author=one.author,
        pull_request=one.is_pull_request,
        remarks=tuple(_remark(event) for event in details.events),
    )


def _remark(event: Any) -> Remark:
    return Remark(id=event.id, kind=event.type, at=_stamp(event.created_at), author=event.author)


def _followers(hub: Hub, owner: str) -> int | None:
    """Of an organisation, else of a user; None if the Hub does not say."""
    what = f"Reading the followers of {owner}"
    try:
        return hub.read(what, lambda: _counted(hub.api.get_organization_overview(owner)))
    except NotOnHubError:
        return hub.read(what, lambda: _counted(hub.api.get_user_overview(owner)))


def _counted(overview: Organization | User) -> int | None:
    return decoded(overview, lambda one: one.num_followers)


def _names(likers: list[User]) -> list[str]:
    return sorted(one.username for one in likers)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
