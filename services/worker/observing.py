"""Metrics and spans of attempts: what is bought, how long each step takes."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from prometheus_client import CollectorRegistry

from services.common import context
from services.common.assets import ProviderCall
from services.common.errors import all_errors
from services.common.metrics import (
    JOB_STEP,
    PROVIDER_CALLS,
    PROVIDER_TOKENS,
    SPEND,
    counter,
    histogram,
)
from services.common.spans import Told
from services.common.telemetry import Telemetry
from services.jobs.claim import Claim
from services.jobs.spend.prices import PriceTable
from services.worker.pipeline.ports import Spending

_OUTCOMES = {"ok", *(kind.code for kind in all_errors())}
_OTHER = "other"


class Observing:
    """Runs attempts and their steps under the eyes of whoever watches."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._span = telemetry.span
        self._steps = histogram(JOB_STEP, telemetry.registry)

    def attempt(self, claim: Claim) -> AbstractContextManager[Told]:
        """One attempt, in the trace of the request that created the job."""
        context.set_traceparent(claim.traceparent)
        facts: dict[str, str | int] = {
            "snapasset.job_id": claim.job_id,
            "snapasset.attempt": claim.attempt,
            "snapasset.request_id": claim.request_id,
        }
        return self._span("attempt", "CONSUMER", facts)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step of an attempt."""
        began = time.monotonic()
        try:
            with self._span(name, "INTERNAL", {}):
                yield
        finally:
            self._steps.labels(name).observe(time.monotonic() - began)


class MeteredSpending:
    """A Spending that counts what goes into the books."""

    def __init__(self, books: Spending, prices: PriceTable, registry: CollectorRegistry) -> None:
        self._books = books
        self._prices = prices
        self._calls = counter(PROVIDER_CALLS, registry)
        self._tokens = counter(PROVIDER_TOKENS, registry)
        self._spend = counter(SPEND, registry)

    def note(self, owner: str, call: ProviderCall) -> None:
        """See ports.Spending."""
        self._books.note(owner, call)
        # The image API says what the model is called: only names that we know become labels.
        model = self._prices.row(call.model) or _OTHER
        self._calls.labels(model, call.outcome if call.outcome in _OUTCOMES else _OTHER).inc()
        self._tokens.labels(model, "input").inc(call.input_tokens)
        self._tokens.labels(model, "output").inc(call.output_tokens)
        self._spend.labels(model).inc(call.cost_micros / 1e6)
