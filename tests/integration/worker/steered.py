"""Leaf services that a test holds up, makes refuse, or takes down and brings back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from snapasset.resizer.v1 import resizer_pb2 as res
from snapasset.storage.v1 import storage_pb2 as sto

from services.common.errors import AppError
from services.common.interceptors import Context
from services.common.process_settings import ServerSettings
from services.common.serve import Registration, running
from services.resizer.service import ResizerService
from services.storage.service import StorageService

GRPC_ATTEMPTS = 3
"""How often gRPC itself makes a call that may be repeated, before the worker hears of a refusal."""


class Storage(StorageService):
    """Storage that a test can stop at a door, or make refuse. `stored` are keys, in their order."""

    def __init__(self, real: StorageService) -> None:
        self.__dict__.update(real.__dict__)
        self.hold_answer_to = ""
        self.at_the_door = asyncio.Event()
        self.open_door = asyncio.Event()
        self.refusals: list[AppError] = []
        self.stored: list[str] = []

    async def PutObject(
        self, requests: AsyncIterator[sto.PutObjectRequest], context: Context
    ) -> sto.PutObjectResponse:
        """Store an object; the answer to some keys waits at the door."""
        if self.refusals:
            async for _ in requests:
                pass
            raise self.refusals.pop(0)
        stored = await super().PutObject(requests, context)
        await self._keep(stored.object.key)
        return stored

    async def PutSmallObject(
        self, request: sto.PutSmallObjectRequest, context: Context
    ) -> sto.PutSmallObjectResponse:
        """Store a small object, in the same way."""
        if self.refusals:
            raise self.refusals.pop(0)
        stored = await super().PutSmallObject(request, context)
        await self._keep(stored.object.key)
        return stored

    async def _keep(self, key: str) -> None:
        self.stored.append(key)
        if self.hold_answer_to and self.hold_answer_to in key:
            self.at_the_door.set()
            await self.open_door.wait()


class Scissors(ResizerService):
    """A resizer that a test can keep at work, or make refuse. `orders` counts its calls, `at_once`
    those that are under way."""

    def __init__(self, real: ResizerService) -> None:
        self.__dict__.update(real.__dict__)
        self.hold = False
        self.at_work = asyncio.Event()
        self.given_up = asyncio.Event()
        self.refusal: AppError | None = None
        self.orders = self.at_once = self.most_at_once = 0

    async def Resize(
        self, request_iterator: AsyncIterator[res.ResizeRequest], context: Context
    ) -> AsyncIterator[res.ResizeResponse]:
        """Cut, never end, or refuse."""
        self.orders += 1
        if self.refusal:
            raise self.refusal
        if self.hold:
            self.at_work.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async for response in super().Resize(request_iterator, context):
                yield response
        finally:
            self.at_once -= 1


class Server:
    """A leaf service that can die and come back at its port."""

    def __init__(self, settings: ServerSettings, registration: Registration) -> None:
        self.port = 0
        self._settings = settings
        self._registration = registration
        self._open = AsyncExitStack()

    async def start(self) -> None:
        """Serve."""
        self._open = AsyncExitStack()
        serving = running(self._settings, self.port, [self._registration])
        self.port = await self._open.enter_async_context(serving)

    async def stop(self) -> None:
        """Break off all calls and be gone."""
        await self._open.aclose()
