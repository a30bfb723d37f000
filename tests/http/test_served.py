"""Replies that are ready are bounded in bytes, and answered from as before."""

from __future__ import annotations

import pytest

from frontrunner.http import served as served_module
from frontrunner.http.app import Application
from frontrunner.snapshot.reader import Snapshot
from tests.http.conftest import call


def test_replies_are_evicted_before_they_fill_the_memory(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_module, "_CACHE_BYTES", 40_000)
    application = Application(snapshot)
    for number in range(40):
        path = f"/v1/rank?tasks=T1&min_params_b=-{number}"
        assert call(application, "GET", path).status_code == 200
        assert call(application, "GET", "/v1/benchmarks/All/scores").status_code == 200
    assert 0 < application.served.replies.weight <= 40_000
    assert application.served.ready.find(("/v1/benchmarks/All/scores",)) is not None


def test_requests_that_are_never_repeated_do_not_fill_the_memory(snapshot: Snapshot) -> None:
    application = Application(snapshot)
    for number in range(600):
        name = f"{number}-" + "x" * 240
        path = f"/v1/models?name={name}&" + f"model_types={'t' * 12_000}"
        assert call(application, "GET", path).status_code == 200
    assert application.served.bodies._cache.weight < 9 * 1024 * 1024


def test_a_query_that_is_too_long_is_not_even_read(snapshot: Snapshot) -> None:
    application = Application(snapshot)
    answer = call(application, "GET", f"/v1/models?name={'x' * 60_000}")
    assert answer.status_code == 414
    assert "too long" in answer.json()["detail"]
