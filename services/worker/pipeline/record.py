"""The step that saves the generation record, which outlives the job."""

from services.common.charge import Charge
from services.jobs.values import created_at
from services.leaves.records import GenerationRecord
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work


async def record(work: Work, report: StepReporter) -> None:
    """Save the record of what was bought."""
    await remember(work)
    await report.tell("Saved to the history")


async def remember(work: Work) -> None:
    """Save a record of everything finished so far, or add it to the one that there is."""
    if work.spec.cuts_again:
        await work.ports.store.add_renditions(
            work.spec.user_id, work.generation_id, work.job_id, work.images
        )
        return
    if not work.checkpoint.purchases:  # given up since: the history keeps what it was told
        return
    ok = [call for call in work.checkpoint.calls if call.outcome == "ok"]
    paid = [call for call in work.checkpoint.calls if call.charge is Charge.CHARGED]
    await work.ports.store.save(
        GenerationRecord(
            generation_id=work.generation_id,
            job_id=work.job_id,
            user_id=work.spec.user_id,
            prompt=work.spec.prompt,
            options=work.spec.options,
            purchases=tuple(work.checkpoint.purchases),
            images=work.images,
            created_at=created_at(work.job_id),
            input_tokens=sum(call.input_tokens for call in ok),
            output_tokens=sum(call.output_tokens for call in ok),
            request_ids=[call.request_id for call in ok],
            stand_in=any(call.stand_in for call in ok),
            cost_micros=sum(call.cost_micros for call in paid),
        )
    )
