"""What the gateway counts by side, from Envoy's logs: requests, attempts, failures, fallbacks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.samples import Sample

from frontrunner.gateway.admin import Host
from frontrunner.gateway.control import Seen
from frontrunner.gateway.logs import AttemptLine, RequestLine
from frontrunner.gateway.shadow.tally import Tally
from frontrunner.gateway.state import GatewayState
from frontrunner.gateway.status import Totals

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SIDES = ("old", "new")


class Counts:
    """The metrics of one supervisor, and the same totals as plain numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests of users, by the board that was asked first.", "asked", "status"
        )
        self.attempts = self._counter("attempts", "Attempts, by board.", "side")
        self.failures = self._counter(
            "failures", "Failed attempts, by board: no answer, or 500 and more.", "side"
        )
        self.fallbacks = self._counter(
            "fallbacks", "Requests that the old board answered because the new board failed."
        )
        self.failed = self._counter(
            "failed_requests", "Requests that no board answered with a status below 500.", "asked"
        )
        self.unreadable = self._counter("unreadable_lines", "Log lines that could not be read.")
        self.restarts = self._counter("envoy_restarts", "Restarts of Envoy.", "why")
        self.seconds = Histogram(
            "frontrunner_gateway_request_seconds",
            "Seconds until the last byte, by the board that answered.",
            ["side"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.share_asked = self._gauge(
            "share_asked", "Share of visitors on the new board as last set, 0-1."
        )
        self.share_seen = self._gauge("share_seen", "The same as Envoy reports it; -1: down.")
        self.healthy = self._gauge("healthy_addresses", "Addresses that are healthy.", "side")
        self.ejected = self._gauge("ejected_addresses", "Addresses ejected after failures.", "side")
        self.active = self._gauge("active_requests", "Requests and streams under way.", "side")
        self.shadows = self._gauge("shadows", "Shadows compared since the start.", "verdict")
        self.certificate_until = self._gauge(
            "certificate_until_seconds",
            "When the certificate expires, in seconds since the epoch; 0: it is not valid or "
            "not set.",
        )
        for side in _SIDES:
            for counter in (self.attempts, self.failures):
                counter.labels(side)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"frontrunner_gateway_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"frontrunner_gateway_{name}", text, labels, registry=self.registry)

    def request(self, line: RequestLine) -> None:
        """Count one request."""
        status = line.status or 0
        self.requests.labels(line.asked, f"{status // 100}xx" if status else "none").inc()
        if line.fell_back:
            self.fallbacks.inc()
        if line.asked != "own" and not line.gone and (not status or status >= 500):
            self.failed.labels(line.asked).inc()
        if line.side in _SIDES and line.ms is not None:
            self.seconds.labels(line.side).observe(line.ms / 1000)

    def attempt(self, line: AttemptLine) -> None:
        """Count one attempt."""
        if line.side in _SIDES:
            self.attempts.labels(line.side).inc()
            if line.failed:
                self.failures.labels(line.side).inc()

    def totals(self) -> Totals:
        """The counts so far."""
        requests: dict[str, int] = {}
        for sample in _samples(self.requests):
            asked = sample.labels["asked"]
            requests[asked] = requests.get(asked, 0) + int(sample.value)
        return Totals(
            requests=requests,
            attempts=_by_side(self.attempts),
            failures=_by_side(self.failures),
            fallbacks=_sum(self.fallbacks),
            failed=_sum(self.failed),
        )

    def observe_shadows(self, tally: Tally) -> None:
        """Note what the comparer has counted."""
        missed = {"error": tally.errors, "dropped": tally.dropped, "crashed": tally.crashed}
        for verdict, count in (tally.totals() | missed).items():
            self.shadows.labels(verdict).set(count)

    def observe(self, state: GatewayState, seen: Seen | None, hosts: list[Host]) -> None:
        """Note what was asked for, and what Envoy says."""
        self.share_asked.set(state.share / 10_000)
        self.share_seen.set(-1 if seen is None else seen.share / 10_000)
        for side in _SIDES:
            mine = [host for host in hosts if host.side == side]
            self.healthy.labels(side).set(sum(host.healthy for host in mine))
            self.ejected.labels(side).set(sum(host.ejected for host in mine))
            self.active.labels(side).set(sum(host.active for host in mine))


def _samples(counter: Counter) -> Iterator[Sample]:
    """The values of a counter by its labels."""
    for metric in counter.collect():
        yield from (one for one in metric.samples if one.name.endswith("_total"))


def _by_side(counter: Counter) -> dict[str, int]:
    return {one.labels["side"]: int(one.value) for one in _samples(counter)}


def _sum(counter: Counter) -> int:
    return int(sum(one.value for one in _samples(counter)))
