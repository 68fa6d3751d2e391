"""What is delivered of a job that has made some things and can't make the rest."""

from collections.abc import Iterator

from services.common.errors import AppError
from services.jobs.plan import plan
from services.jobs.values import PartFailure, Result
from services.worker.pipeline.record import remember
from services.worker.pipeline.results import result_of
from services.worker.pipeline.shortfall import failure_of
from services.worker.pipeline.work import Work


async def partial_result(work: Work, error: AppError) -> Result | None:
    """Return what can be delivered of a job that `error` has ended; None if that is nothing.

    It is in the history by then.
    """
    if not work.images:
        return None
    try:
        await remember(work)
    except AppError:
        return None
    return result_of(work, tuple(_failures(work, error)))


def _failures(work: Work, error: AppError) -> Iterator[PartFailure]:
    """Yield what is missing: for its own reason, or because the attempt did not get that far."""
    images = work.checkpoint.images
    for planned in plan(work.spec):
        cause = work.shortfall.masters.get(planned.number, error)
        if not work.master_for(planned):
            yield PartFailure(master=planned.number, failure=failure_of(cause))
        for target in planned.targets:
            if target.id not in images:
                why = work.shortfall.targets.get(target.id, cause)
                yield PartFailure(target=target.id, failure=failure_of(why))
