"""The step that finds the masters of the generation that a job cuts again."""

from services.common.assets import master_of
from services.common.errors import MasterNotFound
from services.jobs.source import Source
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work


async def find(work: Work, report: StepReporter) -> None:
    """Take over the masters of the generation. It may have been deleted since the job was created.

    Raises GenerationNotFound, MasterNotFound.
    """
    source = work.spec.source or Source()
    record = await work.ports.store.record(work.spec.user_id, source.generation_id)
    if not master_of(record.purchases, source.master):
        raise MasterNotFound("The generation has no such master.")
    work.checkpoint.purchases[:] = record.purchases
    await report.save(done=1, text="Found the image")
