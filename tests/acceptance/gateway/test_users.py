"""100,000 users through a whole move: shares, nested sets, and who changes sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest

from frontrunner.gateway.buckets import BUCKETS, bucket
from tests.acceptance.gateway.conftest import Move, gateway_before
from tests.acceptance.gateway.raw import quick_boards, sides

pytestmark = pytest.mark.acceptance
SALT = "salt-of-this-test"
STAGES = (0, 1, 5, 25, 50, 100, 25, 0)
EACH = 5
"""Users of each bucket with a cookie, and as many without."""
USERS = 2 * EACH * BUCKETS


@pytest.fixture(scope="module")
def quick() -> Iterator[Move]:
    """A gateway before two boards that answer at once."""
    with (
        quick_boards() as (old, new),
        gateway_before(old, new, f'salt = "{SALT}"\nnew_health = ""\n') as move,
    ):
        yield move


def users() -> list[bytes]:
    """The headers of each user: half with a cookie, half known by address and agent alone."""
    with_cookie = [f"cookie: frontrunner_bucket={n % BUCKETS}\r\n" for n in range(EACH * BUCKETS)]
    return [one.encode() for one in with_cookie] + without_cookie()


def without_cookie() -> list[bytes]:
    """As many agents for each bucket, so that a share of them is exact and no matter of chance."""
    missing = Counter(dict.fromkeys(range(BUCKETS), EACH))
    found: list[bytes] = []
    for number in count():
        agent = f"reader/{number}"
        at = bucket("127.0.0.1", agent, SALT)
        if missing[at]:
            missing[at] -= 1
            found.append(f"user-agent: {agent}\r\n".encode())
            if len(found) == EACH * BUCKETS:
                return found
    raise AssertionError


def moved(answers: str) -> frozenset[int]:
    """The users whom the new board answered."""
    return frozenset(number for number, side in enumerate(answers) if side == "n")


def test_shares_are_exact_sets_are_nested_and_nobody_flips(quick: Move) -> None:
    """intuit/wasabi#157, mozilla/experimenter#8299: a larger share dealt the users again."""
    everybody = users()
    assert len(everybody) == USERS
    seen: list[frozenset[int]] = []
    for percent in STAGES:
        quick.share(percent)
        found = moved(sides(quick.url, everybody))
        assert abs(len(found) / USERS * 100 - percent) <= 0.1
        if seen:
            before, grows = seen[-1], percent >= STAGES[len(seen) - 1]
            assert before <= found if grows else found <= before
        seen.append(found)
    by_share: dict[int, frozenset[int]] = {}
    for percent, found in zip(STAGES, seen, strict=True):
        assert by_share.setdefault(percent, found) == found, "the same share, other users"


def test_only_a_choice_a_fallback_or_a_rollback_changes_a_side(quick: Move) -> None:
    few = [f"cookie: frontrunner_bucket={n}\r\n".encode() for n in range(0, BUCKETS, 5)]
    chosen = {
        choice: [one[:-2] + f"; frontrunner_choice={choice}\r\n".encode() for one in few]
        for choice in ("new", "old")
    }
    for percent in STAGES:
        quick.share(percent)
        first = sides(quick.url, few)
        assert sides(quick.url, few) == first
        assert set(sides(quick.url, chosen["new"])) == {"n"}
        assert set(sides(quick.url, chosen["old"])) == {"o"}
        assert sides(quick.url, few) == first, "a choice of others moved somebody"
