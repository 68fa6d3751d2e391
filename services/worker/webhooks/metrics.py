"""Counts the calls to webhooks."""

from prometheus_client import CollectorRegistry

from services.common.metrics import WEBHOOK_CALL, WEBHOOK_CALLS, counter, histogram
from services.worker.webhooks.post import CallKind


class WebhookMetrics:
    """What became of calls, and how long they took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = counter(WEBHOOK_CALLS, registry)
        self._seconds = histogram(WEBHOOK_CALL, registry)

    def tried(self, kind: CallKind, seconds: float) -> None:
        """Count a call."""
        self._calls.labels(kind).inc()
        self._seconds.observe(seconds)
