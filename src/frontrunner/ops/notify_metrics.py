"""How the channels are, as metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from frontrunner.ops.notify import Outbox

_NAME = "frontrunner_notify"


class NotifyCollector(Collector):
    """Reads the states of all channels whenever metrics are asked for."""

    def __init__(self, states: Callable[[], Sequence[Outbox]]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """The metrics, one series for each channel."""
        up = GaugeMetricFamily(f"{_NAME}_up", "1, or 0 if the channel is dead.", labels=_LABEL)
        waiting = GaugeMetricFamily(f"{_NAME}_waiting", "Notices to deliver.", labels=_LABEL)
        counters = {
            name: CounterMetricFamily(f"{_NAME}_{name}", text, labels=_LABEL)
            for name, text in _COUNTERS.items()
        }
        for state in self._states():
            label = [state.channel]
            up.add_metric(label, not state.is_dead)
            waiting.add_metric(label, len(state.waiting))
            for name, counter in counters.items():
                counter.add_metric(label, getattr(state, name))
        yield from (up, waiting, *counters.values())


_LABEL = ("channel",)
_COUNTERS = {
    "delivered": "Notices delivered.",
    "failed": "Attempts that failed.",
    "lost": "Notices dropped or abandoned.",
}
