"""Answers made on demand: kept within bounds, made once."""

from __future__ import annotations

import threading
import time

import pytest

from frontrunner.answers.service import AnswerCache
from frontrunner.http import app as application_module
from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from tests.http.conftest import call


def test_an_answer_is_made_once_however_many_ask() -> None:
    cache, made = AnswerCache(), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"body"

    threads = [threading.Thread(target=cache.get, args=("key", make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert cache.get("key", make).identity == b"body"


def test_the_least_recently_used_goes_first() -> None:
    cache, made = AnswerCache(capacity=25), []

    def make(name: str) -> bytes:
        made.append(name)
        return b"0123456789"

    for name in ("a", "b", "a", "c", "a", "b"):
        cache.get(name, lambda name=name: make(name))  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]


def test_what_is_ready_is_let_go_before_it_fills_the_memory(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application_module, "_HELD_BYTES", 20_000)
    application = Application(snapshot)
    for number in range(40):
        path = f"/v1/rank?tasks=T1&min_params_b=-{number}"
        assert call(application, "GET", path).status_code == 200
        assert call(application, "GET", "/v1/benchmarks/All/scores").status_code == 200
    held = sum(len(reply._answer.identity) for reply in application.served.replies.values())
    assert held <= 20_000
