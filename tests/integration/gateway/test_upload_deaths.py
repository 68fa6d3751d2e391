"""After a gateway or a storage has died in the middle of an upload, nothing of it is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from PIL import Image
from redis.asyncio import Redis
from snapasset.gateway.v1 import uploads_pb2 as pb
from snapasset.gateway.v1.uploads_pb2_grpc import UploadServiceStub

from deploy.local.forks import ForkServer
from services.common.channels import open_channel
from services.gateway.settings import GatewaySettings
from services.jobs import keys
from services.jobs.connections import open_async_redis
from services.jobs.uploads.register import UploadRegister
from services.leaves.storage import StorageClient
from services.storage.settings import StorageSettings
from services.worker.upload_expiry import UploadExpiry
from tests.eventually import eventually
from tests.servers.gateway import ISSUER, SECRET, bearer, running_gateway
from tests.servers.own_process import service_process
from tests.servers.redis import running_redis
from tests.servers.storage import storage_process
from tests.unit.resizer.pictures import saved

PICTURE = saved(Image.effect_noise((1700, 1700), 100))
"""Of 3 MB: storage writes the first megabyte of an object together."""
PIECE_BYTES, HALF_BYTES = 500_000, 1_500_000
WAIT_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Cellar:
    """Where an upload may leave something: storage's folder and a Redis at `url`."""

    storage: StorageSettings
    url: str
    redis: Redis

    @property
    def files(self) -> list[Path]:
        """What is stored, or was about to be."""
        return [path for path in self.storage.directory.rglob("*") if path.is_file()]

    async def entries(self) -> list[bytes]:
        """What is registered, of any owner."""
        return [key async for key in self.redis.scan_iter("*upload*")]

    async def swept(self, storage_port: int) -> None:
        """Let a worker sweep when everything has become due."""
        due: list[Any] = await self.redis.zrange(keys.UPLOADS_DUE, 0, -1)
        await self.redis.zadd(keys.UPLOADS_DUE, dict.fromkeys(due, 0))
        async with open_channel(f"127.0.0.1:{storage_port}", self.storage) as channel:
            client = StorageClient(channel, timeout_seconds=WAIT_SECONDS, connect_seconds=5)
            await UploadExpiry(self.redis, UploadRegister(self.redis), client).sweep()
        await self.redis.delete("snapasset:uploads-sweep")  # the lock of this sweep


@pytest.fixture
async def cellar(tmp_path: Path) -> AsyncIterator[Cellar]:
    storage = StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    with running_redis() as url:
        async with open_async_redis(url) as redis:
            yield Cellar(storage=storage, url=url, redis=redis)


@asynccontextmanager
async def half_sent(address: str, cellar: Cellar, go_on: asyncio.Event) -> AsyncIterator[Any]:
    """Send a file, the second half when told to; gives the call once storage writes the first."""

    async def parts() -> AsyncIterator[pb.CreateUploadRequest]:
        for at in range(0, HALF_BYTES, PIECE_BYTES):
            yield pb.CreateUploadRequest(body=HttpBody(data=PICTURE[at : at + PIECE_BYTES]))
        await go_on.wait()
        yield pb.CreateUploadRequest(body=HttpBody(data=PICTURE[HALF_BYTES:]))

    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = UploadServiceStub(channel)
        call = stub.CreateUpload(parts(), metadata=[bearer("ada")], timeout=WAIT_SECONDS)
        await eventually(lambda: bool(cellar.files))
        yield call


async def test_a_gateway_that_is_killed_in_an_upload_leaves_nothing(
    cellar: Cellar, forks: ForkServer
) -> None:
    with storage_process(cellar.storage, forks) as (_, storage_port):
        settings = GatewaySettings(
            jwt_secret=SECRET,
            jwt_issuer=ISSUER,
            redis_url=cellar.url,
            storage_address=f"127.0.0.1:{storage_port}",
        )
        with service_process("gateway", settings, forks) as (gateway, port):
            async with half_sent(f"127.0.0.1:{port}", cellar, asyncio.Event()) as call:
                assert await cellar.entries()
                gateway.kill()
                with pytest.raises(grpc.aio.AioRpcError):
                    await call
        await eventually(lambda: not cellar.files)
        await cellar.swept(storage_port)
    assert await cellar.entries() == []


async def test_a_storage_that_is_killed_in_an_upload_leaves_nothing(
    cellar: Cellar, forks: ForkServer
) -> None:
    go_on = asyncio.Event()
    with storage_process(cellar.storage, forks) as (storage, storage_port):
        async with (
            running_gateway(cellar.url, storage_address=f"127.0.0.1:{storage_port}") as gateway,
            half_sent(gateway, cellar, go_on) as call,
        ):
            storage.kill()
            storage.wait()
            go_on.set()
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call
    # A client that sends while its call ends may hear of its own failed write instead.
    own_write = "SendMessageOperation" in str(refused.value.debug_error_string())
    assert own_write or refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert await cellar.entries()
    with storage_process(cellar.storage, forks) as (_, storage_port):
        await cellar.swept(storage_port)
    assert (cellar.files, await cellar.entries()) == ([], [])
