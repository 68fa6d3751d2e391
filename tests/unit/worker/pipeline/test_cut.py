import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.common.errors import Unavailable
from services.common.targets import Target
from services.jobs.values import CustomSize, JobSpec
from services.leaves.resizer import Cut, Wishes
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post", "instagram-post"))


async def test_a_rendition_is_stored_while_the_next_one_is_cut() -> None:
    cutting_second = asyncio.Event()

    class Overlapping(World):
        async def put(self, key: str, *args: Any) -> None:
            if "twitter-post" in key:
                await cutting_second.wait()
            await super().put(key, *args)

        async def resize(self, *args: Any) -> AsyncIterator[Cut]:
            async for number, cut in enumerated(super().resize(*args)):
                if number == 1:
                    cutting_second.set()
                yield cut

    async with asyncio.timeout(30):
        result = await Overlapping(SPEC).attempt()
    assert [image.platform for image in result.images] == list(SPEC.platforms)


async def enumerated(cuts: AsyncIterator[Cut]) -> AsyncIterator[tuple[int, Cut]]:
    number = 0
    async for cut in cuts:
        yield number, cut
        number += 1


async def test_a_resizer_that_forgets_an_image_does_not_complete_the_job() -> None:
    class Forgetful(World):
        async def resize(
            self,
            master: AsyncIterator[bytes],
            size_bytes: int,
            targets: Sequence[Target],
            wishes: Wishes,
        ) -> AsyncIterator[Cut]:
            async for cut in super().resize(master, size_bytes, targets[:1], wishes):
                yield cut

    with pytest.raises(Unavailable):
        await Forgetful(SPEC).attempt()


async def test_what_is_too_large_for_one_call_is_cut_in_several_in_the_order_asked() -> None:
    asked: list[list[str]] = []

    class Noting(World):
        async def resize(
            self,
            master: AsyncIterator[bytes],
            size_bytes: int,
            targets: Sequence[Target],
            wishes: Wishes,
        ) -> AsyncIterator[Cut]:
            asked.append([target.id for target in targets])
            async for cut in super().resize(master, size_bytes, targets, wishes):
                yield cut

    walls = tuple(CustomSize(name=f"wall-{number}", width=4096, height=2000) for number in range(3))
    result = await Noting(replace(SPEC, sizes=walls)).attempt()
    assert asked == [["twitter-post", "instagram-post", "wall-0", "wall-1"], ["wall-2"]]
    assert [image.platform for image in result.images] == [one for call in asked for one in call]
