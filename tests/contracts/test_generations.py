"""Generation records over real gRPC, on each store."""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.channels import call_options
from services.common.errors import GenerationNotFound, InvalidRequest
from services.common.keys import generation_folder
from services.storage.keys import record_key
from services.storage.records import GenerationRecords
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from tests.contracts.calls import SOON, get, put, refusal

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub as Storage

ADA = "ada@example.org"
LONG = call_options(120)
MORE_THAN_A_PAGE = 1_050
"""A page of S3 has a thousand keys."""


def made_at(ms: int) -> str:
    """Return the id of a generation made at that time, of UUID version 7's layout."""
    return str(UUID(int=(ms << 80) | (7 << 76) | (2 << 62) | (ms * 7919 % 1000)))


def generation(ms: int, user_id: str = ADA, prompt: str = "A lighthouse") -> pb.Generation:
    made = pb.Generation(generation_id=made_at(ms), user_id=user_id, prompt=prompt)
    made.created_at.FromMilliseconds(ms)
    return made


async def save(storage: "Storage", made: pb.Generation) -> None:
    await storage.SaveGeneration(pb.SaveGenerationRequest(generation=made), **SOON)


async def fetch(storage: "Storage", user_id: str, generation_id: str) -> pb.Generation:
    asked = pb.GetGenerationRequest(user_id=user_id, generation_id=generation_id)
    return (await storage.GetGeneration(asked, **SOON)).generation


async def page(
    storage: "Storage", user_id: str = ADA, size: int | None = None, token: str = ""
) -> pb.ListGenerationsResponse:
    asked = pb.ListGenerationsRequest(user_id=user_id, page_size=size, page_token=token)
    return await storage.ListGenerations(asked, **LONG)


async def delete(storage: "Storage", user_id: str, generation_id: str) -> int:
    asked = pb.DeleteGenerationRequest(user_id=user_id, generation_id=generation_id)
    return (await storage.DeleteGeneration(asked, **SOON)).deleted_objects


async def test_a_record_comes_back_as_it_was_saved(storage: "Storage") -> None:
    made = generation(1, prompt="Ein Leuchtturm 🗼 im \u0000 Sturm")
    made.options["quality"] = "hd"
    stored = pb.StoredImage(platform="master", key="ada/1/m.png", size_bytes=2**40)
    made.masters.add(image=stored, model="gpt-image-2", revised_prompt="A lighthouse, vivid")
    made.images.add(platform="pinterest-pin", width=9, crop=pb.ImageCrop(x=1, width=3), master=1)
    made.provider_request_ids.append("req-1")
    made.usage.total_tokens = 7
    made.stand_in = True
    await save(storage, made)
    assert await fetch(storage, ADA, made.generation_id) == made


async def test_a_record_saved_again_replaces_the_earlier_one(storage: "Storage") -> None:
    await save(storage, generation(1, prompt="old"))
    await save(storage, generation(1, prompt="new"))
    assert [made.prompt for made in (await page(storage)).generations] == ["new"]


async def test_another_owners_record_looks_like_not_found(storage: "Storage") -> None:
    await save(storage, generation(1))
    assert isinstance(await refusal(fetch(storage, "bob", made_at(1))), GenerationNotFound)
    assert isinstance(await refusal(delete(storage, "bob", made_at(1))), GenerationNotFound)
    assert not (await page(storage, "bob")).generations


async def test_records_are_listed_newest_first_a_page_at_a_time(storage: "Storage") -> None:
    times = [2**40 + at * 977 for at in range(25)]
    await asyncio.gather(*(save(storage, generation(ms)) for ms in times))
    first = await page(storage)
    second = await page(storage, token=first.next_page_token)
    listed = [made.generation_id for made in (*first.generations, *second.generations)]
    assert listed == [made_at(ms) for ms in reversed(times)]
    assert len(first.generations) == 20
    assert not second.next_page_token


async def test_a_page_that_holds_all_that_is_left_is_the_last(storage: "Storage") -> None:
    await asyncio.gather(*(save(storage, generation(ms)) for ms in range(4)))
    first = await page(storage, size=2)
    assert first.next_page_token
    assert not (await page(storage, size=2, token=first.next_page_token)).next_page_token


