"""The runner turns what steps say of themselves into what is said of the job."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import pytest

from services.common.errors import Unavailable
from services.jobs.values import JobSpec
from services.worker.pipeline.runner import Step, StepReporter, run_steps
from services.worker.pipeline.work import Work
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))


async def half(work: Work, report: StepReporter) -> None:
    await report.tell("Half of it", done=Fraction(1, 2))


async def failing(work: Work, report: StepReporter) -> None:
    raise Unavailable("It does not answer.")


async def test_half_of_a_step_is_half_of_its_range() -> None:
    world = World(SPEC)
    steps = (Step(name="one", ends_at=30, do=half), Step(name="two", ends_at=50, do=half))
    await run_steps(steps, world.work(), world)
    assert [told["progress"] for told in world.told] == [15, 30, 40, 50]


async def test_a_job_is_never_at_100_before_its_outcome_is_stored() -> None:
    world = World(SPEC)
    await run_steps((Step(name="all", ends_at=100, do=half),), world.work(), world)
    assert [told["progress"] for told in world.told] == [50, 99]


async def test_no_step_follows_one_that_fails_and_the_checkpoint_is_kept() -> None:
    world, begun = World(SPEC), []

    @contextmanager
    def around(name: str) -> Iterator[None]:
        begun.append(name)
        yield

    steps = (Step(name="one", ends_at=30, do=failing), Step(name="two", ends_at=50, do=half))
    with pytest.raises(Unavailable):
        await run_steps(steps, world.work(), world, around)
    assert begun == ["one"]
    assert world.kept != "{}"
