"""Downloads over real gRPC whose client leaves, or whose bytes turn out to be wrong."""

import asyncio
import threading
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
from snapasset.storage.v1 import storage_pb2 as pb
from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

from services.common.channels import call_options, open_channel
from services.common.errors import InternalError
from services.common.keys import ObjectKey, object_key
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.storage.directory import DirectoryObjectStore
from services.storage.objects import Objects
from services.storage.owners import Owners
from services.storage.reading import Reading
from services.storage.records import GenerationRecords
from services.storage.service import StorageService
from services.storage.settings import StorageSettings
from services.storage.threads import StoreThreads
from services.storage.trailer import TRAILER_BYTES
from services.storage.writing import Writing

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub

KEY = object_key("ada/1/master.png")
MIB = 1024 * 1024
BOUND_SECONDS = 10
LOCAL = StorageSettings(drain_seconds=0, grace_seconds=0)


class WatchedReading(Reading):
    """A Reading that tells when it is closed."""

    def __init__(self, inner: Reading, closed: threading.Event) -> None:
        self.facts = inner.facts
        self.read = inner.read  # type: ignore[method-assign]
        self._inner = inner
        self._closed = closed

    def close(self) -> None:
        """Close, and tell."""
        self._inner.close()
        self._closed.set()


class WatchedStore(DirectoryObjectStore):
    """A directory that tells when a reading is closed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.closed = threading.Event()

    def open(self, key: ObjectKey, offset: int = 0, length: int | None = None) -> Reading:
        """Open and watch."""
        return WatchedReading(super().open(key, offset, length), self.closed)


@pytest.fixture
def store(tmp_path: Path) -> WatchedStore:
    return WatchedStore(tmp_path)


def put(store: WatchedStore, data: bytes) -> None:
    upload = Writing(store, KEY, "image/png", len(data))
    upload.write(data)
    upload.commit(len(data), sha256(data).hexdigest())
    upload.close()


@pytest.fixture
async def storage(store: WatchedStore) -> AsyncIterator["StorageServiceAsyncStub"]:
    threads = StoreThreads(2)
    service = StorageService(
        Objects(store, threads, 64 * MIB),
        GenerationRecords(store, threads),
        Owners(store, threads, 5),
        links=None,
        upload_idle_seconds=5,
    )
    registration = (add_StorageServiceServicer_to_server, service)
    async with (
        running(LOCAL, 0, [registration]) as port,
        open_channel(f"127.0.0.1:{port}", LOCAL) as channel,
    ):
        yield StorageServiceStub(channel)


async def test_a_client_that_leaves_a_download_leaves_nothing_open(
    store: WatchedStore, storage: "StorageServiceAsyncStub"
) -> None:
    put(store, b"x" * 64 * MIB)
    call = storage.GetObject(pb.GetObjectRequest(key=KEY), **call_options(30))
    first = await anext(aiter(call))
    assert first.HasField("object")
    assert not store.closed.is_set()
    call.cancel()
    assert await asyncio.to_thread(store.closed.wait, BOUND_SECONDS)


async def test_a_download_of_changed_bytes_never_ends_well(
    store: WatchedStore, storage: "StorageServiceAsyncStub", tmp_path: Path
) -> None:
    put(store, b"x" * MIB)
    file = tmp_path / KEY
    file.write_bytes(b"y" * MIB + file.read_bytes()[-TRAILER_BYTES:])
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        async for _ in storage.GetObject(pb.GetObjectRequest(key=KEY), **call_options(30)):
            pass
    assert isinstance(from_rpc(failure.value, "storage"), InternalError)
