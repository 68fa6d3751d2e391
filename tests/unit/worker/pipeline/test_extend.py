"""Shapes that the first master lacks are painted around it, each by a purchase of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

import pytest

from services.common.errors import ModerationBlocked
from services.common.options import JobOptions
from services.common.targets import Target
from services.jobs.values import JobSpec
from services.leaves.purchases import ImageOrder, PurchaseEvent
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.partial import partial_result
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import STEPS
from tests.unit.worker.pipeline.world import World

PLATFORMS = ("twitter-post", "instagram-post", "instagram-story")
SPEC = JobSpec(
    user_id="ada",
    prompt="A lighthouse",
    platforms=PLATFORMS,
    options=JobOptions(fit="extend", crop="smart"),
)


class Watched(World):
    """A world that remembers what was ordered; its masters are square."""

    def __init__(self, spec: JobSpec = SPEC) -> None:
        super().__init__(spec)
        self.orders: list[ImageOrder] = []
        self.painted_from: list[bytes] = []
        self.wishes: list[JobOptions] = []
        self.refused: set[str] = set()

    async def estimate(self, order: ImageOrder) -> int:
        self.orders.append(order)
        return await super().estimate(order)

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        for picture in order.references:
            data = b"".join([chunk async for chunk in picture.read()])
            assert len(data) == picture.size_bytes
            self.painted_from.append(data)
        if self.refused & {target.id for target in order.targets} and order.extends:
            raise ModerationBlocked("No.")
        async for event in super().generate(order):
            yield event

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        self.wishes.append(wishes.options)
        async with aclosing(cast(Any, super().resize(master, size_bytes, targets, wishes))) as cuts:
            async for one in cuts:
                yield one


async def test_only_the_shapes_that_the_first_master_lacks_are_bought() -> None:
    world = Watched()
    result = await world.attempt()
    assert [one.number for one in result.purchases] == [1, 2, 4]  # 3 would be square
    assert {image.platform: image.master for image in result.images} == {
        "instagram-story": 2,
        "instagram-post": 1,
        "twitter-post": 4,
    }
    assert [order.extends for order in world.orders] == [False, True, True]
    first = world.objects[result.purchases[0].master.key]
    assert world.painted_from == [first, first]
    assert world.charged == 3
    assert sorted(master for master, _ in world.entries) == [1, 2, 4]


async def test_what_was_extended_is_cut_from_its_middle() -> None:
    world = Watched()
    await world.attempt()
    assert {(one.fit, one.crop) for one in world.wishes} == {("", "center")}


async def test_a_repeated_attempt_buys_no_shape_again() -> None:
    world = Watched()
    await world.attempt()
    world.kept = "{}"  # the checkpoint is lost, what is stored is found
    await world.attempt()
    assert world.charged == 3


async def test_a_shape_that_is_refused_leaves_the_others() -> None:
    world = Watched()
    world.refused = {"twitter-post"}
    work = world.work()
    with pytest.raises(ModerationBlocked) as refused:
        await run_steps(STEPS, work, world)
    result = await partial_result(work, refused.value)
    assert result
    assert {image.platform for image in result.images} == {"instagram-post", "instagram-story"}
    assert {one.target or one.master for one in result.failures} == {4, "twitter-post"}


async def test_a_transparent_picture_is_asked_of_the_model_and_kept_by_the_resizer() -> None:
    options = JobOptions(background="transparent", format="png")
    world = Watched(replace(SPEC, options=options))
    await world.attempt()
    assert [order.transparent for order in world.orders] == [True]
    assert [(one.background, one.format) for one in world.wishes] == [("transparent", "png")]
