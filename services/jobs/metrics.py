"""Counts how jobs end, in both processes of the gateway."""

import time

from prometheus_client import CollectorRegistry

from services.common.metrics import JOB_DURATION, JOBS, counter, histogram
from services.jobs.values import Status, created_at


class JobMetrics:
    """Called with each move that has been made; see Moves."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = counter(JOBS, registry)
        self._duration = histogram(JOB_DURATION, registry)

    def moved(self, job_id: str, status: Status) -> None:
        """Count a job that ended or was delayed."""
        self._jobs.labels(status).inc()
        if status is Status.COMPLETED:
            self._duration.observe(time.time() - created_at(job_id).timestamp())
