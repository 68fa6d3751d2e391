"""What takes in uploads, in this process: Envoy, gateway, storage, resizer and a Redis."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from redis import Redis
from snapasset.resizer.v1.resizer_pb2_grpc import add_ResizerServiceServicer_to_server
from snapasset.storage.v1.storage_pb2_grpc import add_StorageServiceServicer_to_server

from services.common.serve import running
from services.resizer import __main__ as resizer
from services.resizer.settings import ResizerSettings
from services.storage import __main__ as storage
from services.storage.settings import StorageSettings
from tests.servers.envoy import running_envoy
from tests.servers.gateway import running_gateway
from tests.servers.redis import running_redis


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """`address` is the gateway's, for gRPC; `http` goes through Envoy, which is at `front`."""

    http: httpx2.AsyncClient
    front: str
    address: str
    folder: Path
    redis: Redis

    @property
    def leftovers(self) -> list[str]:
        """What is stored or registered of any upload, finished or not."""
        files = [str(path) for path in self.folder.rglob("*") if path.is_file()]
        return [*files, *(str(key) for key in self.redis.scan_iter("*upload*"))]


@asynccontextmanager
async def reception(folder: Path, **given: Any) -> AsyncIterator[Reception]:
    """Run all of it for the length of the block; `given` are settings of the gateway."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(running_redis())
        redis = stack.enter_context(Redis.from_url(url))
        keeping = StorageSettings(directory=folder / "storage", drain_seconds=0, grace_seconds=0)
        keeper = await stack.enter_async_context(storage.open_service(keeping))
        cutting = ResizerSettings(
            max_pixels=4_000_000, concurrency=1, drain_seconds=0, grace_seconds=0
        )
        cutter = stack.enter_context(resizer.open_service(cutting))
        ports = [
            await stack.enter_async_context(running(settings, 0, [added]))
            for settings, added in (
                (keeping, (add_StorageServiceServicer_to_server, keeper)),
                (cutting, (add_ResizerServiceServicer_to_server, cutter)),
            )
        ]
        address = await stack.enter_async_context(
            running_gateway(
                url,
                storage_address=f"127.0.0.1:{ports[0]}",
                resizer_address=f"127.0.0.1:{ports[1]}",
                rate_limit_requests="100000/minute",
                **given,
            )
        )
        port = int(address.rpartition(":")[2])
        envoy = await stack.enter_async_context(running_envoy(folder, port, body_seconds=1))
        http = httpx2.AsyncClient(base_url=envoy.url, timeout=30)
        yield Reception(
            http=await stack.enter_async_context(http),
            front=envoy.address,
            address=address,
            folder=folder / "storage",
            redis=redis,
        )
