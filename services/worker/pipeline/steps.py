"""The steps of a job, in the order and with the progress of the API guide.

Each step may be repeated after a crash: what it makes has a key that derives from the job, and
what was done is in the checkpoint, which is written before the next step begins.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.common.errors import AppError
from services.jobs.values import Result, generation_id
from services.worker.pipeline.buy import buy
from services.worker.pipeline.cut import cut
from services.worker.pipeline.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step and the progress, 0 to 100, at which it ends."""

    name: str
    ends_at: int
    do: Callable[[Run], Awaitable[None]]


async def start(run: Run) -> None:
    """Say that work has begun."""
    await run.reporter.report(progress=2, message="Starting")


async def record(run: Run) -> None:
    """Save the generation record."""
    await run.remember()
    await run.reporter.report(message="Saved to the history")


STEPS = (
    Step(name="start", ends_at=10, do=start),
    Step(name="buy", ends_at=40, do=buy),
    Step(name="record", ends_at=50, do=record),
    Step(name="cut", ends_at=99, do=cut),
)
"""100 is told by the move to completed, once the outcome is stored."""


async def run_steps(run: Run) -> Result:
    """Run all steps and return what came out. Raises AppError, LeaseLost."""
    try:
        for step in STEPS:
            with run.around_step(step.name):
                await step.do(run)
            await run.reporter.report(progress=step.ends_at)
    except AppError:
        await run.save()  # what the failed calls cost is known even if nothing came of them
        raise
    return Result(
        generation_id=generation_id(run.job_id),
        purchases=tuple(run.checkpoint.purchases),
        images=run.images,
    )
