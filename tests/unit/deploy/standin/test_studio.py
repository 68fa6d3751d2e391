"""Painters remember what they have painted."""

from collections.abc import Iterator

import pytest

from deploy.local.standin.images import ImageOrder, read_order
from deploy.local.standin.studio import Studio


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio(painters=1)
    yield studio
    studio.close()


def order(prompt: str, **more: object) -> ImageOrder:
    return read_order({"prompt": prompt, "model": "gpt-image-2", "quality": "low", **more})


async def test_the_same_order_is_painted_once_whatever_befalls_it(studio: Studio) -> None:
    first = await studio.make(order("A boat on a lake"))
    assert await studio.make(order("A boat on a lake")) is first
    assert await studio.make(order("A boat on a lake [standin: delay=1]")) is first


async def test_another_order_is_another_work(studio: Studio) -> None:
    first = await studio.make(order("A boat on a lake"))
    assert (await studio.make(order("A mill on a hill"))).picture != first.picture
    assert (await studio.make(order("A boat on a lake", size="1536x1024"))) is not first
