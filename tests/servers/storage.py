"""Runs storage for tests: in this process, or as a process that can be killed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

from deploy.local.forks import Child, ForkServer
from services.common.channels import open_channel
from services.common.serve import running
from services.storage.__main__ import open_service
from services.storage.settings import StorageSettings
from tests.servers.own_process import service_process

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub


@asynccontextmanager
async def running_storage(settings: StorageSettings) -> AsyncIterator["StorageServiceAsyncStub"]:
    """Run storage in this process for the length of the block; gives a stub of it."""
    async with (
        open_service(settings) as service,
        running(settings, 0, [(add_StorageServiceServicer_to_server, service)]) as port,
        connected(port) as stub,
    ):
        yield stub


@asynccontextmanager
async def connected(port: int) -> AsyncIterator["StorageServiceAsyncStub"]:
    """Connect to storage on this machine."""
    async with open_channel(f"127.0.0.1:{port}", StorageSettings()) as channel:
        yield StorageServiceStub(channel)


@contextmanager
def storage_process(
    settings: StorageSettings, forks: ForkServer | None = None
) -> Iterator[tuple[Child, int]]:
    """Run storage as a process with these settings; gives the process and its port."""
    with service_process("storage", settings, forks) as started:
        yield started
