"""The table of all metrics, and how a process creates its own.

Nothing that identifies a caller or a job is ever a label: every label has few values.
"""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

RPC_REQUESTS = "snapasset_rpc_requests_total"
RPC_DURATION = "snapasset_rpc_duration_seconds"
QUEUE_DEPTH = "snapasset_queue_depth"
QUEUE_OLDEST = "snapasset_queue_oldest_seconds"
BATCHES_OPEN = "snapasset_batches_open"
BATCH_OLDEST = "snapasset_batch_oldest_seconds"
BATCH_WAITING = "snapasset_batch_urgency_waiting"
BATCH_WAIT = "snapasset_batch_urgency_oldest_seconds"
WATCHERS = "snapasset_watchers"
JOBS = "snapasset_jobs_total"
JOB_DURATION = "snapasset_job_duration_seconds"
JOB_STEP = "snapasset_job_step_seconds"
PROVIDER_CALLS = "snapasset_provider_calls_total"
PROVIDER_TOKENS = "snapasset_provider_tokens_total"
SPEND = "snapasset_spend_usd_total"
UNCERTAIN_PURCHASES = "snapasset_uncertain_purchases_total"
UNCERTAIN_SPEND = "snapasset_uncertain_spend_usd_total"
RENDITIONS = "snapasset_renditions_total"
WEBHOOK_CALLS = "snapasset_webhook_calls_total"
WEBHOOK_CALL = "snapasset_webhook_call_seconds"
WEBHOOK_PENDING = "snapasset_webhook_pending"
WEBHOOK_OLDEST = "snapasset_webhook_oldest_seconds"
WEBHOOK_LAG = "snapasset_webhook_lag_seconds"
WEBHOOK_FAILING = "snapasset_webhook_failing"
WEBHOOK_MISSED = "snapasset_webhook_missed"

_CALL = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600)
_JOB = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric; `by` names the processes that expose it. `buckets` are in seconds."""

    name: str
    kind: str
    labels: tuple[str, ...]
    by: str
    help: str
    buckets: tuple[float, ...] = ()


def _row(kind: str, name: str, labels: str, by: str, text: str, *buckets: float) -> Metric:
    words = tuple(labels.split())
    return Metric(name=name, kind=kind, labels=words, by=by, help=text, buckets=buckets)


METRICS = {
    metric.name: metric
    for metric in (
        _row("counter", RPC_REQUESTS, "method code", "every server",
             "calls that have ended; code is gRPC's, CANCELLED when the caller disconnected"),
        _row("histogram", RPC_DURATION, "method", "every server",
             "how long calls took, streams as a whole", *_CALL),
        _row("gauge", QUEUE_DEPTH, "status", "gateway",
             "jobs by status, read from Redis at each scrape; absent while Redis does not answer"),
        _row("gauge", QUEUE_OLDEST, "", "gateway",
             "how long the oldest waiting job has waited, 0 when none does, leaving out those of "
             "the urgency batch; absent like the above"),
        _row("gauge", BATCHES_OPEN, "", "gateway",
             "batches with unfinished jobs; absent like the above"),
        _row("gauge", BATCH_OLDEST, "", "gateway",
             "how old the oldest of them is, 0 when there is none"),
        _row("gauge", BATCH_WAITING, "", "gateway",
             "waiting jobs of the urgency batch"),
        _row("gauge", BATCH_WAIT, "", "gateway",
             "how long the oldest of them has waited, 0 when none does"),
        _row("gauge", WATCHERS, "", "gateway",
             "open streams of jobs"),
        _row("counter", JOBS, "status", "worker; gateway: cancelled",
             "jobs that completed, failed or were cancelled, and each time that one was delayed"),
        _row("histogram", JOB_DURATION, "", "worker",
             "time from a job's acceptance to its completion", *_JOB),
        _row("histogram", JOB_STEP, "step", "worker",
             "how long the steps of attempts took, failed ones too", *_JOB),
        _row("counter", PROVIDER_CALLS, "model outcome", "worker",
             "calls to image APIs; model is one that is configured; outcome is ok or the code of "
             "an error"),
        _row("counter", PROVIDER_TOKENS, "model kind", "worker",
             "tokens of these calls; kind is input or output"),
        _row("counter", SPEND, "model", "worker",
             "US dollars that they cost by the providers' prices"),
        _row("counter", UNCERTAIN_PURCHASES, "", "worker",
             "purchases that ended without anybody knowing whether they were charged"),
        _row("counter", UNCERTAIN_SPEND, "", "worker",
             "US dollars that these may have cost at most"),
        _row("counter", RENDITIONS, "format signed", "resizer",
             "finished renditions; format is jpeg, png, webp or avif; signed is yes or no"),
        _row("counter", WEBHOOK_CALLS, "outcome", "worker",
             "calls to webhooks; outcome is taken, refused, redirect, gone (410), silent (no "
             "answer in time), unreachable, or forbidden (an address that may not be called)"),
        _row("histogram", WEBHOOK_CALL, "", "worker",
             "how long these calls took", *_CALL),
        _row("gauge", WEBHOOK_PENDING, "", "gateway",
             "messages that their webhooks have not taken yet; absent while Redis does not answer, "
             "like the others of webhooks"),
        _row("gauge", WEBHOOK_OLDEST, "", "gateway",
             "how old the oldest of them is, 0 when there is none"),
        _row("gauge", WEBHOOK_LAG, "", "gateway",
             "how long the webhook that has waited longest for a sender has waited, leaving out "
             "those that fail"),
        _row("gauge", WEBHOOK_FAILING, "", "gateway",
             "webhooks whose last call failed"),
        _row("gauge", WEBHOOK_MISSED, "", "gateway",
             "messages that were never sent because too many were pending for their webhook; "
             "only grows"),
    )
}  # fmt: skip
"""All our metrics by name, in the order in which the documentation lists them."""


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """Create a counter from the table."""
    row = METRICS[name]
    return Counter(name, row.help, row.labels, registry=registry)


def histogram(name: str, registry: CollectorRegistry) -> Histogram:
    """Create a histogram from the table."""
    row = METRICS[name]
    return Histogram(name, row.help, row.labels, registry=registry, buckets=row.buckets)


def gauge(name: str) -> GaugeMetricFamily:
    """Create a gauge from the table for one scrape."""
    row = METRICS[name]
    return GaugeMetricFamily(name, row.help, labels=row.labels)


class CallMetrics:
    """Rate, errors and duration of every rpc of a server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = counter(RPC_REQUESTS, registry)
        self._duration = histogram(RPC_DURATION, registry)

    def ended(self, method: str, code: str, seconds: float) -> None:
        """Record a finished call."""
        name = method.removeprefix("/")
        self._requests.labels(name, code).inc()
        self._duration.labels(name).observe(seconds)
