"""The step that reports that work has begun."""

from fractions import Fraction

from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work


async def start(work: Work, report: StepReporter) -> None:
    """Say so."""
    await report.tell("Starting", done=Fraction(1, 5))
