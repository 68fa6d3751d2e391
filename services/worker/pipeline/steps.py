"""The steps of a job, in the order and with the progress of the API guide.

Each step may be repeated after a crash: what it makes has a key derived from the job, and what is
done is in the checkpoint, which is written before the next step begins.
"""

from collections.abc import Sequence

from services.jobs.values import JobSpec
from services.worker.pipeline.buy import buy
from services.worker.pipeline.cut import cut
from services.worker.pipeline.find import find
from services.worker.pipeline.record import record
from services.worker.pipeline.runner import Step
from services.worker.pipeline.start import start
from services.worker.pipeline.take import take

STEPS = (
    Step(name="start", ends_at=10, do=start),
    Step(name="buy", ends_at=40, do=buy),
    Step(name="record", ends_at=50, do=record),
    Step(name="cut", ends_at=100, do=cut),
)

STEPS_OF_CUTTING_AGAIN = (
    Step(name="start", ends_at=10, do=start),
    Step(name="find", ends_at=20, do=find),
    Step(name="cut", ends_at=100, do=cut),
)

STEPS_OF_AN_UPLOAD = (
    Step(name="start", ends_at=10, do=start),
    Step(name="take", ends_at=40, do=take),
    Step(name="record", ends_at=50, do=record),
    Step(name="cut", ends_at=100, do=cut),
)


def steps_of(spec: JobSpec) -> Sequence[Step]:
    """Return the steps of a job."""
    if spec.cuts_again:
        return STEPS_OF_CUTTING_AGAIN
    return STEPS_OF_AN_UPLOAD if spec.source else STEPS
