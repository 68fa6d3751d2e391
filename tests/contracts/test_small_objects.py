"""Whole objects in single messages over real gRPC, on each store."""

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.errors import InvalidRequest
from services.storage.objects import MAX_KEYS, MAX_SMALL_BYTES
from services.storage.store import ObjectStore
from tests.contracts.calls import SOON, get, header, put, refusal

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub as Storage

KEY, DATA = "ada/1/story.jpg", b"a rendition"


def small(
    key: str = KEY, data: bytes = DATA, content_type: str = "image/jpeg", checksum: str = ""
) -> pb.PutSmallObjectRequest:
    return pb.PutSmallObjectRequest(
        header=header(key, content_type).header,
        data=data,
        sha256=checksum or sha256(data).hexdigest(),
    )


async def read(storage: "Storage", *keys: str) -> dict[str, bytes]:
    answer = await storage.GetSmallObjects(pb.GetSmallObjectsRequest(keys=keys), **SOON)
    return {one.key: one.data for one in answer.objects}


@pytest.mark.parametrize("data", [DATA, b"", b"x" * MAX_SMALL_BYTES], ids=len)
async def test_a_small_object_is_stored_as_any_other(storage: "Storage", data: bytes) -> None:
    stored = (await storage.PutSmallObject(small(data=data), **SOON)).object
    info, chunks = await get(storage, KEY)
    assert (info, b"".join(chunks)) == (stored, data)
    assert (info.content_type, info.size_bytes) == ("image/jpeg", len(data))
    assert info.sha256 == sha256(data).hexdigest()


async def test_it_takes_the_place_of_an_earlier_one(storage: "Storage") -> None:
    await put(storage, KEY, b"old" * 1000)
    await storage.PutSmallObject(small(), **SOON)
    assert await read(storage, KEY) == {KEY: DATA}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (small(data=b"x" * (MAX_SMALL_BYTES + 1)), "data"),
        (small("/etc/passwd"), "header.key"),
        (small("_records/ada/1"), "header.key"),
        (small(content_type="a picture"), "header.contentType"),
        (small(checksum=sha256(b"dog").hexdigest()), "sha256"),
        (pb.PutSmallObjectRequest(), "header.key"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_one_that_is_wrong_leaves_nothing(
    storage: "Storage", store: ObjectStore, wrong: pb.PutSmallObjectRequest, field: str
) -> None:
    error = await refusal(storage.PutSmallObject(wrong, **SOON))
    assert isinstance(error, InvalidRequest)
    assert field in error.message
    assert store.list_keys("ada/", "", 10) == []


async def test_those_that_exist_are_returned_whole(storage: "Storage") -> None:
    await put(storage, "ada/1/a", b"one")
    await put(storage, "ada/1/b", b"")
    assert await read(storage, "ada/1/b", "ada/1/none", "ada/1/a") == {
        "ada/1/a": b"one",
        "ada/1/b": b"",
    }


async def test_what_does_not_fit_into_an_answer_is_refused(storage: "Storage") -> None:
    half = b"x" * (MAX_SMALL_BYTES // 2)
    for name in ("a", "b", "c"):
        await put(storage, f"ada/1/{name}", half)
    assert len(await read(storage, "ada/1/a", "ada/1/b")) == len("ab")
    too_much = read(storage, "ada/1/a", "ada/1/b", "ada/1/c")
    assert isinstance(await refusal(too_much), InvalidRequest)


@pytest.mark.parametrize(
    "keys", [[], ["ada/1"] * (MAX_KEYS + 1), ["ada/1", "_records/ada/1"], ["../etc"]], ids=len
)
async def test_keys_that_cannot_be_asked_for_are_refused(
    storage: "Storage", keys: list[str]
) -> None:
    assert isinstance(await refusal(read(storage, *keys)), InvalidRequest)
