"""Numbers that several processes count in memory that all can read."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.http import counters
from frontrunner.http.counters import Counters, new_segment
from frontrunner.http.metrics import Metrics


def test_totals_are_the_sums_over_all_segments() -> None:
    segments = [new_segment(), new_segment()]
    one, two = (Counters(segments, own) for own in range(2))
    one.values(("a", "x"), 2)[1] += 3
    two.values(("a", "x"), 2)[0] += 1
    two.values(("b",), 1)[0] += 5
    expected = {("a", "x"): [1.0, 3.0], ("b",): [5.0]}
    assert one.totals() == two.totals() == expected


def test_a_replacement_goes_on_where_the_dead_process_stopped() -> None:
    segments = [new_segment()]
    Counters(segments, 0).values(("a",), 1)[0] += 2
    after = Counters(segments, 0)
    after.values(("a",), 1)[0] += 1
    assert after.totals() == {("a",): [3.0]}


def test_another_process_reads_what_one_counts() -> None:
    segments = [new_segment(), new_segment()]
    pid = os.fork()
    if not pid:
        Counters(segments, 1).values(("child",), 1)[0] += 7
        os._exit(0)
    os.waitpid(pid, 0)
    assert Counters(segments, 0).totals() == {("child",): [7.0]}


def test_without_memory_for_more_labels_the_server_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counters, "_SIZE", 64)
    one = Counters([new_segment()], 0)
    one.values(("a",), 1)[0] += 1
    one.values(("b" * 100,), 1)[0] += 1
    assert one.totals() == {("a",): [1.0]}
    assert "no memory to count" in caplog.text


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_characters="\0"), max_size=20), st.integers(0, 1)),
        max_size=50,
    )
)
def test_every_count_arrives(counts: list[tuple[str, int]]) -> None:
    segments = [new_segment(), new_segment()]
    both = [Counters(segments, own) for own in range(2)]
    for label, own in counts:
        both[own].values((label,), 1)[0] += 1
    labels = [label for label, _ in counts]
    assert both[0].totals() == {(one,): [float(labels.count(one))] for one in labels}


def test_metrics_are_those_of_all_processes() -> None:
    segments = [new_segment(), new_segment()]
    one, two = (Metrics(segments, own) for own in range(2))
    one.series("GET", "/x", 200).record(100, 0.003)
    two.series("GET", "/x", 200).record(50, 3.0)
    two.select("task", "T1")
    for text in (one.render().decode(), two.render().decode()):
        labels = 'handler="/x",method="GET",status="200"'
        assert f"http_requests_total{{{labels}}} 2.0" in text
        assert f"http_response_bytes_total{{{labels}}} 150.0" in text
        assert 'mteb_task_selections_total{name="T1"} 1.0' in text
        assert (
            'duration_seconds_bucket{handler="/x",le="0.005",method="GET",status="200"} 1.0' in text
        )
        assert (
            'duration_seconds_bucket{handler="/x",le="+Inf",method="GET",status="200"} 2.0' in text
        )
