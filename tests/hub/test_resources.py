"""Hardware, sleep time and variables are changed once, read back, and may stay pending."""

from __future__ import annotations

import traceback

import pytest

from frontrunner.base.errors import HubError, PaymentError
from frontrunner.hub.access import Token
from frontrunner.hub.reading import runtime_of, settings_of
from frontrunner.hub.resources import (
    drop_secrets,
    drop_variables,
    give_secrets,
    missing_secrets,
    request_hardware,
    set_sleep_time,
    set_variables,
    wait_for_hardware,
)
from frontrunner.hub.standin.faults import Fault, refusal
from frontrunner.hub.standin.switches import Switches
from tests.hub.made_hub import BOARD, Hub, made_hub


def test_hardware_is_requested_and_comes(hub: Hub) -> None:
    clock, opened = hub.frozen(), hub.opened()
    assert request_hardware(opened, BOARD, "cpu-upgrade").state == "pending"
    clock.advance(1)
    found = wait_for_hardware(opened, BOARD, 10, look=0.02)
    assert (found.state, found.current) == ("there", "cpu-upgrade")


def test_a_request_is_not_made_twice(hub: Hub) -> None:
    opened = hub.opened()
    for _ in range(2):
        request_hardware(opened, BOARD, "cpu-upgrade")
    assert hub.asked("POST", "/hardware") == 1


def test_a_request_whose_answer_is_lost_is_read_back(hub: Hub) -> None:
    hub.stored.inject(Fault(path="/hardware", answer="lost"))
    assert request_hardware(hub.opened(), BOARD, "cpu-upgrade").requested == "cpu-upgrade"
    hub.stored.inject(refusal(500, path="/hardware"))
    with pytest.raises(HubError, match="500"):
        request_hardware(hub.opened(), BOARD, "t4-small")


def test_a_request_that_stays_pending_is_a_state_with_somebody_to_ask() -> None:
    with made_hub(Switches(build=0, start=0, refused_hardware="pending")) as hub:
        hub.stored.replace_account("board", paid=False)
        told: list[str] = []
        opened = hub.opened()
        request_hardware(opened, BOARD, "cpu-upgrade")
        found = wait_for_hardware(opened, BOARD, 0.1, look=0.02, tell=told.append)
        assert (found.state, found.current, found.requested) == (
            "pending", "cpu-basic", "cpu-upgrade",
        )  # fmt: skip
        assert "Ask the Hub's staff" in told[0]
        assert hub.run().stage == "RUNNING"


def test_hardware_that_is_not_paid_for_is_refused_and_the_board_goes_on(hub: Hub) -> None:
    hub.wait("RUNNING")
    hub.stored.replace_account("board", paid=False)
    with pytest.raises(PaymentError, match="community grant"):
        request_hardware(hub.opened(), BOARD, "cpu-upgrade")
    assert hub.run().stage == "RUNNING"


def test_hardware_that_does_not_exist(hub: Hub) -> None:
    with pytest.raises(HubError, match=r"Known: .*cpu-upgrade"):
        request_hardware(hub.opened(), BOARD, "cpu-huge")


@pytest.mark.parametrize("seconds", [3600, None])
def test_the_sleep_time(hub: Hub, seconds: int | None) -> None:
    request_hardware(hub.opened(), BOARD, "cpu-upgrade")
    hub.stored.inject(Fault(path="/sleeptime", status=500))
    assert set_sleep_time(hub.opened(), BOARD, seconds).sleep_time == seconds
    set_sleep_time(hub.opened(), BOARD, seconds)
    assert hub.asked("POST", "/sleeptime") == 1


def test_free_hardware_keeps_its_sleep_time(hub: Hub) -> None:
    with pytest.raises(HubError, match="keeps its sleep time of 172800"):
        set_sleep_time(hub.opened(), BOARD, 60)
    set_sleep_time(hub.opened(), BOARD, 172_800)


def test_secrets_are_given_where_they_are_missing_and_nowhere_else(hub: Hub) -> None:
    opened, value = hub.opened(), Token("the-value")
    hub.stored.inject(Fault(method="POST", path="/secrets", answer="lost"))
    found = give_secrets(opened, BOARD, {"NEW": value, "API_KEY": value})
    assert found.secrets == ("API_KEY", "NEW")
    assert hub.asked("POST", "/secrets") == 1
    assert hub.board.space is not None
    assert hub.board.space.secrets["NEW"]["value"] == "the-value"
    assert hub.board.space.secrets["API_KEY"]["value"] == "secret-value"
    assert drop_secrets(opened, BOARD, ["NEW", "NONE"]).secrets == ("API_KEY",)


def test_the_value_of_a_secret_is_in_no_error(hub: Hub) -> None:
    text = "-".join(("the", "value"))
    hub.stored.inject(refusal(400, f"{text} is not allowed", path="/secrets", method="POST"))
    with pytest.raises(HubError, match="<token> is not allowed") as caught:
        give_secrets(hub.opened(), BOARD, {"NEW": Token(text)})
    assert text not in "".join(traceback.format_exception(caught.value))


def test_a_secret_that_was_not_set_after_all_is_said(hub: Hub) -> None:
    hub.stored.inject(refusal(200, path="/secrets", method="POST"))
    with pytest.raises(HubError, match="has no secret NEW after it was set"):
        give_secrets(hub.opened(), BOARD, {"NEW": Token("x")})


def test_variables_are_deleted(hub: Hub) -> None:
    hub.stored.inject(Fault(method="DELETE", path="/variables", answer="lost"))
    assert drop_variables(hub.opened(), BOARD, ["RESULTS", "NONE"]).variables == {}
    assert hub.asked("DELETE", "/variables") == 1


def test_variables_are_added_to_those_that_are_there(hub: Hub) -> None:
    hub.stored.inject(Fault(method="POST", path="/variables", answer="lost"))
    found = set_variables(hub.opened(), BOARD, {"A": "1", "RESULTS": "board/results"})
    assert found.variables == {"A": "1", "RESULTS": "board/results"}
    assert hub.asked("POST", "/variables") == 1


def test_secrets_that_a_copy_lacks_are_named(hub: Hub) -> None:
    original = settings_of(hub.opened(), BOARD)
    copy = hub.stored.create("space", "board/copy", author="owner", sdk="gradio")
    assert copy.space is not None
    assert missing_secrets(original, settings_of(hub.opened(), "board/copy")) == ("API_KEY",)
    assert runtime_of(hub.opened(), "board/copy").hardware is None
