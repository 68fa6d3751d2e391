"""The client of storage on a real connection."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceServicer,
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

from services.common.channels import open_channel
from services.common.errors import ObjectNotFound, StorageFull, Unavailable
from services.common.interceptors import Context
from services.common.process_settings import ServerSettings
from services.common.serve import running
from services.leaves.storage import STORAGE, StorageClient

_SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)


class Full(StorageServiceServicer):
    """It has no room."""

    async def CheckRoom(
        self, request: sto.CheckRoomRequest, context: Context
    ) -> sto.CheckRoomResponse:
        raise StorageFull("There is no room.")


class Replaced(StorageServiceServicer):
    """Its object has become another one."""

    async def GetObject(
        self, request: sto.GetObjectRequest, context: Context
    ) -> AsyncIterator[sto.GetObjectResponse]:
        yield sto.GetObjectResponse(object=sto.ObjectInfo(key=request.key, sha256="new"))
        yield sto.GetObjectResponse(chunk=b"new")


class Earlier(StorageServiceServicer):
    """A storage of an earlier version, which knows streams alone."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def PutObject(
        self, requests: AsyncIterator[sto.PutObjectRequest], context: Context
    ) -> sto.PutObjectResponse:
        first, *parts = [part async for part in requests]
        self.objects[first.header.key] = b"".join(part.chunk for part in parts)
        return sto.PutObjectResponse()

    async def GetObject(
        self, request: sto.GetObjectRequest, context: Context
    ) -> AsyncIterator[sto.GetObjectResponse]:
        if request.key not in self.objects:
            raise ObjectNotFound("There is no such object.")
        yield sto.GetObjectResponse(chunk=self.objects[request.key])


@asynccontextmanager
async def client_of(service: StorageServiceServicer) -> AsyncIterator[StorageClient]:
    added = (add_StorageServiceServicer_to_server, service)
    async with (
        running(_SETTINGS, 0, [added]) as port,
        open_channel(f"127.0.0.1:{port}", _SETTINGS) as channel,
    ):
        yield StorageClient(channel, timeout_seconds=5, connect_seconds=5)


async def check_room(service: StorageServiceServicer) -> None:
    async with client_of(service) as storage:
        await storage.check_room(1)


async def test_a_storage_without_room_is_full() -> None:
    with pytest.raises(StorageFull, match="There is no room"):
        await check_room(Full())  # type: ignore[abstract]


async def test_a_storage_of_an_earlier_version_has_room() -> None:
    await check_room(StorageServiceServicer())  # type: ignore[abstract]


async def test_a_storage_of_an_earlier_version_keeps_and_returns_small_objects() -> None:
    async def note() -> AsyncIterator[bytes]:
        yield b"no"
        yield b"te"

    async with client_of(Earlier()) as storage:  # type: ignore[abstract]
        await storage.put("a", "text/plain", note(), 4, hashlib.sha256(b"note").hexdigest())
        assert await storage.read(["a", "b"]) == {"a": b"note"}


@pytest.mark.parametrize(("asked", "read"), [("", [b"new"]), ("new", [b"new"])])
async def test_an_object_is_read_in_the_version_that_is_asked_for(
    asked: str, read: list[bytes]
) -> None:
    async with client_of(Replaced()) as storage:  # type: ignore[abstract]
        assert [chunk async for chunk in storage.get("a", sha256=asked)] == read


async def test_no_byte_of_another_version_is_read() -> None:
    async with client_of(Replaced()) as storage:  # type: ignore[abstract]
        with pytest.raises(Unavailable):
            await anext(storage.get("a", sha256="old"))


async def test_an_error_between_services_carries_nothing_that_is_for_rest() -> None:
    added = (add_StorageServiceServicer_to_server, Full())  # type: ignore[abstract]
    async with (
        running(_SETTINGS, 0, [added]) as port,
        open_channel(f"127.0.0.1:{port}", _SETTINGS) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await StorageServiceStub(channel).CheckRoom(sto.CheckRoomRequest(), timeout=5)
    trailers = failed.value.trailing_metadata()
    assert trailers is not None
    assert {key for key, _ in trailers} == {"grpc-status-details-bin"}


def test_grpc_repeats_what_the_contract_calls_harmless_and_nothing_else() -> None:
    levels = {one.name: one.GetOptions().idempotency_level for one in STORAGE.methods}
    repeated = {name for name, level in levels.items() if level}
    assert repeated == {
        "CheckRoom",
        "DeleteObject",
        "DeleteOwner",
        "GetGeneration",
        "GetObject",
        "GetSmallObjects",
        "ListGenerations",
        "PutSmallObject",
        "SaveGeneration",
        "SignLinks",
        "StatObject",
    }
