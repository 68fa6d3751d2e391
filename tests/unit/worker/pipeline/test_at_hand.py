"""Masters that have just been stored are cut from the spool's file."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.common.errors import Unavailable
from services.jobs.values import JobSpec
from services.worker.pipeline.at_hand import AtHand
from services.worker.spool.spool import DiskSpool, Held
from tests.unit.worker.pipeline.world import World
from tests.unit.worker.spool.test_spool import DATA, chunks, parcel

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("instagram-post", "x-post"))


class AskedWorld(World):
    """Notes what storage is asked for."""

    asked: tuple[str, ...] = ()

    async def get(self, key: str) -> AsyncIterator[bytes]:
        self.asked += (key,)
        async for chunk in super().get(key):
            yield chunk


def masters_of(world: AskedWorld) -> list[str]:
    return [key for key in world.asked if "/master-" in key]


async def in_hand(folder: Path) -> Held:
    return await DiskSpool(folder, 1 << 20).hold(parcel(), chunks())


async def test_a_bought_master_is_not_fetched_from_storage_to_be_cut() -> None:
    world = AskedWorld(spec=SPEC)
    result = await world.attempt()
    assert len(result.images) == 2
    assert masters_of(world) == []


async def test_a_later_attempt_cuts_what_storage_has() -> None:
    world = AskedWorld(spec=SPEC)
    await world.attempt()
    world.kept = json.dumps({**json.loads(world.kept), "images": {}})
    assert len((await world.attempt()).images) == 2
    assert len(masters_of(world)) == 1
    assert world.charged == 1


async def test_a_forgotten_parcel_is_read_until_the_attempt_is_over(tmp_path: Path) -> None:
    spool, at_hand, held = DiskSpool(tmp_path, 1 << 20), AtHand(), await in_hand(tmp_path)
    spool.forget(held)
    at_hand.add(held)
    key = held.parcel.key
    for _ in range(2):
        read = at_hand.read(key)
        assert read
        assert b"".join([chunk async for chunk in read]) == DATA
    at_hand.close()
    assert at_hand.read(key) is None
    assert at_hand.read("another") is None


async def test_what_comes_after_the_attempt_is_closed(tmp_path: Path) -> None:
    at_hand, held = AtHand(), await in_hand(tmp_path)
    at_hand.close()
    at_hand.add(held)
    assert at_hand.read(held.parcel.key) is None
    with pytest.raises(ValueError, match="closed"):
        await anext(aiter(held.read()))


async def test_a_disk_that_fails_is_left_to_the_next_attempt(tmp_path: Path) -> None:
    at_hand, held = AtHand(), await in_hand(tmp_path)
    at_hand.add(held)
    (tmp_path / f"{held.parcel.name}.bin").write_bytes(b"")  # cut short under our hands
    read = at_hand.read(held.parcel.key)
    assert read
    with pytest.raises(Unavailable):
        await anext(aiter(read))
    at_hand.close()
