"""What can be made is delivered, what can't is named, and a retry makes only that."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

import pytest

from services.common.errors import (
    AppError,
    InvalidRequest,
    ModerationBlocked,
    ProviderUnavailable,
    Unavailable,
)
from services.common.options import JobOptions
from services.common.targets import Target
from services.jobs.groups import PER_ASPECT
from services.jobs.values import JobSpec, Result
from services.leaves.purchases import ImageOrder, PurchaseEvent
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.partial import partial_result
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import STEPS
from tests.unit.worker.pipeline.world import World

PLATFORMS = ("twitter-post", "instagram-post", "instagram-story")
SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=PLATFORMS)
VARIANTS = replace(SPEC, options=JobOptions(variants=3))
REFUSED = ModerationBlocked("No.")


class Picky(World):
    """A world in which these masters can't be bought, and these targets can't be cut."""

    def __init__(self, spec: JobSpec, **errors: AppError) -> None:
        super().__init__(spec)
        self.errors = errors
        self.cuts: list[tuple[str, ...]] = []

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        number = order.key.split("-")[-2]
        if error := self.errors.get(f"master_{number}"):
            raise error
        async for event in super().generate(order):
            yield event

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        self.cuts.append(tuple(target.id for target in targets))
        async with aclosing(cast(Any, super().resize(master, size_bytes, targets, wishes))) as cuts:
            for target in targets:
                if error := self.errors.get(target.id.replace("-", "_")):
                    raise error
                yield await anext(cuts)

    async def deliver(self) -> tuple[Result | None, AppError]:
        """Make an attempt that fails; return what is delivered all the same, and the error."""
        work = self.work()
        with pytest.raises(AppError) as raised:
            await run_steps(STEPS, work, self)
        return await partial_result(work, raised.value), raised.value


def failures(result: Result) -> dict[str | int, str]:
    return {one.target or one.master: one.failure.code for one in result.failures}


async def test_a_variant_that_is_refused_leaves_the_others() -> None:
    world = Picky(VARIANTS, master_2=REFUSED)
    result, error = await world.deliver()
    assert result
    assert error is REFUSED
    assert [one.number for one in result.purchases] == [1, 3]
    assert [image.platform for image in result.images] == [*PLATFORMS]
    assert failures(result) == {2: "MODERATION_BLOCKED"}
    [record] = world.records.values()
    assert [one.number for one in record.purchases] == [1, 3]
    assert world.charged == 2


async def test_a_retry_buys_only_the_variant_that_is_missing() -> None:
    world = Picky(VARIANTS, master_2=REFUSED)
    await world.deliver()
    world.errors = {}
    result = await world.attempt()
    assert [one.number for one in result.purchases] == [1, 2, 3]
    assert (result.failures, world.charged) == ((), 3)
    assert world.cuts == [PLATFORMS]


async def test_a_fault_that_may_pass_is_not_met_with_every_variant() -> None:
    world = Picky(VARIANTS, master_2=ProviderUnavailable("Later."))
    result, _ = await world.deliver()
    assert result
    assert failures(result) == {2: "PROVIDER_UNAVAILABLE", 3: "PROVIDER_UNAVAILABLE"}
    assert world.charged == 1


async def test_without_the_first_master_nothing_is_bought_and_the_job_fails() -> None:
    world = Picky(VARIANTS, master_1=REFUSED)
    result, error = await world.deliver()
    assert (result, error, world.charged) == (None, REFUSED, 0)


async def test_what_is_cut_from_a_missing_master_is_named_with_it() -> None:
    world = Picky(replace(SPEC, options=JobOptions(masters=PER_ASPECT)), master_3=REFUSED)
    result, _ = await world.deliver()
    assert result
    assert failures(result) == {3: "MODERATION_BLOCKED", "twitter-post": "MODERATION_BLOCKED"}
    assert {image.platform for image in result.images} == {"instagram-post", "instagram-story"}


@pytest.mark.parametrize("error", [InvalidRequest("No."), Unavailable("It broke off.")])
async def test_a_platform_that_cannot_be_cut_does_not_keep_the_others_from_it(
    error: AppError,
) -> None:
    world = Picky(SPEC, instagram_post=error)
    result, raised = await world.deliver()
    assert result
    assert raised is error
    assert failures(result) == {"instagram-post": error.code}
    assert [image.platform for image in result.images] == ["twitter-post", "instagram-story"]
    world.errors, world.cuts = {}, []
    assert (await world.attempt()).failures == ()
    assert world.cuts == [("instagram-post",)]
    assert world.charged == 1


async def test_a_resizer_that_is_away_is_not_asked_for_each_platform() -> None:
    away = {one.replace("-", "_"): Unavailable("Away.") for one in PLATFORMS}
    world = Picky(SPEC, **away)
    result, _ = await world.deliver()
    assert result is None  # with no image there is nothing to deliver
    assert world.cuts == [PLATFORMS, PLATFORMS[:1], PLATFORMS[1:2]]
