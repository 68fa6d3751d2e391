"""Uploads that are cut off, by their client or by the death of storage itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from snapasset.storage.v1 import storage_pb2 as pb

from deploy.local.forks import ForkServer
from services.storage.incoming import INCOMING
from services.storage.settings import StorageSettings
from services.storage.store import ObjectStore
from tests.contracts.calls import SOON, chunk, commit, get, header, put
from tests.servers.storage import connected, running_storage, storage_process

KEY = "ada/1/master.png"
MIB = b"x" * (1024 * 1024)

# Far more than gRPC takes in before storage has read and written the first of it.
MOST_MIB = 48


async def halting(taken: asyncio.Event, go_on: asyncio.Event) -> AsyncIterator[pb.PutObjectRequest]:
    """Upload, but halt before the commit; `taken` tells that storage has written a part."""
    yield header(KEY)
    for _ in range(MOST_MIB):
        yield chunk(MIB)
    taken.set()
    await go_on.wait()
    yield commit(MIB * MOST_MIB)


def unfinished(settings: StorageSettings) -> list[Path]:
    """Return the files of uploads that go on, or were cut off."""
    folder = settings.directory / INCOMING
    return list(folder.iterdir()) if folder.exists() else []


async def test_an_upload_that_its_client_gives_up_leaves_nothing(
    settings: StorageSettings, store: ObjectStore
) -> None:
    taken = asyncio.Event()
    async with running_storage(settings) as storage:
        await put(storage, KEY, b"old")
        call = storage.PutObject(halting(taken, asyncio.Event()), **SOON)
        await taken.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    async with running_storage(settings) as storage:
        assert (await get(storage, KEY))[1] == [b"old"]
    assert store.list_keys("ada/", "", 10) == [KEY]
    assert unfinished(settings) == []


async def test_storage_that_is_killed_in_an_upload_has_forgotten_it_when_it_is_back(
    settings: StorageSettings, store: ObjectStore, forks: ForkServer
) -> None:
    taken = asyncio.Event()
    with storage_process(settings, forks) as (process, port):
        async with connected(port) as storage:
            await put(storage, KEY, b"old")
            call = storage.PutObject(halting(taken, asyncio.Event()), **SOON)
            await taken.wait()
            process.kill()
            with pytest.raises(grpc.aio.AioRpcError):
                await call
    if not settings.s3_endpoint:
        assert [path.stat().st_size > 0 for path in unfinished(settings)] == [True]
    with storage_process(settings, forks) as (_, port):
        async with connected(port) as storage:
            assert (await get(storage, KEY))[1] == [b"old"]
    assert store.list_keys("ada/", "", 10) == [KEY]
    assert unfinished(settings) == []


async def test_storage_that_starts_spares_the_uploads_of_another_process(tmp_path: Path) -> None:
    settings = StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    taken, go_on = asyncio.Event(), asyncio.Event()
    async with running_storage(settings) as storage:
        call = asyncio.ensure_future(storage.PutObject(halting(taken, go_on), **SOON))
        await taken.wait()
        async with running_storage(settings):
            go_on.set()
        assert (await call).object.size_bytes == len(MIB) * MOST_MIB
