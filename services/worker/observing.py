"""Spans of attempts, and how long each step takes."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from services.common import context
from services.common.metrics import (
    JOB_STEP,
    histogram,
)
from services.common.spans import Told
from services.common.telemetry import Telemetry
from services.jobs.claim import Claim


class Observing:
    """Runs attempts and their steps, and records spans and durations."""

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
