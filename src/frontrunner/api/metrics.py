"""What the server tells Prometheus. Names are those of mteb's service where it has them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from frontrunner.snapshot.reader import Snapshot

_LATENCY = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
MEDIA_TYPE = CONTENT_TYPE_LATEST


class _Series:
    """The counters of one method, route and status, looked up once."""

    __slots__ = ("bytes", "requests", "seconds")

    def __init__(self, metrics: Metrics, method: str, handler: str, status: int) -> None:
        self.requests = metrics.requests.labels(method, handler, str(status))
        self.bytes = metrics.bytes.labels(method, handler, str(status))
        self.seconds = metrics.seconds.labels(method, handler)


class Metrics:
    """One server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "handler", "status")
        self.requests = Counter(
            "http_requests_total",
            "HTTP requests by method, route and status.",
            labels,
            registry=self.registry,
        )
        self.bytes = Counter(
            "http_response_bytes_total", "Bytes of bodies sent.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "From the request to the start of the answer.",
            labels[:2],
            buckets=_LATENCY,
            registry=self.registry,
        )
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
        self._series: dict[tuple[str, str, int], _Series] = {}

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
            "boards",
        ):
            self.counts.labels(what).set(getattr(provenance.counts, what))

    def record(self, method: str, handler: str, status: int, sent: int, seconds: float) -> None:
        """Count one request."""
        series = self._series.get((method, handler, status))
        if series is None:
            series = self._series[method, handler, status] = _Series(self, method, handler, status)
        series.requests.inc()
        series.bytes.inc(sent)
        series.seconds.observe(seconds)

    def select(self, kind: str, name: str) -> None:
        """Count one request for a benchmark, task or model that exists."""
        self.selections[kind].labels(name).inc()

    def render(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
