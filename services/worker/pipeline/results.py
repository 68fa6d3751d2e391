"""What has come out of a job."""

from services.jobs.values import PartFailure, Result
from services.worker.pipeline.work import Work


def result_of(work: Work, failures: tuple[PartFailure, ...] = ()) -> Result:
    """Return what the job has made so far as its result."""
    return Result(
        generation_id=work.generation_id,
        purchases=tuple(work.checkpoint.purchases),
        images=work.images,
        failures=failures,
    )
