"""Everything of an owner is deleted, and nothing of anybody else, on each store."""

import asyncio
from itertools import product
from typing import TYPE_CHECKING

from snapasset.storage.v1 import storage_pb2 as pb

from services.common.errors import InvalidRequest
from services.common.keys import generation_folder, object_key, user_segment
from services.storage.keys import records_folder
from services.storage.owners import Owners
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from tests.contracts.calls import SOON, put, refusal
from tests.contracts.test_generations import generation, made_at, page, save

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub as Storage

# Each is the beginning of another one, or becomes one as a part of a key.
OWNERS = ("ada", "ada-", "ada.", "ada1", "ada@", "ad", "records")


async def delete(storage: "Storage", user_id: str) -> pb.DeleteOwnerResponse:
    return await storage.DeleteOwner(pb.DeleteOwnerRequest(user_id=user_id), **SOON)


def left(store: ObjectStore, user_id: str) -> int:
    folders = (records_folder(user_id), f"{user_segment(user_id)}/")
    return sum(len(store.list_keys(folder, "", 100)) for folder in folders)


async def test_an_owners_records_and_objects_vanish_and_those_of_others_stay(
    storage: "Storage", store: ObjectStore
) -> None:
    for user_id, ms in product(OWNERS, (1, 2)):
        await save(storage, generation(ms, user_id))
        for name in ("master.png", "twitter-post-1200x675.jpg"):
            await put(storage, generation_folder(user_id, made_at(ms)) + name, b"cat")
    # Of a job that died before it wrote a record.
    await put(storage, generation_folder("ada", made_at(3)) + "master.png", b"cat")
    gone = await delete(storage, "ada")
    assert (gone.deleted_generations, gone.deleted_objects, gone.done) == (2, 5, True)
    assert {user_id: left(store, user_id) for user_id in OWNERS} == {
        **dict.fromkeys(OWNERS, 6),
        "ada": 0,
    }
    assert not (await page(storage, "ada")).generations
    again = await delete(storage, "ada")
    assert (again.deleted_generations, again.deleted_objects, again.done) == (0, 0, True)


async def test_a_call_that_ends_before_its_work_is_gone_on_with_by_the_next(
    storage: "Storage", store: ObjectStore
) -> None:
    folder = generation_folder("ada", made_at(1))
    keys = [f"{folder}{number}.jpg" for number in range(5)]
    await asyncio.gather(*(put(storage, key, b"cat") for key in keys))
    await save(storage, generation(1, "ada"))
    hasty = Owners(store, StoreThreads(2), seconds=0.0, batch=3)
    calls = [await hasty.delete("ada") for _ in range(4)]
    assert [(call.records, call.objects, call.done) for call in calls] == [
        (1, 0, False),
        (0, 3, False),
        (0, 2, False),
        (0, 0, True),
    ]
    assert left(store, "ada") == 0


async def test_only_an_owner_can_be_named(storage: "Storage") -> None:
    await put(storage, object_key("ada/1/master.png"), b"cat")
    for user_id in ("", "..", "_records", "ada/1", "/", "ada\n"):
        assert isinstance(await refusal(delete(storage, user_id)), InvalidRequest)