async def test_a_record_made_while_a_reader_pages_moves_no_other_one(storage: "Storage") -> None:
    await asyncio.gather(*(save(storage, generation(ms)) for ms in range(4)))
    first = await page(storage, size=2)
    await save(storage, generation(9))
    second = await page(storage, size=2, token=first.next_page_token)
    assert [made.created_at.ToMilliseconds() for made in second.generations] == [1, 0]


async def test_a_page_of_the_largest_records_fits_into_a_message(storage: "Storage") -> None:
    long = "🗼" * 60_000
    await asyncio.gather(*(save(storage, generation(ms, prompt=long)) for ms in range(20)))
    token, seen = "", 0
    while (answer := await page(storage, size=100, token=token)).next_page_token:
        token, seen = answer.next_page_token, seen + len(answer.generations)
    assert seen + len(answer.generations) == 20


async def test_a_record_that_is_too_large_is_invalid(storage: "Storage") -> None:
    error = await refusal(save(storage, generation(1, prompt="x" * 300_000)))
    assert isinstance(error, InvalidRequest)


@pytest.mark.parametrize("size", [0, -1, 101])
async def test_a_page_size_out_of_bounds_is_invalid(storage: "Storage", size: int) -> None:
    assert isinstance(await refusal(page(storage, size=size)), InvalidRequest)


@pytest.mark.parametrize("token", ["1", "../../bob/1", "0" * 31 + "/", "0" * 32 + "\n", "é" * 32])
async def test_a_token_that_was_never_given_is_invalid(storage: "Storage", token: str) -> None:
    assert isinstance(await refusal(page(storage, token=token)), InvalidRequest)


@pytest.mark.parametrize("user_id", ["", "..", "a/b", "-a", "a" * 129, "a\n"])
async def test_a_user_id_that_could_form_a_path_is_invalid(
    storage: "Storage", user_id: str
) -> None:
    assert isinstance(await refusal(page(storage, user_id)), InvalidRequest)
    assert isinstance(await refusal(save(storage, generation(1, user_id))), InvalidRequest)


async def test_records_and_objects_cannot_be_reached_as_each_other(storage: "Storage") -> None:
    await save(storage, generation(1))
    key = record_key(ADA, made_at(1))
    assert isinstance(await refusal(get(storage, key)), InvalidRequest)
    stat = storage.StatObject(pb.StatObjectRequest(key=key), **SOON)
    assert isinstance(await refusal(stat), InvalidRequest)
    assert isinstance(await refusal(put(storage, key, b"{}")), InvalidRequest)
    await put(storage, "_recordsx/ada/1", b"{}")


async def test_a_deleted_generation_takes_its_objects_along(
    storage: "Storage", store: ObjectStore
) -> None:
    folder, neighbour = (generation_folder(ADA, made_at(ms)) for ms in (1, 2))
    for key in (f"{folder}a.png", f"{folder}deep/b.png", f"{neighbour}a.png"):
        await put(storage, key, b"cat")
    await save(storage, generation(1))
    await save(storage, generation(2))
    assert await delete(storage, ADA, made_at(1)) == 2
    assert store.list_keys(folder.split("/")[0] + "/", "", 10) == [f"{neighbour}a.png"]
    assert [made.generation_id for made in (await page(storage)).generations] == [made_at(2)]
    assert isinstance(await refusal(delete(storage, ADA, made_at(1))), GenerationNotFound)


async def test_a_generation_without_objects_can_be_deleted(storage: "Storage") -> None:
    await save(storage, generation(1))
    assert await delete(storage, ADA, made_at(1)) == 0


async def test_more_records_than_a_page_of_the_store_can_be_paged_through(
    storage: "Storage", store: ObjectStore
) -> None:
    ids = [made_at(1000 * number) for number in range(MORE_THAN_A_PAGE)]
    records = GenerationRecords(store, StoreThreads(16))
    documents = ((made, f'{{"generationId": "{made}"}}'.encode()) for made in ids)
    await asyncio.gather(*(records.save(ADA, made, document) for made, document in documents))
    answer = await page(storage, size=100)
    listed = [*answer.generations]
    while answer.next_page_token:
        answer = await page(storage, size=100, token=answer.next_page_token)
        listed += answer.generations
    assert [made.generation_id for made in listed] == ids[::-1]
