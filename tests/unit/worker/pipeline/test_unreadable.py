"""A bought image that cannot be decoded is kept, and bought again only by permission."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from services.common.errors import InvalidRequest, ProviderBadAnswer
from services.common.options import JobOptions
from services.common.pictures.flaws import FLAW, Flaw
from services.common.targets import Target
from services.jobs.groups import PER_ASPECT
from services.jobs.values import JobSpec
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.partial import partial_result
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import STEPS
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("instagram-post", "x-post"))


class Garbled(World):
    """A world whose resizer cannot read the images of these purchases."""

    garbled: tuple[bytes, ...] = (b"purchase 1 ",)
    flaw: Flaw = Flaw.BROKEN

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        data = b"".join([chunk async for chunk in master])
        if data.startswith(self.garbled):
            raise InvalidRequest("The image is broken.", facts={FLAW: self.flaw.name})

        async def again() -> AsyncIterator[bytes]:
            yield data

        async for one in super().resize(again(), size_bytes, targets, wishes):
            yield one

    def stored_masters(self) -> list[int]:
        """A master without its note is none."""
        return [1] if self.keys("purchase") else []

    def keys(self, word: str) -> list[str]:
        """Return the keys of stored objects with this word in their names."""
        return [key for key in self.objects if f"/{word}-1" in key]


async def test_it_is_kept_as_an_answer_and_the_job_says_so() -> None:
    world = Garbled(spec=SPEC)
    with pytest.raises(ProviderBadAnswer, match="buyAgain"):
        await world.attempt()
    [note] = world.keys("answer")
    [key] = world.keys("master")
    kept = json.loads(world.objects[note])
    assert kept["key"] == key
    assert kept["answer"]["size_bytes"] == len(world.objects[key])
    assert world.keys("purchase") == []


async def test_a_retry_buys_another_one_only_if_it_is_told_to() -> None:
    world = Garbled(spec=SPEC)
    for _ in range(2):
        with pytest.raises(ProviderBadAnswer):
            await world.attempt()
        assert world.charged == 1
    world.buy_again = True
    result = await world.attempt()
    assert world.charged == 2
    assert [image.platform for image in result.images] == ["instagram-post", "x-post"]
    assert world.records[result.generation_id].purchases == result.purchases


async def test_the_other_masters_of_a_job_are_cut() -> None:
    platforms = ("instagram-story", "x-post")
    options = JobOptions(masters=PER_ASPECT)
    world = Garbled(spec=replace(SPEC, platforms=platforms, options=options))
    work = world.work()
    with pytest.raises(ProviderBadAnswer) as raised:
        await run_steps(STEPS, work, world)
    result = await partial_result(work, raised.value)
    assert result
    assert [one.number for one in result.purchases] == [2]
    assert {one.master for one in result.images} == {2}
    assert {one.failure.code for one in result.failures} == {ProviderBadAnswer.code}


async def test_a_limit_of_the_resizer_makes_no_image_unreadable() -> None:
    world = Garbled(spec=SPEC)
    world.flaw = Flaw.TOO_MANY_PIXELS
    with pytest.raises(InvalidRequest):
        await world.attempt()
    assert world.keys("purchase")
    assert not world.keys("answer")
