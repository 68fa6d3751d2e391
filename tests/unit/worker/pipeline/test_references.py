"""Masters that are painted from pictures which somebody sent."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, cast

import pytest

from services.common.assets import COMPOSITE
from services.common.errors import UploadNotFound
from services.common.keys import upload_key
from services.common.targets import Target
from services.jobs.values import JobSpec, SentPicture
from services.leaves.purchases import ImageOrder, PurchaseEvent
from services.leaves.resizer import Cut, Wishes
from tests.unit.worker.pipeline.world import World

PHOTO, HOLE = "up-1700000000000-" + "a" * 32, "up-1700000000000-" + "b" * 32
SPEC = JobSpec(
    user_id="ada",
    prompt="Our bottle on a beach",
    platforms=("twitter-post",),
    references=(SentPicture(upload_id=PHOTO, size_bytes=5),),
    mask=SentPicture(upload_id=HOLE, size_bytes=4),
)


class Studio(World):
    """A world with uploads in its storage, whose generator reads what it is given."""

    def __init__(self) -> None:
        super().__init__(SPEC)
        self.objects[upload_key("ada", PHOTO)] = b"photo"
        self.objects[upload_key("ada", HOLE)] = b"hole"
        self.seen: list[bytes] = []
        self.composite: list[bool] = []

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        for picture in (*order.references, *filter(None, [order.mask])):
            self.seen.append(b"".join([chunk async for chunk in picture.read()]))
        async for event in super().generate(order):
            yield event

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        self.composite.append(wishes.composite)
        async with aclosing(cast(Any, super().resize(master, size_bytes, targets, wishes))) as cuts:
            async for one in cuts:
                yield one


async def test_the_pictures_of_a_job_are_read_for_its_purchase() -> None:
    world = Studio()
    result = await world.attempt()
    assert world.seen == [b"photo", b"hole"]
    assert [one.origin for one in result.purchases] == [COMPOSITE]
    assert world.composite == [True]


async def test_a_picture_that_is_gone_costs_nothing() -> None:
    world = Studio()
    del world.objects[upload_key("ada", HOLE)]
    with pytest.raises(UploadNotFound, match="has expired or was deleted"):
        await world.attempt()
    assert world.charged == 0
    assert [str(entry.charge) for entry in world.entries.values()] == ["not_charged"]
