"""Answers about accounts: who a token belongs to, users, organisations, followers."""

from __future__ import annotations

from typing import Any

from frontrunner.hub.standin.exchange import Ask, RefusedError, Reply, as_json, page_of
from frontrunner.hub.standin.repos import AccessToken, Account, Repository
from frontrunner.hub.standin.stored import Stored

_CREATED = "2025-01-01T00:00:00.000Z"


def whoami(stored: Stored, ask: Ask) -> Reply:
    """The account of a token, and what the token allows."""
    account, token = ask.account, ask.token
    if account is None or token is None:
        raise RefusedError(401, "Invalid username or password.")
    found = {
        "type": "user",
        "id": account.name,
        "name": account.name,
        "fullname": account.fullname or account.name,
        "isPro": account.paid,
        "canPay": account.paid,
        "avatarUrl": "",
        "orgs": [_membership(one, account) for one in _organisations(stored, account)],
        "auth": {"type": "access_token", "accessToken": _token(token)},
    }
    return as_json(found)


def user(stored: Stored, ask: Ask, name: str) -> Reply:
    """A user's page."""
    return as_json(_person(_account(stored, name, organisation=False)))


def organisation(stored: Stored, ask: Ask, name: str) -> Reply:
    """An organisation's page."""
    found = _account(stored, name, organisation=True)
    facts = {"name": name, "fullname": found.fullname or name, "avatarUrl": ""}
    counts = {"numFollowers": len(found.followers), "numUsers": len(found.members)}
    return as_json({**facts, **counts})


def user_followers(stored: Stored, ask: Ask, name: str) -> Reply:
    """Who follows a user."""
    return _followers(stored, ask, _account(stored, name, organisation=False))


def organisation_followers(stored: Stored, ask: Ask, name: str) -> Reply:
    """Who follows an organisation."""
    return _followers(stored, ask, _account(stored, name, organisation=True))


def likers(stored: Stored, ask: Ask, repository: Repository) -> Reply:
    """Who likes a repository, the latest first."""
    names = sorted(repository.likes, key=lambda name: -repository.likes[name])
    return page_of(ask, [_named(stored, name) for name in names], stored.switches.page)


def _followers(stored: Stored, ask: Ask, account: Account) -> Reply:
    rows = [_named(stored, name) for name in account.followers]
    return page_of(ask, rows, stored.switches.page)


def _organisations(stored: Stored, account: Account) -> list[Account]:
    return [one for one in stored.accounts.values() if account.name in one.members]


def _membership(organisation: Account, account: Account) -> dict[str, Any]:
    return {
        "type": "org",
        "id": organisation.name,
        "name": organisation.name,
        "fullname": organisation.fullname or organisation.name,
        "avatarUrl": "",
        "isEnterprise": False,
        "roleInOrg": "write",
    }


def _token(token: AccessToken) -> dict[str, Any]:
    found: dict[str, Any] = {"displayName": "rehearsal", "role": token.role, "createdAt": _CREATED}
    if token.role == "fineGrained":
        scoped = [
            {"entity": {"_id": name, "type": _entity(name), "name": name}, "permissions": allowed}
            for name, allowed in token.scoped.items()
        ]
        found["fineGrained"] = {"canReadGatedRepos": False, "global": [], "scoped": scoped}
    return found


def _entity(name: str) -> str:
    return "space" if "/" in name else "org"


def _account(stored: Stored, name: str, *, organisation: bool) -> Account:
    found = stored.accounts.get(name)
    if found is None or found.organisation != organisation:
        what = "organization" if organisation else "user"
        raise RefusedError(404, f"This {what} does not exist")
    return found


def _person(account: Account) -> dict[str, Any]:
    return {
        "user": account.name,
        "fullname": account.fullname or account.name,
        "avatarUrl": "",
        "isPro": account.paid,
        "numFollowers": len(account.followers),
        "type": "user",
    }


def _named(stored: Stored, name: str) -> dict[str, Any]:
    account = stored.accounts.get(name)
    fullname = account.fullname if account and account.fullname else name
    found = {"_id": name, "user": name, "fullname": fullname, "avatarUrl": "", "type": "user"}
    return {**found, "isPro": False}
