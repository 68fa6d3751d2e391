"""Runs the steps of a job: progress, checkpoint and log are the runner's, not the steps'."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.common.errors import AppError
from services.jobs.checkpoint import Checkpoint
from services.jobs.values import Result
from services.worker.pipeline.ports import Reporter
from services.worker.pipeline.results import result_of
from services.worker.pipeline.work import Work

_MOST_PERCENT = 99
"""100 is told by the move to completed, once the outcome is stored."""


class StepReporter:
    """What a step reports about itself. `done` is the part of the step, 0 to 1, that is done."""

    def __init__(
        self, reporter: Reporter, checkpoint: Checkpoint, begins_at: int, ends_at: int
    ) -> None:
        self._reporter = reporter
        self._checkpoint = checkpoint
        self._begins_at = begins_at
        self._ends_at = ends_at

    async def tell(self, message: str = "", *, done: Fraction | int | None = None) -> None:
        """Report how far the step has got, and what it is doing."""
        await self._reporter.report(progress=self._percent(done), message=message)

    async def log(self, text: str, *, done: Fraction | int | None = None) -> None:
        """Report a sentence that stays in the job's log."""
        await self._reporter.report(progress=self._percent(done), message=text, log=text)

    async def note(self, text: str) -> None:
        """Add a line to the job's log."""
        await self._reporter.report(log=text)

    async def preview(self, url: str) -> None:
        """Show a preview of the image."""
        await self._reporter.report(preview=url)

    async def save(self, *, done: Fraction | int | None = None, text: str = "") -> None:
        """Write the checkpoint, with a sentence for the job's log if there is one."""
        await self._reporter.report(
            progress=self._percent(done), message=text, log=text, checkpoint=self._checkpoint
        )

    def _percent(self, done: Fraction | int | None) -> int | None:
        if done is None:
            return None
        percent = self._begins_at + int((self._ends_at - self._begins_at) * done)
        return min(percent, _MOST_PERCENT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step, and the job's progress (0 to 100) at its end; it begins where the last one ends."""

    name: str
    ends_at: int
    do: Callable[[Work, StepReporter], Awaitable[None]]


async def run_steps(
    steps: Sequence[Step],
    work: Work,
    reporter: Reporter,
    around_step: Callable[[str], AbstractContextManager[Any]] = nullcontext,
) -> Result:
    """Run all steps, each inside `around_step` with its name. Raises AppError, LeaseLost.

    What a step could not make, while it made the rest, is raised at the end.
    """
    begins_at = 0
    for step in steps:
        report = StepReporter(reporter, work.checkpoint, begins_at, step.ends_at)
        try:
            with around_step(step.name):
                await step.do(work, report)
        except AppError:
            await report.save()  # what failed calls cost is recorded even if nothing came of them
            raise
        await report.tell(done=1)
        begins_at = step.ends_at
    if error := work.shortfall.error:
        raise error
    return result_of(work)
