"""Notices reach people whatever fails, and nothing that fails reaches the controller."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import NetworkError
from frontrunner.ops.notify import (
    DEAD_AFTER,
    MOST_ATTEMPTS,
    MOST_WAITING,
    Notice,
    Notifier,
    Outbox,
    after_delivery,
    after_failure,
    due_in,
    outbox_file,
    read_outboxes,
    with_new,
)


class Flaky:
    """A channel that fails as a test says."""

    name = "flaky"

    def __init__(self) -> None:
        self.fails = 0
        self.error: Exception = NetworkError("down")
        self.taken: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def send(self, notice: Notice) -> None:
        self.gate.wait(60)
        if self.fails:
            self.fails -= 1
            raise self.error
        self.taken.append(notice.id)


def notice(number: int, text: str = "") -> Notice:
    return Notice(id=f"n-{number}", at=1.0, kind="stage", title="t", text=text)


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def test_an_error_that_no_channel_should_raise_is_a_failure_like_any_other(tmp_path: Path) -> None:
    channel = Flaky()
    channel.fails, channel.error = 1, ValueError("bad text")
    notifier = Notifier([channel], tmp_path, pause=0.001)
    notifier.start()
    notifier.tell(notice(1, "a file called \udcff"))
    notifier.tell(notice(2))
    wait_for(lambda: channel.taken == ["n-1", "n-2"])
    notifier.close()
    assert notifier.states()[0].failed == 1
    assert [one.delivered for one in read_outboxes(tmp_path)] == [2]


def test_notices_arrive_in_order_and_once(tmp_path: Path) -> None:
    channel = Flaky()
    channel.fails = 3
    notifier = Notifier([channel], tmp_path, pause=0.001)
    notifier.start()
    for number in (1, 2, 2, 3, 1):
        notifier.tell(notice(number))
    wait_for(lambda: len(channel.taken) == 3)
    notifier.close()
    assert channel.taken == ["n-1", "n-2", "n-3"]
    [state] = read_outboxes(tmp_path)
    assert (state.delivered, state.failed, state.attempts, state.waiting) == (3, 3, 0, ())


def test_a_channel_that_hangs_blocks_neither_the_caller_nor_the_others(tmp_path: Path) -> None:
    hung, well = Flaky(), Flaky()
    hung.name, well.name = "hung", "well"
    hung.gate.clear()
    notifier = Notifier([hung, well], tmp_path)
    notifier.start()
    for number in range(1000):
        notifier.tell(notice(number))
    wait_for(lambda: well.taken[-1:] == ["n-999"])
    notifier.close(0.05)
    hung.gate.set()


def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path) -> None:
    channel = Flaky()
    channel.fails = 10**9
    notifier = Notifier([channel], tmp_path, pause=0.001)
    notifier.start()
    notifier.tell(notice(1))
    notifier.tell(notice(2))
    wait_for(lambda: notifier.states()[0].is_dead)
    notifier.close()
    [state] = read_outboxes(tmp_path)
    assert state.is_dead
    assert state.error == "down"
    channel.fails = 0
    again = Notifier([channel], tmp_path)
    again.start()
    again.tell(notice(1))
    wait_for(lambda: len(channel.taken) == 2)
    again.close()
    assert channel.taken == ["n-1", "n-2"]
    assert not again.states()[0].is_dead


def test_a_disk_that_refuses_does_not_stop_the_delivery(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Flaky()
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    notifier = Notifier([channel], blocked)
    notifier.start()
    notifier.tell(notice(1))
    wait_for(lambda: channel.taken == ["n-1"])
    notifier.close()
    assert "outbox of flaky was not written" in caplog.text


def test_two_processes_do_not_deliver_from_one_outbox_at_once(tmp_path: Path) -> None:
    """The first one is slow; the second one waits, then tells what the first one left too."""
    first, second = Flaky(), Flaky()
    first.fails = 10**9
    one = Notifier([first], tmp_path, pause=0.001)
    one.start()
    one.tell(notice(1))
    wait_for(lambda: one.states()[0].is_dead)
    two = Notifier([second], tmp_path)
    two.start()
    two.tell(notice(2))
    time.sleep(0.05)
    assert second.taken == []
    one.close()
    wait_for(lambda: second.taken == ["n-1", "n-2"])
    two.close()
    [state] = read_outboxes(tmp_path)
    assert (state.waiting, state.delivered) == ((), 2)


@pytest.mark.parametrize("content", [b"", b"{", b'{"channel": 1}', b"\xff"])
def test_a_damaged_outbox_begins_anew(tmp_path: Path, content: bytes) -> None:
    outbox_file(tmp_path, "flaky").write_bytes(content)
    channel = Flaky()
    notifier = Notifier([channel], tmp_path)
    notifier.start()
    notifier.tell(notice(1))
    wait_for(lambda: channel.taken == ["n-1"])
    notifier.close()


# --- the rules ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 400), max_size=500))
def test_an_outbox_is_bounded_and_loses_nothing_in_silence(numbers: list[int]) -> None:
    state = Outbox(channel="x")
    for number in numbers:
        state = with_new(state, [notice(number)])
    assert len(state.waiting) <= MOST_WAITING
    assert len(state.waiting) + state.lost == len(set(numbers))
    assert len({one.id for one in state.waiting}) == len(state.waiting)


def test_pauses_grow_to_ten_minutes_and_a_notice_is_given_up_in_the_end() -> None:
    state = with_new(Outbox(channel="x"), [notice(1), notice(2)])
    now, pauses = 100.0, []
    for _ in range(MOST_ATTEMPTS):
        state = after_failure(state, "down", now)
        pauses.append((state.retry_at or now) - now)
        assert state.is_dead == (state.attempts >= DEAD_AFTER)
        now += pauses[-1]
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == 600
    assert 5 * 3600 < now < 6 * 3600
    assert [one.id for one in state.waiting] == ["n-2"]
    assert (state.lost, state.failed) == (1, MOST_ATTEMPTS)
    healed = after_delivery(state, now)
    assert (healed.waiting, healed.is_dead, healed.error) == ((), False, "")


@pytest.mark.parametrize(
    ("retry_at", "now", "left"),
    [(None, 5.0, 0.0), (10.0, 4.0, 6.0), (10.0, 10.0, 0.0), (10.0, 99.0, 0.0), (5000.0, 5.0, 0.0)],
)
def test_a_step_of_the_clock_does_not_put_a_retry_off(
    retry_at: float | None, now: float, left: float
) -> None:
    state = Outbox(channel="x", waiting=(notice(1),), retry_at=retry_at)
    assert due_in(state, now) == left
    assert due_in(msgspec.structs.replace(state, waiting=()), now) is None


def test_a_notice_is_cut_to_its_bounds() -> None:
    long = Notice(id="1", at=0.0, kind="x", title="a\r\nb " + "t" * 900, text="x" * 90_000)
    [kept] = with_new(Outbox(channel="x"), [long]).waiting
    assert kept.title.startswith("a b t")
    assert (len(kept.title), len(kept.text)) == (200, 4000)
