from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from frontrunner.ops.notify import Outbox
from frontrunner.ops.notify_metrics import NotifyCollector


def test_a_dead_channel_is_seen_in_the_metrics() -> None:
    registry = CollectorRegistry()
    states = [
        Outbox(channel="mail", attempts=3, failed=7, lost=1),
        Outbox(channel="webhook", delivered=5),
    ]
    registry.register(NotifyCollector(lambda: states))
    lines = generate_latest(registry).decode().splitlines()
    for line in (
        'frontrunner_notify_up{channel="mail"} 0.0',
        'frontrunner_notify_up{channel="webhook"} 1.0',
        'frontrunner_notify_failed_total{channel="mail"} 7.0',
        'frontrunner_notify_lost_total{channel="mail"} 1.0',
        'frontrunner_notify_delivered_total{channel="webhook"} 5.0',
        'frontrunner_notify_waiting{channel="mail"} 0.0',
    ):
        assert line in lines
