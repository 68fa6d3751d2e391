"""The client of storage on a real connection."""

import pytest
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceServicer,
    add_StorageServiceServicer_to_server,
)

from services.common.channels import open_channel
from services.common.errors import StorageFull
from services.common.interceptors import Context
from services.common.serve import running
from services.common.settings import ServerSettings
from services.leaves.storage import StorageClient

_SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)


class Full(StorageServiceServicer):
    """It has no room."""

    async def CheckRoom(
        self, request: sto.CheckRoomRequest, context: Context
    ) -> sto.CheckRoomResponse:
        raise StorageFull("There is no room.")


async def check_room(service: StorageServiceServicer) -> None:
    added = (add_StorageServiceServicer_to_server, service)
    async with (
        running(_SETTINGS, 0, [added]) as port,
        open_channel(f"127.0.0.1:{port}", _SETTINGS) as channel,
    ):
        await StorageClient(channel, timeout_seconds=5, connect_seconds=5).check_room(1)


async def test_a_storage_without_room_is_full() -> None:
    with pytest.raises(StorageFull, match="There is no room"):
        await check_room(Full())  # type: ignore[abstract]


async def test_a_storage_of_an_earlier_version_has_room() -> None:
    await check_room(StorageServiceServicer())  # type: ignore[abstract]
