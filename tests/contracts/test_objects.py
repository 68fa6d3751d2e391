"""Objects over real gRPC, on each store."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.channels import CHUNK_BYTES
from services.common.errors import (
    DeadlineExceeded,
    InternalError,
    InvalidRequest,
    ObjectNotFound,
    RangeNotSatisfiable,
    Unavailable,
)
from services.resizer.crop import Size
from services.resizer.origin import Origin
from services.resizer.signing.notary import open_notary
from services.resizer.signing.statement import Cutting, MasterFacts
from services.storage.settings import StorageSettings
from services.storage.store import ObjectStore
from tests.contracts.calls import SOON, chunk, commit, get, header, parts, put, refusal
from tests.credentials import manifests
from tests.servers.storage import running_storage
from tests.unit.resizer.signing.identities import settings

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub as Storage

KEY = "ada/1/master.png"
DATA = bytes(range(256)) * 4000
STAT = pb.StatObjectRequest(key=KEY)


async def test_an_object_comes_back_with_its_facts(storage: "Storage") -> None:
    stored = await put(storage, KEY, DATA)
    info, chunks = await get(storage, KEY)
    assert b"".join(chunks) == DATA
    assert info == stored == (await storage.StatObject(STAT, **SOON)).object
    assert (info.key, info.content_type, info.size_bytes) == (KEY, "image/png", len(DATA))
    assert info.sha256 == sha256(DATA).hexdigest()
    assert info.HasField("stored_at")


async def test_an_object_is_sent_in_chunks(storage: "Storage") -> None:
    await put(storage, KEY, DATA)
    _, chunks = await get(storage, KEY)
    assert max(map(len, chunks)) <= CHUNK_BYTES


async def test_a_range_is_sent_with_the_facts_of_the_whole(storage: "Storage") -> None:
    stored = await put(storage, KEY, DATA)
    info, chunks = await get(storage, KEY, offset=1000, length=500_000)
    assert info == stored
    assert b"".join(chunks) == DATA[1000:501_000]


async def test_an_empty_object_can_be_stored(storage: "Storage") -> None:
    await put(storage, KEY, b"")
    assert (await get(storage, KEY))[1] == []


async def test_content_credentials_are_still_valid_in_what_comes_back(
    storage: "Storage", tmp_path: Path
) -> None:
    size = Size(width=16, height=16)
    kind = "image/png"
    with BytesIO() as file:
        Image.new("RGB", (16, 16)).save(file, "PNG")
        picture = file.getvalue()
    with open_notary(settings(tmp_path), 1) as notary:
        assert notary
        source = MasterFacts(origin=Origin(), content_type=kind, size=size)
        seal = notary.open(picture, source)
        assert seal
        cutting = Cutting(title="a", box=size.whole, scaled=size, content_type=kind)
        signed = seal.sign(picture, cutting)
    assert signed
    await put(storage, KEY, signed)
    _, chunks = await get(storage, KEY)
    assert manifests(b"".join(chunks), kind)["validation_state"] == "Valid"


async def test_a_missing_object_is_not_found(storage: "Storage") -> None:
    assert isinstance(await refusal(storage.StatObject(STAT, **SOON)), ObjectNotFound)
    assert isinstance(await refusal(get(storage, KEY)), ObjectNotFound)


async def test_a_deleted_object_is_gone_and_may_be_deleted_again(storage: "Storage") -> None:
    await put(storage, KEY, DATA)
    for _ in range(2):
        await storage.DeleteObject(pb.DeleteObjectRequest(key=KEY), **SOON)
    assert isinstance(await refusal(storage.StatObject(STAT, **SOON)), ObjectNotFound)


async def test_a_record_cannot_be_deleted_as_an_object(storage: "Storage") -> None:
    request = pb.DeleteObjectRequest(key="_records/ada/0")
    assert isinstance(await refusal(storage.DeleteObject(request, **SOON)), InvalidRequest)


async def test_a_range_behind_the_end_is_not_satisfiable(storage: "Storage") -> None:
    await put(storage, KEY, b"cat")
    for offset in (3, 2**63 - 1):
        error = await refusal(get(storage, KEY, offset=offset, length=2**63 - 1))
        assert isinstance(error, RangeNotSatisfiable)


@pytest.mark.parametrize("wanted", [{"offset": -1}, {"length": 0}, {"length": -1}])
async def test_a_senseless_range_is_invalid(storage: "Storage", wanted: dict[str, int]) -> None:
    error = await refusal(get(storage, KEY, **wanted))
    assert isinstance(error, InvalidRequest)
    assert error.code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "wrong",
    [
        [header(KEY), chunk(DATA[:10])],
        [header(KEY), chunk(DATA[:10]), commit(DATA[:11])],
        [header(KEY), chunk(b"cat"), commit(b"dog")],
        [header(KEY), commit(b"cat")],
        [header(KEY), header(KEY), commit(b"")],
        [header(KEY), pb.PutObjectRequest(), commit(b"")],
        [chunk(b"cat"), commit(b"cat")],
        [commit(b"")],
        [],
        [header(KEY), chunk(b"x" * (1024 * 1024 + 1))],
        [header("/etc/passwd"), commit(b"")],
        [header("_records/ada/1"), commit(b"")],
        [header(KEY, "a picture"), commit(b"")],
    ],
    ids=lambda wrong: "-".join(part.WhichOneof("part") or "empty" for part in wrong),
)
async def test_an_upload_that_is_wrong_leaves_nothing(
    storage: "Storage", store: ObjectStore, wrong: Iterable[pb.PutObjectRequest]
) -> None:
    assert isinstance(await refusal(storage.PutObject(iter(wrong), **SOON)), InvalidRequest)
    assert store.list_keys("ada/", "", 10) == []


async def test_an_upload_over_the_limit_leaves_nothing(
    settings: StorageSettings, store: ObjectStore
) -> None:
    async with running_storage(replace(settings, max_object_bytes=len(DATA) - 1)) as storage:
        error = await refusal(storage.PutObject(parts(KEY, DATA), **SOON))
        await put(storage, "ada/2/master.png", DATA[1:])
    assert isinstance(error, InvalidRequest)
    assert store.list_keys("ada/", "", 10) == ["ada/2/master.png"]


async def test_an_upload_that_its_client_gives_up_leaves_the_old_object(storage: "Storage") -> None:
    await put(storage, KEY, b"old")
    sent = asyncio.Event()

    async def endless() -> AsyncIterator[pb.PutObjectRequest]:
        yield header(KEY)
        yield chunk(b"new")
        sent.set()
        await asyncio.Event().wait()

    call = storage.PutObject(endless(), **SOON)
    await sent.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await get(storage, KEY))[1] == [b"old"]


async def test_an_upload_that_pauses_for_too_long_is_given_up(settings: StorageSettings) -> None:
    async def endless() -> AsyncIterator[pb.PutObjectRequest]:
        yield header(KEY)
        await asyncio.Event().wait()

    async with running_storage(replace(settings, upload_idle_seconds=0.05)) as storage:
        error = await refusal(storage.PutObject(endless(), **SOON))
    assert isinstance(error, DeadlineExceeded)


async def test_a_bit_that_flips_on_the_disk_is_noticed(
    request: pytest.FixtureRequest, settings: StorageSettings, storage: "Storage"
) -> None:
    name = request.node.callspec.params["settings"]
    folder = settings.directory if name == "directory" else request.getfixturevalue(name).folder
    await put(storage, KEY, DATA)
    # A server keeps other tests' buckets, what they deleted, and its own notes on each bucket.
    bucket = folder.name if name == "directory" else settings.s3_bucket
    [file] = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and bucket in path.parts
        and ".minio.sys" not in path.parts
        and DATA[:500] in path.read_bytes()
    ]
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    assert isinstance(await refusal(get(storage, KEY)), InternalError | Unavailable)


async def test_concurrent_uploads_to_one_key_leave_one_of_them_whole(storage: "Storage") -> None:
    versions = {bytes([seed]) * len(DATA): f"image/v{seed}" for seed in range(8)}
    await asyncio.gather(*(put(storage, KEY, data, kind) for data, kind in versions.items()))
    info, chunks = await get(storage, KEY)
    assert versions[b"".join(chunks)] == info.content_type
