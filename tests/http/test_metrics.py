"""Metrics: what is counted, under which labels, and that processes add up."""

from __future__ import annotations

import re

import pytest

from frontrunner.http.counters import new_segment
from frontrunner.http.metrics import Metrics
from frontrunner.snapshot.reader import Snapshot


def value(metrics: Metrics, line: str) -> float:
    """The value of a line of the exposition."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", metrics.render().decode(), re.MULTILINE)
    assert found, line
    return float(found[1])


LABELS = '{handler="/v1/tasks",method="GET",status="200"}'


def test_requests_bytes_and_seconds_are_counted() -> None:
    metrics = Metrics()
    for seconds in (0.0004, 0.003, 9.0):
        metrics.series("GET", "/v1/tasks", 200).record(100, seconds)
    metrics.series("GET", "/v1/tasks", 200).add(7)
    assert value(metrics, f"http_requests_total{LABELS}") == 3
    assert value(metrics, f"http_response_bytes_total{LABELS}") == 307
    assert value(metrics, f"http_request_duration_seconds_count{LABELS}") == 3
    assert value(metrics, f"http_request_duration_seconds_sum{LABELS}") == pytest.approx(9.0034)
    for bound, count in (("0.0005", 1), ("0.005", 2), ("2.5", 2), ("+Inf", 3)):
        labels = f'{{handler="/v1/tasks",le="{bound}",method="GET",status="200"}}'
        assert value(metrics, f"http_request_duration_seconds_bucket{labels}") == count


def test_methods_that_nobody_knows_share_a_label() -> None:
    metrics = Metrics()
    for method in ("BREW", "X" * 1_000):
        metrics.series(method, "/x", 405).record(0, 0.1)
    line = 'http_requests_total{handler="/x",method="<other>",status="405"}'
    assert value(metrics, line) == 2


def test_selections_are_counted_by_name() -> None:
    metrics = Metrics()
    for name in ("org/a", "org/a", "org/b"):
        metrics.select("model", name)
    metrics.select("task", "org/a")
    assert value(metrics, 'mteb_model_selections_total{name="org/a"}') == 2
    assert value(metrics, 'mteb_model_selections_total{name="org/b"}') == 1
    assert value(metrics, 'mteb_task_selections_total{name="org/a"}') == 1


def test_processes_add_up() -> None:
    segments = [new_segment(), new_segment()]
    first, second = Metrics(segments, 0), Metrics(segments, 1)
    first.series("GET", "/v1/tasks", 200).record(1, 0.1)
    second.series("GET", "/v1/tasks", 200).record(2, 0.1)
    for one in (first, second):
        assert value(one, f"http_requests_total{LABELS}") == 2
        assert value(one, f"http_response_bytes_total{LABELS}") == 3


def test_the_snapshot_is_described(snapshot: Snapshot) -> None:
    metrics = Metrics()
    metrics.serve(snapshot)
    text = metrics.render().decode()
    assert f'id="{snapshot.id}"' in text
    assert value(metrics, 'frontrunner_snapshot_count{what="models"}') == 2
    assert value(metrics, 'frontrunner_snapshot_count{what="rows"}') == 4
