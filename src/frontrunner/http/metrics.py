"""What the server tells Prometheus. Names are those of mteb's service where it has them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from frontrunner.snapshot.reader import Snapshot

_LATENCY = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
MEDIA_TYPE = CONTENT_TYPE_LATEST


class Series:
    """What one route, method and status has done. Plain numbers: one thread counts them."""

    __slots__ = ("buckets", "bytes", "requests", "seconds")

    def __init__(self) -> None:
        self.requests = 0
        self.bytes = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(_LATENCY) + 1)

    def record(self, sent: int, seconds: float) -> None:
        """Count one request."""
        self.requests += 1
        self.bytes += sent
        self.seconds += seconds
        self.buckets[bisect_left(_LATENCY, seconds)] += 1

    def add(self, sent: int) -> None:
        """Count a part of a body that follows."""
        self.bytes += sent


class _Requests(Collector):
    """Turns the plain numbers into Prometheus' families when they are asked for."""

    def __init__(self, series: dict[tuple[str, str, str], Series]) -> None:
        self._series = series

    def collect(self) -> Iterator[Metric]:
        """The families, made from the numbers of this moment."""
        labels = ("method", "handler", "status")
        requests = CounterMetricFamily(
            "http_requests", "HTTP requests by method, route and status.", labels=labels
        )
        sent = CounterMetricFamily("http_response_bytes", "Bytes of bodies sent.", labels=labels)
        seconds = HistogramMetricFamily(
            "http_request_duration_seconds",
            "From the request to the start of the answer.",
            labels=labels,
        )
        for names, one in list(self._series.items()):
            requests.add_metric(names, one.requests)
            sent.add_metric(names, one.bytes)
            bounds = [*map(str, _LATENCY), "+Inf"]
            counts = accumulate(one.buckets)
            seconds.add_metric(names, list(zip(bounds, counts, strict=True)), one.seconds)
        yield from (requests, sent, seconds)


class Metrics:
    """One server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._series: dict[tuple[str, str, str], Series] = {}
        self.registry.register(_Requests(self._series))
        self.selections = {
            kind: Counter(
                f"mteb_{kind}_selections_total",
                f"Times a {kind} was asked for by name.",
                ("name",),
                registry=self.registry,
            )
            for kind in ("benchmark", "task", "model")
        }
        self.snapshot = Gauge(
            "frontrunner_snapshot_info",
            "The snapshot being served; always 1.",
            ("id", "catalog"),
            registry=self.registry,
        )
        self.built_at = Gauge(
            "frontrunner_snapshot_built_timestamp_seconds",
            "When the snapshot was built.",
            registry=self.registry,
        )
        self.counts = Gauge(
            "frontrunner_snapshot_count",
            "What the snapshot holds.",
            ("what",),
            registry=self.registry,
        )
        self.rejected = Gauge(
            "frontrunner_rejected_files",
            "Result files that give no rows, by reason.",
            ("reason",),
            registry=self.registry,
        )

    def serve(self, snapshot: Snapshot) -> None:
        """Describe the snapshot that is served from now on."""
        provenance = snapshot.manifest.provenance
        self.snapshot.clear()
        self.snapshot.labels(snapshot.id, provenance.catalog).set(1)
        self.built_at.set(snapshot.built_at)
        self.rejected.clear()
        for reason, count in provenance.counts.rejected_by_reason.items():
            self.rejected.labels(reason).set(count)
        for what in (
            "files_seen",
            "files_used",
            "files_rejected",
            "files_set_aside",
            "rows",
            "models",
            "tasks",
            "benchmarks",
        ):
            self.counts.labels(what).set(getattr(provenance.counts, what))

    def series(self, method: str, handler: str, status: int) -> Series:
        """The numbers of one method, route and status."""
        key = (method if method in _METHODS else "<other>", handler, str(status))
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = Series()
        return found

    def select(self, kind: str, name: str) -> None:
        """Count one request for a benchmark, task or model that exists."""
        self.selections[kind].labels(name).inc()

    def render(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
