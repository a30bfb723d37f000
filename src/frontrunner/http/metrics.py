"""Metrics for Prometheus, with the names of mteb's service if it has the same metric."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from frontrunner.http.counters import Counters, Labels, new_segment
from frontrunner.snapshot.reader import Snapshot

if TYPE_CHECKING:
    from frontrunner.http.counters import Values

_LATENCY = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_REQUEST = "request"
_KINDS = ("benchmark", "task", "model")
_COUNTS = (
    "files_seen",
    "files_used",
    "files_rejected",
    "files_set_aside",
    "rows",
    "models",
    "tasks",
    "benchmarks",
)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Series:
    """What one route, method and status has done."""

    __slots__ = ("_values",)

    LENGTH = 3 + len(_LATENCY) + 1
    """Requests, bytes, seconds, and requests by latency."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def record(self, sent: int, seconds: float) -> None:
        """Count one request."""
        values = self._values
        values[0] += 1
        values[1] += sent
        values[2] += seconds
        values[3 + bisect_left(_LATENCY, seconds)] += 1

    def add(self, sent: int) -> None:
        """Count a part of a body that follows."""
        self._values[1] += sent


class Gauge(NamedTuple):
    """Numbers of this moment, by the values of some labels."""

    name: str
    about: str
    labels: Labels
    values: dict[Labels, float]


class Metrics(Collector):
    """The counters of all server processes, and what this one serves."""

    def __init__(self, segments: Sequence[mmap.mmap] = (), own: int = 0) -> None:
        """`segments` hold the counters of all processes; `own` is the place of this one's."""
        self._counters = Counters(segments or [new_segment()], own)
        self._series: dict[tuple[str, str, int], Series] = {}
        self._gauges: list[Gauge] = []
        self.registry = CollectorRegistry()
        """What this process adds to the counters of all."""
        self.registry.register(self)

    def serve(self, snapshot: Snapshot, checked_at: float | None = None) -> None:
        """Describe the snapshot that is served from now on."""
        provenance = snapshot.manifest.provenance
        counts = provenance.counts
        self._gauges = [
            Gauge(
                "frontrunner_snapshot_info",
                "The snapshot being served; always 1.",
                ("id", "catalog"),
                {(snapshot.id, provenance.catalog): 1},
            ),
            Gauge(
                "frontrunner_snapshot_built_timestamp_seconds",
                "When the snapshot was built.",
                (),
                {(): snapshot.built_at},
            ),
            Gauge(
                "frontrunner_snapshot_checked_timestamp_seconds",
                "When an update last found the snapshot up to date with its sources.",
                (),
                {} if checked_at is None else {(): checked_at},
            ),
            Gauge(
                "frontrunner_snapshot_count",
                "What the snapshot holds.",
                ("what",),
                {(what,): getattr(counts, what) for what in _COUNTS},
            ),
            Gauge(
                "frontrunner_rejected_files",
                "Rejected result files, by reason.",
                ("reason",),
                {(reason,): count for reason, count in counts.rejected_by_reason.items()},
            ),
        ]

    def series(self, method: str, handler: str, status: int) -> Series:
        """The numbers of one method, route and status."""
        key = (method if method in _METHODS else "<other>", handler, status)
        found = self._series.get(key)
        if found is None:
            labels = (_REQUEST, key[0], handler, str(status))
            found = self._series[key] = Series(self._counters.values(labels, Series.LENGTH))
        return found

    def select(self, kind: str, name: str) -> None:
        """Count one request for a benchmark, task or model that exists."""
        self._counters.values((kind, name), 1)[0] += 1

    def render(self) -> bytes:
        """Everything in the exposition format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        """The families of this moment."""
        totals = self._counters.totals()
        yield from _requests(totals)
        yield from _selections(totals)
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.about, labels=gauge.labels)
            for labels, value in gauge.values.items():
                family.add_metric(labels, value)
            yield family


def _requests(totals: dict[Labels, list[float]]) -> Iterator[Metric]:
    labels = ("method", "handler", "status")
    requests = CounterMetricFamily(
        "http_requests", "HTTP requests by method, route and status.", labels=labels
    )
    sent = CounterMetricFamily(
        "http_response_bytes", "Bytes sent in response bodies.", labels=labels
    )
    seconds = HistogramMetricFamily(
        "http_request_duration_seconds",
        "Time from the request to the start of the response.",
        labels=labels,
    )
    bounds = [*map(str, _LATENCY), "+Inf"]
    for (kind, *names), values in totals.items():
        if kind == _REQUEST:
            count, size, total, *buckets = values
            requests.add_metric(names, count)
            sent.add_metric(names, size)
            by_latency = list(zip(bounds, accumulate(buckets), strict=True))
            seconds.add_metric(names, by_latency, total)
    yield from (requests, sent, seconds)


def _selections(totals: dict[Labels, list[float]]) -> Iterator[Metric]:
    for wanted in _KINDS:
        family = CounterMetricFamily(
            f"mteb_{wanted}_selections",
            f"Requests for a {wanted} by name.",
            labels=("name",),
        )
        for (kind, *names), values in totals.items():
            if kind == wanted:
                family.add_metric(names, values[0])
        yield family
