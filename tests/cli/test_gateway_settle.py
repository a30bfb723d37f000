"""`frontrunner gateway settle` while a stream of the old board is open."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from frontrunner.cli import gateway_move
from frontrunner.cli.output import say
from tests.gateway.conftest import PLAIN, Running, _one_gateway, gateway, side_of, until
from tests.gateway.test_supervise import run_here

__all__ = ["_one_gateway", "gateway"]
ALL = [f"data: old {number}" for number in range(20)]


@pytest.fixture
def home(gateway: Running, tmp_path: Path) -> Path:
    (tmp_path / "frontrunner.toml").write_text(
        f'[gateway]\nold = "{gateway.old.url}"\nnew = "{gateway.new.url}"\n'
        f'listen = "{gateway.settings.listen}"\nstate = "{gateway.control.place.folder}"\n'
    )
    return tmp_path


@contextmanager
def following(gateway: Running) -> Iterator[list[str]]:
    """The events of a stream that a page of the old board has open until it is not held any more.

    At the end it has ended.
    """
    events: list[str] = []
    gateway.old.is_held = True

    def follow() -> None:
        with httpx.stream("GET", f"{gateway.url}/stream", timeout=60, **PLAIN) as answer:
            events.extend(line for line in answer.iter_lines() if line)

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        until(lambda: gateway.control.admin().active_on_old() == 1)
        yield events
    finally:
        gateway.old.is_held = False
        follower.join()


def settle(home: Path, *words: str) -> tuple[object, str]:
    code, _, said = run_here("gateway", "settle", "--yes", *words, "--home", str(home))
    return code, said


def test_open_streams_end_before_their_paths_are_given_away(
    gateway: Running, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_and_let_end(text: str) -> None:
        say(text)
        gateway.old.is_held = False

    with following(gateway) as events:
        gateway.share(100)
        code, said = settle(home, "--wait", "0")
        assert (code, "1 open request, streams included. Pages" in said) == (6, True)
        assert gateway.control.seen().settled is False
        assert side_of(gateway.port, "/config") == "old"
        monkeypatch.setattr(gateway_move, "say", say_and_let_end)  # it waits now
        code, said = settle(home, "--wait", "60")
        assert code == 0
        assert "1 open request, streams included; waiting for at most 60 s" in said
        assert gateway.control.seen().settled is True
        assert gateway.control.admin().active_on_old() == 0
        assert side_of(gateway.port, "/config") == "new"
    assert events == ALL


def test_a_forced_one_does_not_wait_and_cuts_no_stream(gateway: Running, home: Path) -> None:
    with following(gateway) as events:
        code, _ = settle(home, "--force")
        assert code == 0
        assert gateway.control.seen().settled is True
        assert gateway.control.admin().active_on_old() == 1
    assert events == ALL
    state = json.loads((gateway.control.place.folder / "state.json").read_text())
    assert (state["share"], state["settled"]) == (10_000, True)
