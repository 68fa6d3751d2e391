"""Renditions that join and leave a generation over real gRPC, on each store."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.errors import (
    GenerationNotFound,
    InvalidRequest,
    ObjectNotFound,
    RenditionNotFound,
)
from services.common.keys import generation_folder
from services.storage.keys import addition_key, record_key
from services.storage.store import ObjectStore
from tests.contracts.calls import SOON, get, put, refusal
from tests.contracts.test_generations import ADA, delete, fetch, generation, made_at, page, save
from tests.contracts.test_retention import NOW, OLD, all_keys, make, retention, store_at

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub as Storage

MADE = made_at(7)
FOLDER = generation_folder(ADA, MADE)


def job(number: int) -> str:
    return f"gen-{1_795_000_000_000 + number}-{number:032x}"


def image(name: str) -> pb.StoredImage:
    return pb.StoredImage(platform=name, key=f"{FOLDER}{name}.jpg", width=9, kept=0.5)


async def add(storage: "Storage", number: int, *names: str, generation_id: str = MADE) -> None:
    asked = pb.AddRenditionsRequest(
        user_id=ADA, generation_id=generation_id, job_id=job(number), images=map(image, names)
    )
    await storage.AddRenditions(asked, **SOON)


async def remove(storage: "Storage", name: str, user_id: str = ADA) -> None:
    asked = pb.DeleteRenditionRequest(user_id=user_id, generation_id=MADE, rendition_id=name)
    await storage.DeleteRendition(asked, **SOON)


async def begun(storage: "Storage", *names: str) -> None:
    """Save a record with renditions of its own, and their objects."""
    made = generation(7)
    made.images.extend(map(image, names))
    await save(storage, made)
    for name in names:
        await put(storage, f"{FOLDER}{name}.jpg", name.encode(), "image/jpeg")


async def names(storage: "Storage") -> Sequence[str]:
    return [one.platform for one in (await fetch(storage, ADA, MADE)).images]


async def test_what_is_added_follows_what_was_there_in_the_order_of_the_jobs(
    storage: "Storage",
) -> None:
    await begun(storage, "post", "story")
    await add(storage, 2, "poster", "post-2")
    await add(storage, 1, "post-1")
    assert await names(storage) == ["post", "story", "post-1", "poster", "post-2"]
    (listed,) = (await page(storage)).generations
    assert listed == await fetch(storage, ADA, MADE)


async def test_a_job_that_is_repeated_adds_nothing_twice(storage: "Storage") -> None:
    await begun(storage, "post")
    await add(storage, 1, "a", "b")
    await add(storage, 1, "a", "b")
    assert await names(storage) == ["post", "a", "b"]


async def test_nothing_is_lost_when_many_add_and_delete_at_once(storage: "Storage") -> None:
    await begun(storage, "post", "story")
    adding = [add(storage, number, f"cut-{number}") for number in range(12)]
    await asyncio.gather(*adding, remove(storage, "post"), remove(storage, "story"))
    assert await names(storage) == [f"cut-{number}" for number in range(12)]


@pytest.mark.parametrize("name", ["post", "cut"])
async def test_a_deleted_rendition_is_gone_with_its_object_and_no_other(
    storage: "Storage", name: str
) -> None:
    await begun(storage, "post", "story")
    await put(storage, f"{FOLDER}cut.jpg", b"cut", "image/jpeg")
    await add(storage, 1, "cut", "kept")
    await remove(storage, name)
    assert await names(storage) == [one for one in ("post", "story", "cut", "kept") if one != name]
    assert isinstance(await refusal(get(storage, f"{FOLDER}{name}.jpg")), ObjectNotFound)
    assert isinstance(await refusal(remove(storage, name)), RenditionNotFound)


async def test_a_rendition_that_never_was_or_is_anothers_is_not_found(storage: "Storage") -> None:
    await begun(storage, "post")
    for name in ("story", "", "../post", "x" * 300):
        assert isinstance(await refusal(remove(storage, name)), RenditionNotFound)
    assert isinstance(await refusal(remove(storage, "post", "bob")), GenerationNotFound)
    assert await names(storage) == ["post"]


async def test_nothing_is_added_to_a_generation_without_a_record_and_nothing_of_it_stays(
    storage: "Storage",
) -> None:
    await put(storage, f"{FOLDER}post.jpg", b"post", "image/jpeg")
    other = made_at(8)
    assert isinstance(
        await refusal(add(storage, 1, "post", generation_id=other)), GenerationNotFound
    )
    assert await get(storage, f"{FOLDER}post.jpg")
    assert isinstance(await refusal(add(storage, 1, "post")), GenerationNotFound)
    assert isinstance(await refusal(get(storage, f"{FOLDER}post.jpg")), ObjectNotFound)


@pytest.mark.parametrize("count", [0, 33])
async def test_a_set_of_no_size_is_invalid(storage: "Storage", count: int) -> None:
    await begun(storage)
    wrong = add(storage, 1, *(f"cut-{number}" for number in range(count)))
    assert isinstance(await refusal(wrong), InvalidRequest)


@pytest.mark.parametrize("job_id", ["", "x", "gen-", "gen-1/2", "gen-1.2", "gen-1\n", "GEN-1"])
async def test_a_job_id_that_could_name_something_else_is_invalid(
    storage: "Storage", job_id: str
) -> None:
    await begun(storage)
    asked = pb.AddRenditionsRequest(
        user_id=ADA, generation_id=MADE, job_id=job_id, images=[image("a")]
    )
    assert isinstance(await refusal(storage.AddRenditions(asked, **SOON)), InvalidRequest)


async def test_a_generation_has_room_for_two_hundred_further_renditions(
    storage: "Storage",
) -> None:
    await begun(storage)
    for number in range(7):
        await add(storage, number, *(f"cut-{number}-{one}" for one in range(30)))
    assert len(await names(storage)) == 210
    await add(storage, 8, *(f"more-{one}" for one in range(30)))
    assert isinstance(await refusal(add(storage, 9, "one-more")), InvalidRequest)
    await remove(storage, "cut-0-0")
    await add(storage, 9, "one-more")


async def test_pages_are_counted_in_generations_whatever_was_added(storage: "Storage") -> None:
    for ms in range(5):
        await save(storage, generation(ms))
        await add(storage, ms, "a", "b", generation_id=made_at(ms))
    first = await page(storage, size=2)
    second = await page(storage, size=2, token=first.next_page_token)
    third = await page(storage, size=2, token=second.next_page_token)
    pages = [
        [one.created_at.ToMilliseconds() for one in each.generations]
        for each in (first, second, third)
    ]
    assert pages == [[4, 3], [2, 1], [0]]
    assert not third.next_page_token
    assert all(len(one.images) == 2 for one in (*first.generations, *third.generations))


async def test_what_was_added_goes_with_its_generation(
    storage: "Storage", store: ObjectStore
) -> None:
    await begun(storage, "post")
    await add(storage, 1, "a", "b")
    await delete(storage, ADA, MADE)
    assert not store.list_keys("_records/", "", 10)


async def test_a_generation_that_was_cut_lately_is_kept_whole(store: ObjectStore) -> None:
    fresh = make(store, "ada", OLD, OLD)
    record = record_key("ada", made_at(int(OLD.timestamp() * 1000)))
    fresh |= {store_at(store, addition_key(record, f"{job(1)}-00"), NOW - timedelta(days=2))}
    earlier = OLD - timedelta(days=1)
    make(store, "ada", earlier, OLD)
    gone = record_key("ada", made_at(int(earlier.timestamp() * 1000)))
    store_at(store, addition_key(gone, f"{job(2)}-00"), OLD)
    await retention(store).sweep(NOW)
    assert all_keys(store) == fresh
