"""What a token allows is held against what a step needs."""

from __future__ import annotations

from typing import Any

import pytest

from frontrunner.hub.rights import Need, Right, report_of
from frontrunner.hub.standin.repos import AccessToken
from tests.hub.made_hub import BOARD, READER, TOKEN, Hub

WRITE = Need(Right.WRITE, BOARD, "to commit")
READ = Need(Right.READ, BOARD, "to save")
CREATE = Need(Right.WRITE, "board", "to make the archive")
NEEDS = (READ, WRITE, CREATE)


def whoami(role: str, scoped: dict[str, list[str]] | None = None, **more: Any) -> dict[str, Any]:
    access: dict[str, Any] = {"displayName": "name", "role": role}
    if scoped is not None:
        rows = [{"entity": {"name": n}, "permissions": p} for n, p in scoped.items()]
        access["fineGrained"] = {"scoped": rows}
    orgs = [{"name": "board", "roleInOrg": "write"}]
    return {"name": "owner", "orgs": orgs, "auth": {"accessToken": access}, **more}


def test_a_token_for_all_writes_is_enough_and_is_more_than_needed() -> None:
    report = report_of(whoami("write"), NEEDS)
    assert (report.missing, report.unknown) == ((), ())
    assert report.more == ("write to everything of board", "write to everything of owner")


def test_a_token_that_reads_lacks_the_writes() -> None:
    assert report_of(whoami("read"), NEEDS).missing == (WRITE, CREATE)


def test_an_organisation_in_which_the_account_only_reads() -> None:
    found = whoami("write", orgs=[{"name": "board", "roleInOrg": "read"}])
    assert report_of(found, NEEDS).missing == NEEDS


@pytest.mark.parametrize(
    ("scoped", "missing", "more"),
    [
        ({"board": ["repo.write"]}, (), ()),
        ({BOARD: ["repo.write", "repo.content.read"]}, (CREATE,), ()),
        ({BOARD: ["repo.content.read"]}, (WRITE, CREATE), ()),
        (
            {"board": ["repo.write", "discussion.write"], "other": ["repo.write"]},
            (),
            ("discussion.write on board", "repo.write on other"),
        ),
        ({}, NEEDS, ()),
    ],
)
def test_a_fine_grained_token(
    scoped: dict[str, list[str]], missing: tuple[Need, ...], more: tuple[str, ...]
) -> None:
    report = report_of(whoami("fineGrained", scoped), NEEDS)
    assert (report.missing, report.more) == (missing, more)


@pytest.mark.parametrize("found", [whoami("new-kind"), {"name": "x", "auth": {}}, {}])
def test_what_the_hub_does_not_say_is_unknown_and_never_allowed(found: dict[str, Any]) -> None:
    report = report_of(found, NEEDS)
    assert report.unknown == NEEDS
    assert report.missing == ()


def test_against_the_hub(hub: Hub) -> None:
    hub.stored.tokens["hf_fine"] = AccessToken("owner", "fineGrained", {BOARD: ("repo.write",)})
    for token, missing in ((TOKEN, ()), ("hf_fine", (CREATE,)), (READER, NEEDS)):
        api = hub.opened(token).api
        assert report_of(api.whoami(), NEEDS).missing == missing
