"""The job of RQ's workers: it tells its progress as often as our pipeline, and waits."""

import time

from rq import get_current_job

REPORTS = 10
"""How often our pipeline reports a job for one platform."""


def work(seconds: float) -> None:
    """Do it."""
    job = get_current_job()
    assert job
    time.sleep(seconds)
    for number in range(REPORTS):
        job.meta["progress"] = 100 * (number + 1) // REPORTS
        job.save_meta()  # type: ignore[no-untyped-call]
