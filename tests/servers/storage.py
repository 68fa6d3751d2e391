"""Runs storage for tests: in this process, or as a process that can be killed."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING

from snapasset.storage.v1.storage_pb2_grpc import (
    StorageServiceStub,
    add_StorageServiceServicer_to_server,
)

from services.common.channels import open_channel
from services.common.serve import running
from services.storage.__main__ import open_service
from services.storage.settings import StorageSettings

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
def storage_process(settings: StorageSettings) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `python -m services.storage` with these settings; gives the process and its port."""
    told = {item.metadata["env"]: getattr(settings, item.name) for item in fields(settings)}
    environ = {
        **os.environ,
        **{env: str(value) for env, value in told.items() if value is not None},
        "STORAGE_PORT": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "services.storage"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # Somebody must read the log on, or the process waits when the pipe is full.
        reader = threading.Thread(target=process.stdout.read)
        try:
            listening = next(line for line in process.stdout if "Listening on" in line)
            reader.start()
            yield process, int(json.loads(listening)["message"].rpartition(":")[2])
        finally:
            process.kill()
            if reader.is_alive():
                reader.join()
